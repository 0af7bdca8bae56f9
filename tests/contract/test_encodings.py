"""Every method answers the same to the same parameters, however they come."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import pytest

from liveroom.api.declare import Method, Who
from tests.contract.conftest import EMBEDDED
from tests.contract.scene import Stage, set_stage
from tests.contract.stages import BASIC, OFFERED, SCENES, name_of
from tests.service import Answer, Service

Params = Mapping[str, Any]
Send = Callable[[Service, str, Params], Awaitable[Answer]]
_VARYING: Final = frozenset(
    {"token", "expire", "createUtc", "updateUtc", "since", "userSig", "sdkUserSig", "requestId", "sessionId", "epoch"}
    | {
        "broadcastId",
        "exportId",
        "statementId",
        "username",
        "credential",
        "createdUtc",
        "expiresUtc",
        "download",
        "time",
        "timeUtc",
        "sentIds",
        "envelopeId",
        "commitment",
        "journalId",
        "lineId",
    }
    | {"agencyId", "invitationId", "decidedUtc", "endsUtc", "closedUtc"}
    | {"openUtc", "countedUtc", "joinDateTime", "leaveDateTime"}
    | {"totalAttendanceInSeconds", "durationInSeconds"}
)
_WRONG: Final = {"userId": "1", "token": "wrong", "apaasUserId": "1", "roomId": "-", "username": "-", "limit": "none"}

# What a form looks like is the door's concern alone: the back ends do not see it.
pytestmark = pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")


def _flat(params: Params) -> dict[str, Any]:
    """Return the parameters for a query or form, where a list is a repeated key."""
    return dict(params)


def _numbers(params: Params) -> dict[str, Any]:
    """Return the parameters with a JSON number for each text that is one."""

    def number(value: Any) -> Any:
        if isinstance(value, list):
            return [number(item) for item in value]
        return int(value) if isinstance(value, str) and re.fullmatch(r"[1-9]\d{0,14}|0", value) else value

    return {name: number(value) for name, value in params.items()}


def _wrong(params: Params) -> dict[str, Any]:
    return {name: _WRONG.get(name, f"not-{name}") for name in params}


def _listed(params: Params) -> dict[str, Any]:
    return {f"{name}[]" if isinstance(value, list) else name: value for name, value in params.items()}


def _as_text(params: Params) -> dict[str, Any]:
    return {name: json.dumps(value) if isinstance(value, list) else value for name, value in params.items()}


def _plain_json(params: Params) -> bytes:
    return json.dumps(params, ensure_ascii=False).encode()


ENCODINGS: Final[dict[str, Send]] = {
    "POST form": lambda service, path, params: service.send("POST", path, form=_flat(params)),
    "GET query": lambda service, path, params: service.send("GET", path, query=_flat(params)),
    "POST query": lambda service, path, params: service.send("POST", path, query=_flat(params)),
    "POST json": lambda service, path, params: service.send("POST", path, body=params),
    "POST json with numbers": lambda service, path, params: service.send("POST", path, body=_numbers(params)),
    "POST json without a type": lambda service, path, params: service.send(
        "POST", path, content=_plain_json(params), headers={"content-type": ""}
    ),
    "POST json as a form": lambda service, path, params: service.send(
        "POST", path, content=_plain_json(params), headers={"content-type": "application/x-www-form-urlencoded"}
    ),
    "GET query and json": lambda service, path, params: service.send("GET", path, query=_flat(params), body=params),
    "query wins over form": lambda service, path, params: service.send(
        "POST", path, query=_flat(params), form=_wrong(params)
    ),
    "query wins over json": lambda service, path, params: service.send(
        "POST", path, query=_flat(params), body=_wrong(params)
    ),
    "lists as key[]": lambda service, path, params: service.send("GET", path, query=_listed(params)),
    "lists as json text": lambda service, path, params: service.send("POST", path, form=_as_text(params)),
    "stage prod": lambda service, path, params: service.send("POST", f"/prod{path}", form=_flat(params)),
    "stage dev": lambda service, path, params: service.send("POST", f"/dev{path}", form=_flat(params)),
    "stage local": lambda service, path, params: service.send("POST", f"/local{path}", form=_flat(params)),
    "doubled slashes": lambda service, path, params: service.send(
        "POST", f"//prod{path.replace('/', '//')}", form=_flat(params)
    ),
    "a trailing slash": lambda service, path, params: service.send("POST", f"{path}/", form=_flat(params)),
    "another gateway's authorization": lambda service, path, params: service.send(
        "POST", path, form=_flat(params), headers={"authorization": 'hmac id="a", signature="b"'}
    ),
}


def comparable(answer: Answer, names: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer without what differs from call to call; people and rooms by their parts."""

    def same(value: Any, key: str = "") -> Any:
        if key in _VARYING:
            return type(value).__name__
        if isinstance(value, dict):
            return {name: same(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [same(item) for item in value]
        if key in ("id", "name") and str(value) not in names:
            return type(value).__name__
        return names.get(str(value), value)

    assert answer.status == 200
    found: dict[str, Any] = same(answer.body)
    return found


def _names(stage: Stage) -> dict[str, str]:
    return {stage.host.user: "the host", stage.guest.user: "the guest", stage.room: "the room"}


_FRESH: Final = {
    "base/v1/rooms/generate_roomid": ("roomId",),
    "base/v1/reminders/show": ("roomId", "startUtc", "serverUtc"),
    "base/v1/reminders/add": ("roomId", "startUtc", "serverUtc"),
    "base/v1/auth_users/guest": ("userId", "apaasUserId"),
    "base/v1/auth_users/user_login_code": ("userId", "apaasUserId", "phone"),
    "base/v1/uploads/create": ("uploadId", "url"),
    "base/v1/uploads/finish": ("uploadId", "url"),
    "base/v1/streams/create": ("streamId", "keyExpireUtc", "addresses"),
    "base/v1/streams/rotate_key": ("streamId", "keyExpireUtc", "addresses"),
    "base/v1/streams/current": ("streamId", "startUtc", "addresses"),
    "base/v1/streams/start": ("streamId", "keyExpireUtc"),
    "base/v1/streams/stop": ("streamId", "keyExpireUtc"),
    **dict.fromkeys(
        (f"base/v1/recordings/{call}" for call in ("start", "stop", "list", "get", "delete")),
        ("recordingId", "beginsAt", "endedAt"),
    ),
    "base/v1/recordings/replay": ("recordingId",),
    "base/v1/gifts/list": ("sentId",),
    "base/v1/envelopes/list": ("envelopeId", "sentAt", "opensAt", "endsAt", "endsIn", "commitment"),
    "base/v1/envelopes/grab": ("expireUtc",),
    "base/v1/envelopes/get": ("sentAt", "opensAt", "endsAt", "endsIn"),
    "base/v1/gifts/received": ("sentId",),
    "base/v1/rtc/connected": ("roomId", "userId"),
    "base/v1/wallet/products": ("accountToken",),
    "base/v1/wallet/redeem_app_store": ("creditId",),
    "base/v1/wallet/redeem_google_play": ("creditId",),
}
"""Ids that each call makes anew."""


def _without_fresh_ids(method: Method, answer: dict[str, Any]) -> dict[str, Any]:
    said = answer.get("data")
    for data in said if isinstance(said, list) else [said or {}]:
        for name in _FRESH.get(method.path, ()):
            data[name] = type(data[name]).__name__
    return answer


async def _answer(service: Service, method: Method, send: Send) -> dict[str, Any]:
    stage = await set_stage(service)
    scene = await SCENES[method.path](stage)
    answer = await send(service, name_of(method), {**scene.device.identity, **scene.params})
    return _without_fresh_ids(method, comparable(answer, _names(stage)))


@pytest.fixture(scope="module")
def plain_answers() -> dict[tuple[int, str], dict[str, Any]]:
    """Return the answers to plain forms, each asked once on each service."""
    return {}


async def _plain_answer(
    service: Service, method: Method, known: dict[tuple[int, str], dict[str, Any]]
) -> dict[str, Any]:
    key = (id(service), method.path)
    if key not in known:
        known[key] = await _answer(service, method, ENCODINGS["POST form"])
        assert known[key]["errorCode"] == 0
    return known[key]


@pytest.mark.parametrize("encoding", list(ENCODINGS)[1:])
@pytest.mark.parametrize("method", BASIC, ids=lambda method: method.path)
async def test_a_method_answers_the_same_in_every_encoding(
    method: Method, encoding: str, service: Service, plain_answers: dict[tuple[int, str], dict[str, Any]]
) -> None:
    expected = await _plain_answer(service, method, plain_answers)
    assert await _answer(service, method, ENCODINGS[encoding]) == expected


@pytest.mark.parametrize(
    "method", [method for method in BASIC if method.who is not Who.ANYONE], ids=lambda method: method.path
)
async def test_a_bearer_token_stands_for_the_identity(
    method: Method, service: Service, plain_answers: dict[tuple[int, str], dict[str, Any]]
) -> None:
    stage = await set_stage(service)
    scene = await SCENES[method.path](stage)
    answer = await service.call(
        name_of(method), scene.params, headers={"authorization": f"bearer {scene.device.token}"}
    )
    found = _without_fresh_ids(method, comparable(answer, _names(stage)))
    assert found == await _plain_answer(service, method, plain_answers)


@pytest.mark.parametrize("method", OFFERED, ids=lambda method: method.path)
async def test_a_preflight_of_any_page_is_allowed(method: Method, service: Service) -> None:
    asked = {"origin": "https://app.example.org", "access-control-request-headers": "content-type"}
    answer = await service.send("OPTIONS", name_of(method), headers=asked)
    assert (answer.status, answer.text) == (204, "")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "content-type" in answer.headers["access-control-allow-headers"].lower()
