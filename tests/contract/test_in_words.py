"""What an answer says to people: why a call was refused, what to do instead, and which names it did not know."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest

from liveroom.api.declare import BASE, Who
from liveroom.api.methods import METHODS
from liveroom.api.original import APPS_TENANTS, ORIGINAL, SENT_BY_APPS
from liveroom.api.unknown import NAME_MAX, REPORTED_MAX
from liveroom.conform.shipped import SentParams
from liveroom.domain.accounts.users import FOR_EVER
from liveroom.domain.ids import UserId
from tests.contract.conftest import EMBEDDED
from tests.contract.playing import APPS
from tests.contract.scene import set_stage
from tests.contract.stages import OFFERED, SCENES, name_of
from tests.service import Answer, Device, Service

ENGLISH: Final = {"accept-language": "en"}
CHINESE: Final = {"accept-language": "zh"}
_STORES: Final = pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")
_OURS: Final = [method for method in OFFERED if not method.is_original and method.who is Who.USER]
_THEIRS: Final = [method for method in OFFERED if method.is_original and method.who is Who.USER]


async def ask(device: Device, method: str, spoken: Mapping[str, str] = ENGLISH, **params: Any) -> Answer:
    """Call as somebody who reads that language."""
    return await device.account.caller.call(method, {**device.identity, **params}, headers=spoken)


def said(answer: Answer) -> str:
    return str(answer.body["errorMessage"])


# --- somebody else's id ---------------------------------------------------------------------------------------------


def test_the_methods_and_names_of_shipped_apps_are_those_of_the_contract() -> None:
    calls = [(app, call) for app in APPS.values() for call in app.calls]
    sent = [
        (name, value)
        for app, call in calls
        for given in (app.identities.get(call.identity, SentParams()), call)
        for params in (given.sends, given.sometimes)
        for name, value in params.items()
    ]
    assert {app.path_of(call).removeprefix("prod/") for app, call in calls} == ORIGINAL
    assert {name for name, _ in sent} == SENT_BY_APPS
    assert {value for name, value in sent if name == "apaasAppId"} == APPS_TENANTS
    assert set(METHODS.methods) >= ORIGINAL


@_STORES
@pytest.mark.parametrize("name", ["userId", "apaasUserId"])
@pytest.mark.parametrize("method", _OURS, ids=lambda method: method.path.removeprefix(BASE))
async def test_somebody_elses_id_signs_nobody_out_of_our_own_methods(method: Any, name: str, service: Service) -> None:
    """It was 204, and an app that got a field wrong logged its user out."""
    scene = await SCENES[method.path](await set_stage(service))
    answer = await ask(scene.device, name_of(method), **{**scene.params, name: "39999999"})
    assert (answer.code, said(answer)) == (98, "userId or apaasUserId is not the signed-in user")


@_STORES
@pytest.mark.parametrize("method", _THEIRS, ids=lambda method: method.path.removeprefix(BASE))
async def test_somebody_elses_id_is_204_in_the_originals_methods(method: Any, service: Service) -> None:
    scene = await SCENES[method.path](await set_stage(service))
    answer = await ask(scene.device, name_of(method), **{**scene.params, "userId": "39999999"})
    assert (answer.code, said(answer)) == (204, "the token belongs to another user or tenant: sign in again")


async def test_a_server_key_that_names_two_users_is_98_in_our_own_methods(service: Service) -> None:
    user, backend = await service.sign_up(), await service.make_key()
    params = {"actAs": user.user, "userId": "39999999"}
    assert (await backend.call("presence/query", {**params, "userIds": user.user})).code == 98
    assert (await backend.call("rooms/query_room", params)).code == 204


# --- bans -----------------------------------------------------------------------------------------------------------


async def test_a_banned_users_token_says_until_when_and_why(service: Service) -> None:
    """It said that the login was not valid, and people signed in again and again."""
    device = await service.sign_up()
    until = service.clock.now().replace(microsecond=0) + timedelta(hours=1)
    await service.services.moderation.ban(UserId(device.user), until, "刷屏")
    words = f"this account is banned until {until:%Y-%m-%d %H:%M:%S} UTC: 刷屏"
    for method in ("auth_users/user_keepalive", "auth_users/user_login_token", "auth_users/user_delete"):
        answer = await ask(device, method)
        assert (answer.code, said(answer)) == (204, words), method
    signed = service.sign(device.account.username, device.account.salt)
    login = await service.call("oauth/signature", signed, headers=ENGLISH)
    assert (login.code, said(login)) == (3002, words)
    service.clock.advance(3601)
    assert said(await ask(device, "auth_users/user_keepalive")) == "your login is no longer valid: sign in again"


async def test_a_ban_for_ever_says_so(service: Service) -> None:
    device = await service.sign_up()
    await service.services.moderation.ban(UserId(device.user), FOR_EVER, "")
    assert said(await ask(device, "rooms/query_room")) == "this account is permanently banned"
    assert said(await ask(device, "rooms/query_room", CHINESE)) == "账号已被永久封禁"


async def test_a_logged_out_token_of_nobody_banned_says_nothing_of_a_ban(service: Service) -> None:
    device = await service.sign_up()
    await device.call("auth_users/user_logout")
    answer = await ask(device, "rooms/query_room")
    assert (answer.code, said(answer)) == (204, "your login is no longer valid: sign in again")


# --- one refusal, one sentence --------------------------------------------------------------------------------------


async def test_a_taken_username_says_so(service: Service) -> None:
    account = await service.register()
    params = {"username": account.username.upper(), "salt": "0" * 32}
    answer = await service.call("oauth/register", params, headers=ENGLISH)
    assert (answer.code, said(answer)) == (98, "this username is already taken: choose another")


async def test_a_mode_that_there_is_not_lists_those_there_are(service: Service) -> None:
    stage = await set_stage(service)
    answer = await ask(stage.host, "seats/configure", roomId=stage.room, mode="foo")
    assert (answer.code, said(answer)) == (4100, "mode must be one of free, apply, invite")


async def test_a_missing_password_is_another_code_than_a_wrong_one(service: Service) -> None:
    stage, other = await set_stage(service), await service.sign_up()
    await stage.host.call("rooms/set_options", {"roomId": stage.room, "password": "parsley"})
    none = await ask(other, "rooms/enter_room", roomId=stage.room, role="audience")
    assert (none.code, none.body["codeStr"], said(none)) == (
        3015, "RoomPasswordRequired", "this room requires a password",
    )  # fmt: skip
    wrong = await ask(other, "rooms/enter_room", roomId=stage.room, role="audience", password="sesame")
    assert (wrong.code, said(wrong)) == (3006, "wrong room password")


async def test_slow_mode_says_so_and_for_how_many_seconds(service: Service) -> None:
    stage = await set_stage(service)
    await stage.host.call("rooms/set_options", {"roomId": stage.room, "slowMode": 30})
    assert (await ask(stage.guest, "messages/send", roomId=stage.room, text="one")).code == 0
    service.clock.advance(10)
    answer = await ask(stage.guest, "messages/send", roomId=stage.room, text="two")
    assert (answer.code, said(answer)) == (3004, "slow mode is on: wait 20 s before your next message")
    chinese = await ask(stage.guest, "messages/send", CHINESE, roomId=stage.room, text="three")
    assert said(chinese) == "房间已开启慢速模式，请 20 秒后再发言"


async def test_too_many_messages_without_slow_mode_are_no_slow_mode(service: Service) -> None:
    stage = await set_stage(service)
    answers = [await ask(stage.guest, "messages/send", roomId=stage.room, text=f"{n}") for n in range(11)]
    assert answers[-1].code == 3004
    assert said(answers[-1]).startswith("too many attempts: try again later (")


async def test_an_id_list_may_be_one_text_with_commas(service: Service) -> None:
    """``userIds=a,b`` worked, ``roomIds=a,b`` was one room that there is not."""
    device = await service.sign_up()
    rooms = [await (await service.sign_up()).go_live() for _ in range(2)]
    found = (await device.call("rooms/query_room", {"roomIds": ",".join(rooms)})).data
    assert sorted(room["roomId"] for room in found) == sorted(rooms)


# --- bodies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("application/xml", b"<a><roomId>1</roomId></a>", "send JSON (application/json) or a form"),
        ("text/plain", b"<?xml version='1.0'?><a/>", "not XML"),
        ("multipart/form-data; boundary=x", b"--x--", "not multipart"),
        ("application/json", b'{"roomId":"a\\ud83d"}', "must not contain a lone surrogate"),
        ("application/json", b'{"roomId":"\\ude00a"}', "must not contain a lone surrogate"),
        ("application/json", b'{"roomId":"\\ud83d\\ude00"', "not valid JSON"),
        ("application/json", b"[1]", "must be a JSON object"),
        ("application/json", b"[" * 5000, "JSON is nested too deeply"),
        ("application/json", b'{"roomId":"\xff"}', "not valid UTF-8"),
    ],
)
async def test_a_body_that_cannot_be_read_says_why(kind: str, body: bytes, words: str, service: Service) -> None:
    path = "/base/v1/rooms/room_detail"
    answer = await service.send("POST", path, content=body, headers={**ENGLISH, "content-type": kind})
    assert (answer.status, answer.code) == (200, 2002)
    assert said(answer).startswith("invalid query parameters (")
    assert words in said(answer)


# --- warnings -------------------------------------------------------------------------------------------------------


async def test_a_parameter_that_there_is_not_is_reported_beside_the_answer(service: Service) -> None:
    device = await service.sign_up()
    answer = await ask(device, "rooms/query_room", room_ids="1", frobnicate=1)
    assert answer.code == 0
    assert answer.body["warnings"] == [
        "unknown parameter: room_ids (did you mean roomIds?)",
        "unknown parameter: frobnicate",
    ]
    refused = await ask(device, "rooms/room_detail", roomid="1")
    assert (refused.code, refused.body["warnings"]) == (2002, ["unknown parameter: roomid (did you mean roomId?)"])
    chinese = await ask(device, "rooms/query_room", CHINESE, OrderBy="x")
    assert chinese.body["warnings"] == ["未知参数：OrderBy，是否应为 orderBy？"]


async def test_what_is_reported_is_bounded_in_number_and_bytes(service: Service) -> None:
    device = await service.sign_up()
    names = {f"{number:03}" + "名\x07" * 500: "" for number in range(9)} | {f"n{number}": "" for number in range(50)}
    warnings = (await ask(device, "rooms/query_room", ENGLISH, **names)).body["warnings"]
    assert len(warnings) == REPORTED_MAX + 1
    assert warnings[-1] == f"{len(names) - REPORTED_MAX} more unknown parameters"
    assert all(len(warning) < NAME_MAX + 60 for warning in warnings)
    assert all(warning.isprintable() for warning in warnings)


async def test_a_keepalive_reports_nothing(service: Service) -> None:
    answer = await ask(await service.sign_up(), "auth_users/user_keepalive", frobnicate=1, apaasAppId="nowhere")
    assert (answer.code, "warnings" in answer.body) == (0, False)


async def test_what_a_call_may_have_is_not_reported(service: Service) -> None:
    stage = await set_stage(service)
    for method in OFFERED:
        if not method.is_original:
            assert not {"token", "userId", "apaasUserId", "apaasAppId", "actAs"} - method.known
    answer = await ask(stage.guest, "rooms/room_detail", roomId=stage.room, appId="1", title="sent everywhere")
    assert "warnings" not in answer.body


async def test_a_tenant_that_there_is_not_is_reported(service: Service) -> None:
    await service.make_tenant("words")
    lost = await service.call("oauth/signature", {"apaasAppId": "wrods"}, headers=ENGLISH)
    assert lost.body["warnings"] == ["there is no tenant wrods: apaasAppId was ignored"]
    device = await service.sign_up(app="words")
    answer = await ask(device, "rooms/query_room", apaasAppId="gone")
    assert (answer.code, answer.body["warnings"]) == (0, ["there is no tenant gone: apaasAppId was ignored"])
    for known in ("words", "", *APPS_TENANTS):
        answer = await ask(device, "rooms/query_room", apaasAppId=known)
        assert "warnings" not in answer.body, known
