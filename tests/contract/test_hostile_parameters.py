"""Objects and arrays where text is meant, repeated keys, and what no field can hold: the call's own parameter code.

The original let ``{"roomId": {"roomId": 1}}`` rewrite every room.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from liveroom.api.codes import Code
from liveroom.api.declare import Method, Who
from tests.contract.conftest import EMBEDDED
from tests.contract.scene import set_stage
from tests.contract.stages import ADMIN, BASIC, SCENES, admin_params, name_of
from tests.service import Form, Service

STRUCTURES: Final[list[Any]] = [{"roomId": 1}, {}, [{"roomId": 1}], ["1"], [["1"]], {"$ne": ""}, {"or": [1, 1]}]
_LISTS: Final = frozenset(
    {"roomIds", "userIds", "reportIds", "words", "kinds", "categories", "scopes", "hosts", "modules"}
    | {"roles", "tenants", "permissions", "giftIds", "receiverIds", "shares"}
)
_ANY: Final = frozenset({"msg", "payload", "data", "metadata", "languages", "extension", "rules"})
_IDENTITY: Final = ("userId", "apaasUserId", "token")

# Parameters are read before any store is asked.
pytestmark = pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")


def _texts(method: Method) -> Iterator[str]:
    """Yield every parameter of the method that is text, those of the identity included."""
    identity = _IDENTITY if method.who is not Who.ANYONE else ()
    named = [field.wire for field in method.fields if field.wire not in _LISTS | _ANY]
    yield from dict.fromkeys([*identity, "apaasAppId", *named])


def _is_list_of_ids(method: Method, name: str) -> bool:
    return method.path == "getUserInfoBatch" and name == "userId"


CASES: Final = [
    pytest.param(method, name, id=f"{method.path} {name}")
    for method in BASIC
    for name in _texts(method)
    if not _is_list_of_ids(method, name)
]


@pytest.mark.parametrize(("method", "name"), CASES)
async def test_an_object_or_an_array_where_text_is_meant_is_refused(
    method: Method, name: str, service: Service
) -> None:
    stage = await set_stage(service)
    scene = await SCENES[method.path](stage)
    before = (await stage.host.detail(stage.room)).data
    for structure in STRUCTURES:
        answer = await scene.device.call(name_of(method), {**scene.params, name: structure})
        assert answer.status == 200
        assert answer.code == method.bad_request, (structure, answer.text)
    assert (await stage.host.detail(stage.room)).data == before
    assert (await scene.device.call("auth_users/user_keepalive")).code == 0


@pytest.mark.parametrize("method", ADMIN, ids=lambda method: method.path)
async def test_the_same_is_refused_with_a_server_key(method: Method, service: Service) -> None:
    stage, backend = await set_stage(service), await service.make_key()
    params, before = await admin_params(method, stage, backend), (await stage.host.detail(stage.room)).data
    for name in (field.wire for field in method.fields if field.wire not in _LISTS | _ANY):
        for value in (*STRUCTURES, "nul\x00", "x" * 3000):
            answer = await backend.call(name_of(method), {**params, name: value})
            assert (answer.status, answer.code) == (200, method.bad_request), (name, value, answer.text)
        for form in (Form.QUERY, Form.FORM):
            answer = await backend.call(name_of(method), {**params, name: ["7001", "7002"]}, form)
            assert answer.code == method.bad_request, (name, answer.text)
    assert (await stage.host.detail(stage.room)).data == before


@pytest.mark.parametrize(("method", "name"), CASES)
async def test_a_repeated_scalar_key_is_refused(method: Method, name: str, service: Service) -> None:
    scene = await SCENES[method.path](await set_stage(service))
    params: dict[str, Any] = {**scene.device.identity, **scene.params, name: ["7001", "7002"]}
    for form in (Form.QUERY, Form.FORM):
        answer = await service.call(name_of(method), params, form=form)
        assert answer.code == method.bad_request, answer.text


@pytest.mark.parametrize(
    ("path", "name"),
    [("rooms/query_room", "roomIds"), ("presence/query", "userIds"), ("/getUserInfoBatch", "userId")],
)
async def test_a_list_holds_texts_alone_and_not_too_many(path: str, name: str, service: Service) -> None:
    device = await service.sign_up()
    params = {"apaasUserId": device.user}
    refused = [[{"roomId": 1}], [["1"]], {"0": "1"}, ["x" * 65], [str(number) for number in range(101)], "[1", "[[1]]"]
    for value in refused:
        answer = await device.call(path, {**params, name: value})
        assert answer.code == (208 if path.startswith("/") else 2002), (value, answer.text)
    assert (await device.call(path, {**params, name: [str(number) for number in range(100)]})).code == 0


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800", "x" * 101, "x" * 70_000])
async def test_text_that_no_field_can_hold_is_refused(text: str, service: Service) -> None:
    device = await service.sign_up()
    room = await device.go_live()
    whole = json.dumps({**device.identity, "roomId": room, "title": "<title>"}).replace("<title>", text)
    answer = await service.send("POST", "/base/v1/rooms/update_room", content=whole.encode())
    assert answer.code == Code.RoomCreateParams, answer.text
    assert (await device.detail(room)).data["title"] == ""


@pytest.mark.parametrize(
    ("name", "longest"), [("title", 100), ("subject", 100), ("category", 32), ("description", 512), ("cover", 512)]
)
async def test_a_text_of_a_room_is_as_long_as_it_may_be(name: str, longest: int, service: Service) -> None:
    device = await service.sign_up()
    room = await device.go_live()
    fitting, longer = "😀" * longest, "😀" * (longest + 1)
    assert (await device.call("rooms/update_room", {"roomId": room, name: longer})).code == Code.RoomCreateParams
    changed = await device.call("rooms/update_room", {"roomId": room, name: fitting})
    assert changed.data[name] == fitting
    assert (await device.detail(room)).data[name] == fitting


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("limit", value) for value in ("0", "101", "-1", "ten", "1.5", 1.5, True, "1e1", "٣", 10**30)],
        *[("offset", value) for value in ("-1", "x", 10**10, "1000001")],
        *[("startUtc", value) for value in ("yesterday", "2026-13-01 00:00:00", "2026-01-01", 1767225600)],
        *[("endUtc", value) for value in ("2026-01-01T00:00:00Z", "0000-00-00 00:00:00")],
        *[("cursor", value) for value in ("x", "AAAA", "7", "=", "x" * 257)],
        *[("orderBy", value) for value in ("star", "createutc", "createUtc desc; --")],
    ],
)
async def test_a_page_that_cannot_be_meant_is_refused(name: str, value: Any, service: Service) -> None:
    device = await service.sign_up()
    answer = await device.call("rooms/query_room", {name: value})
    assert answer.code == Code.RoomQueryParams, answer.text
    assert "data" not in answer.body
    if name in ("limit", "offset", "cursor"):
        room = await device.go_live()
        answer = await device.call("rooms/list_users", {"roomId": room, name: value})
        assert answer.code == (0 if (name, value) == ("cursor", "7") else Code.RoomQueryParams)
