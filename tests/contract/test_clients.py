"""The rules that shipped apps need kept (CLIENTS.md 1), each by its number, and what their lifecycle adds (4.2, 7)."""

import re
from typing import Any, Final

import pytest

from liveroom.api.codes import Code
from liveroom.api.declare import Data
from liveroom.api.methods import METHODS
from tests.contract.scene import CATEGORY, set_stage
from tests.contract.stages import BASIC, SCENES, name_of
from tests.service import Form, Service

INT32_MAX: Final = 2_147_483_647
BARE: Final = [
    *(f"rooms/{name}" for name in ("enter_room", "leave_room", "update_room", "destroy_room")),
    *(f"auth_users/{name}" for name in ("user_keepalive", "user_logout", "user_delete", "user_update")),
]
LOGIN_FIELDS: Final = {
    **dict.fromkeys(("userId", "apaasUserId", "apaasAppId", "userSig", "sdkUserSig", "token", "expire"), str),
    **dict.fromkeys(("phone", "email", "name", "avatar", "loginType"), str),
    **dict.fromkeys(("sdkAppId", "isHighRiskUser", "isHighRiskIp"), int),
}
ROOM_NUMBERS: Final = ("status", "removed", "star", "nnUsers", "totalJoined")


async def _everything(service: Service, path: str) -> list[Any]:
    """Return answers of a method: good ones and bad ones."""
    method = METHODS.methods[path]
    scene = await SCENES[path](await set_stage(service))
    bad: list[dict[str, Any]] = [{"token": "rubbish"}, {"roomId": "1"}, {"roomId": []}, {"limit": "x"}, {"userId": "1"}]
    calls: list[dict[str, Any]] = [{}, *bad, {"username": ""}]
    answers = [await scene.device.call(name_of(method), {**scene.params, **change}) for change in calls]
    return [*answers, await service.call(name_of(method))]


@pytest.mark.parametrize("path", [method.path for method in BASIC])
async def test_rule_1_http_200_and_an_envelope_whatever_happens(path: str, service: Service) -> None:
    for answer in await _everything(service, path):
        assert answer.status == 200
        assert answer.body["errorCode"] is not None


@pytest.mark.parametrize("name", ["rooms/leave_room", "rooms/destroy_room"])
async def test_rule_2_leave_and_destroy_are_idempotent(name: str, service: Service) -> None:
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    for unknown in ("123", "2147483647", "no-such-room", guest.user):
        assert (await guest.call(name, {"roomId": unknown}, Form.FORM)).code == 0
    await host.call("rooms/destroy_room", {"roomId": room})
    for _ in range(3):
        for device in (host, guest):
            assert (await device.call(name, {"roomId": room}, Form.FORM)).code == 0


@pytest.mark.parametrize("path", [method.path for method in BASIC])
async def test_rule_3_a_whole_number_for_a_code_and_a_text_for_people(path: str, service: Service) -> None:
    for answer in await _everything(service, path):
        body = answer.body
        assert type(body["errorCode"]) is int
        assert type(body["errorMessage"]) is str
        assert body["errorMessage"]
        assert type(body["version"]) is str
        assert body["requestId"] == answer.headers["x-request-id"]
        assert ("codeStr" in body) is (body["errorCode"] != 0)


async def test_rule_4_ids_are_decimal_and_fit_a_java_int_and_stay(service: Service) -> None:
    device = await service.sign_up()
    generated = (await device.call("rooms/generate_roomid")).data["roomId"]
    room = await device.go_live()
    for id in (device.user, generated, room):
        assert re.fullmatch(r"[1-9]\d*", id)
        assert int(id) <= INT32_MAX
    assert room == device.user
    assert (await device.account.sign_in()).user == device.user
    assert len({device.user, generated}) == 2


async def test_rule_4_no_two_users_and_rooms_share_an_id(service: Service) -> None:
    devices = [await service.sign_up() for _ in range(5)]
    rooms = [(await device.call("rooms/generate_roomid")).data["roomId"] for device in devices]
    await devices[0].go_live(str(int(rooms[-1]) + 1))
    latest = await service.sign_up()
    ids = [*(device.user for device in devices), *rooms, str(int(rooms[-1]) + 1), latest.user]
    assert len(set(ids)) == len(ids), "the sequence skips what a caller chose"


async def test_rules_5_and_6_a_login_has_both_names_of_each_field(service: Service) -> None:
    account = await service.register()
    first = await account.call("oauth/signature", service.sign(account.username, account.salt))
    again = await service.call("auth_users/user_login_token", first.data | {"apaasAppId": ""})
    for answer in (first, again):
        login = answer.data
        assert {name: type(login[name]) for name in LOGIN_FIELDS} == LOGIN_FIELDS
        assert login["userId"] == login["apaasUserId"]
        assert login["userSig"] == login["sdkUserSig"] != ""
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", login["expire"])
        assert login["sdkAppId"] == 1_400_000_001


@pytest.mark.parametrize("names", [("userId",), ("apaasUserId",), ("userId", "apaasUserId")])
@pytest.mark.parametrize("name", [*BARE, "auth_users/user_login_token", "rooms/query_room", "rooms/list_users"])
async def test_rule_7_either_name_of_the_caller_is_enough(name: str, names: tuple[str, ...], service: Service) -> None:
    device = await service.sign_up()
    room = await device.go_live()
    identity = dict.fromkeys(names, device.user)
    answer = await service.call(name, {"token": device.token, "roomId": room, "name": "n", **identity}, form=Form.QUERY)
    assert answer.code == 0, answer.text


@pytest.mark.parametrize("app_id", ["0", 0, "1400000001", 1_400_000_001, "", "2079625916"])
async def test_rule_8_rooms_are_not_filtered_by_app_id(app_id: Any, service: Service) -> None:
    android, ios = await service.sign_up(), await service.sign_up()
    room = (await android.enter("", "anchor", category="rule-8", appId="0")).data["roomId"]
    other = (await ios.enter("", "anchor", category="rule-8", appId=1_400_000_001)).data["roomId"]
    listed = [found["roomId"] for found in await android.query(category="rule-8", appId=app_id)]
    assert {room, other} <= set(listed)
    await android.call("rooms/destroy_room", {"roomId": room})
    await ios.call("rooms/destroy_room", {"roomId": other})


async def test_rule_9_an_old_token_stays_good_after_a_token_login(service: Service) -> None:
    device = await service.sign_up()
    for _ in range(3):
        service.clock.advance(60)
        assert (await device.call("auth_users/user_login_token")).data["token"] != device.token
    assert (await device.call("auth_users/user_keepalive")).code == 0
    await device.go_live()


async def test_rule_10_only_a_bad_token_is_answered_203_or_204(service: Service) -> None:
    stage = await set_stage(service)
    for method in BASIC:
        scene = await SCENES[method.path](await set_stage(service))
        names = [field.wire for field in method.fields if field.wire not in ("userId", "apaasUserId")]
        missing = [{"userId": None, "apaasUserId": None}, {"token": None}]
        hostile: list[Any] = ["", "\u0001", [], "x" * 9000]
        wrong: list[dict[str, Any]] = [{name: value} for name in names for value in hostile]
        foreign: list[dict[str, Any]] = [{"roomId": stage.room}, {"roomId": "1"}, {"searchUserId": "1"}]
        for change in [*wrong, *foreign, *missing]:
            answer = await scene.device.call(name_of(method), {**scene.params, **change})
            if answer.code == 204 and method.path.endswith("user_delete"):
                continue
            assert answer.code not in (203, 204), (method.path, change)


async def test_rule_11_the_room_list_is_a_bare_array_of_whole_numbers(service: Service) -> None:
    stage = await set_stage(service)
    answer = await stage.guest.call("rooms/query_room", {"category": CATEGORY, "roomIds": [stage.room]})
    assert type(answer.body["data"]) is list
    assert answer.body["nextCursor"] == ""
    for room in (*answer.data, (await stage.guest.detail(stage.room)).data):
        assert {type(room[name]) for name in ROOM_NUMBERS} == {int}
        assert all(0 <= room[name] <= INT32_MAX for name in ROOM_NUMBERS)
        assert all(type(value) in (str, int) for value in room.values())


@pytest.mark.parametrize("name", BARE)
async def test_rule_12_their_data_is_an_object_or_nothing(name: str, service: Service) -> None:
    for answer in await _everything(service, f"base/v1/{name}"):
        assert type(answer.body.get("data", {})) is dict


def test_rule_13_the_clients_own_codes_are_never_sent() -> None:
    assert min(Code) == 0


@pytest.mark.parametrize("method", METHODS.methods.values(), ids=lambda method: method.path)
async def test_rule_14_errors_keep_an_object_and_leave_out_a_list(method: Any, service: Service) -> None:
    for params in ({"token": "rubbish", "userId": "1"}, {}, {"roomId": {}, "limit": [1]}):
        answer = await service.call(name_of(method), params)
        if answer.code != 0 and method.data is Data.LIST:
            assert "data" not in answer.body
        elif answer.code != 0:
            assert answer.body["data"] == {}


@pytest.mark.parametrize("path", [method.path for method in BASIC])
async def test_rule_15_json_in_utf_8(path: str, service: Service) -> None:
    for answer in await _everything(service, path):
        kind = answer.headers["content-type"].replace(" ", "").lower()
        assert kind in ("application/json", "application/json;charset=utf-8")


@pytest.mark.parametrize("params", [{}, {"userId": "x"}, {"token": "x"}, {"userId": {}, "token": []}, {"roomId": "1"}])
async def test_a_logout_is_always_0(params: dict[str, Any], service: Service) -> None:
    for form in (Form.JSON, Form.QUERY):
        if form is Form.JSON or not any(isinstance(value, dict | list) for value in params.values()):
            assert (await service.call("auth_users/user_logout", params, form=form)).code == 0
    broken = await service.send("POST", "/base/v1/auth_users/user_logout", content=b"{broken")
    assert broken.code == 0


async def test_one_may_sign_for_oneself_and_ones_music_alone(service: Service) -> None:
    device = await service.sign_up()
    for id in (device.user, f"{device.user}_music"):
        signed = (await device.call("auth_users/user_doctor_auth", {"doctorUserId": id})).data
        assert signed["userId"] == id
        assert signed["userSig"] == signed["sdkUserSig"] != ""
    for id in ("administrator", "1002_music", f"{device.user}_musi", f"{device.user}_music_music"):
        assert (await device.call("auth_users/user_doctor_auth", {"doctorUserId": id})).code == 3000
