"""IM, simulated: what a service may call with, what it is answered, and what apps do by their SDK."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from liveroom.providers.tencent.usersig import user_sig
from liveroom.settings.simulated import ADMINISTRATOR, SDK_APP_ID, SDK_SECRET
from liveroom.simulate.tencent_im import CALLS_A_SECOND, MESSAGES_A_SECOND
from tests.simulate.conftest import Controlled

DAY = timedelta(days=1)
GROUP = {"Type": "AVChatRoom", "GroupId": "700", "Name": "Karaoke", "Owner_Account": "1"}
MESSAGE: Mapping[str, Any] = {
    "GroupId": "700",
    "From_Account": "1",
    "MsgPriority": "Normal",
    "CloudCustomData": "",
    "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}],
}


def query(sim: Controlled, **changes: Any) -> dict[str, Any]:
    """Return the parameters of a call by the administrator."""
    sig = user_sig(SDK_APP_ID, SDK_SECRET, ADMINISTRATOR, now=sim.clock.now(), ttl=DAY)
    good = {"sdkappid": SDK_APP_ID, "identifier": ADMINISTRATOR, "usersig": sig, "random": 7, "contenttype": "json"}
    return {**good, **changes}


async def call(sim: Controlled, command: str, said: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await sim.http.post(f"/v4/{command}", params=query(sim, **changes), json=said)
    return dict(answer.json())


async def code(sim: Controlled, command: str, said: Mapping[str, Any], **changes: Any) -> int:
    return int((await call(sim, command, said, **changes))["ErrorCode"])


async def with_group(sim: Controlled) -> None:
    assert await code(sim, "im_open_login_svc/account_import", {"UserID": "1"}) == 0
    assert await code(sim, "group_open_http_svc/create_group", GROUP) == 0


def signed(sim: Controlled, *, app: int = SDK_APP_ID, secret: str = SDK_SECRET, user: str = ADMINISTRATOR) -> str:
    return user_sig(app, secret, user, now=sim.clock.now(), ttl=DAY)


async def test_who_is_not_the_administrator_of_the_application_is_told_why(sim: Controlled) -> None:
    wrong: list[tuple[dict[str, Any], int]] = [
        ({}, 0),
        ({"sdkappid": "x"}, 60012),
        ({"sdkappid": 1_400_000_001}, 60006),
        ({"identifier": "1"}, 60010),
        ({"usersig": ""}, 70002),
        ({"usersig": "eJyrVgrx"}, 70003),
        ({"usersig": signed(sim, app=1_400_000_001)}, 70014),
        ({"usersig": signed(sim, secret="another")}, 70009),
        ({"usersig": signed(sim, user="1")}, 70013),
        ({"random": 2**32}, 60002),
    ]
    asked = {"CheckItem": [{"UserID": "1"}]}
    for changes, expected in wrong:
        assert await code(sim, "im_open_login_svc/account_check", asked, **changes) == expected, changes
    old = signed(sim)
    sim.clock.advance(DAY.total_seconds())
    assert await code(sim, "im_open_login_svc/account_check", asked, usersig=old) == 70001


@pytest.mark.parametrize(
    ("command", "said", "expected"),
    [
        ("no_such_svc/create_group", {}, 60008),
        ("group_open_http_svc/no_such_command", {}, 10003),
        ("group_open_http_svc/create_group", {}, 10004),
        ("group_open_http_svc/create_group", {**GROUP, "Name": "x" * 31}, 10004),
        ("group_open_http_svc/create_group", {**GROUP, "GroupId": "@TGS#1"}, 10004),
        ("group_open_http_svc/create_group", {**GROUP, "Owner_Account": "nobody"}, 10019),
        ("group_open_http_svc/create_group", GROUP, 10021),
        ("group_open_http_svc/destroy_group", {"GroupId": "701"}, 10015),
        ("group_open_http_svc/add_group_member", {"GroupId": "700"}, 10007),
        ("group_open_http_svc/delete_group_member", {"GroupId": "700"}, 10004),
        ("im_open_login_svc/account_import", {"UserID": "x" * 33}, 70169),
        ("im_open_login_svc/kick", {"UserID": "nobody"}, 70107),
    ],
)
async def test_what_im_refuses_has_its_code(
    sim: Controlled, command: str, said: Mapping[str, Any], expected: int
) -> None:
    await with_group(sim)
    assert await code(sim, command, said) == expected


async def test_a_body_that_is_no_object_is_refused(sim: Controlled) -> None:
    for content in ("", "[]", "{"):
        answer = await sim.http.post("/v4/openim/query_online_status", params=query(sim), content=content)
        assert answer.json()["ErrorCode"] == 60003


async def test_a_group_that_has_ended_cannot_be_made_again_within_five_seconds(sim: Controlled) -> None:
    await with_group(sim)
    assert await code(sim, "group_open_http_svc/destroy_group", {"GroupId": "700"}) == 0
    assert await code(sim, "group_open_http_svc/create_group", GROUP) == 10021
    sim.clock.advance(5)
    assert await code(sim, "group_open_http_svc/create_group", GROUP) == 0


async def test_members_come_by_the_sdk_and_are_counted(sim: Controlled) -> None:
    await with_group(sim)
    await sim.step("im.login", user="2")
    await sim.step("im.join", room="700", user="2")
    assert "10013" in await sim.refused("im.join", room="700", user="2")
    assert "10019" in await sim.refused("im.join", room="700", user="3")
    assert (await call(sim, "group_open_http_svc/get_online_member_num", {"GroupId": "700"}))["OnlineMemberNum"] == 1
    listed = await call(sim, "group_open_avchatroom_http_svc/get_members", {"GroupId": "700", "Timestamp": 0})
    assert listed["MemberList"] == [{"Member_Account": "2"}]
    found = await call(sim, "openim/query_online_status", {"To_Account": ["1", "2", "3"]})
    assert [(one["To_Account"], one["Status"]) for one in found["QueryResult"]] == [("1", "Offline"), ("2", "Online")]
    assert found["ErrorList"] == [{"To_Account": "3", "ErrorCode": 70107}]
    assert await code(sim, "im_open_login_svc/kick", {"UserID": "2"}) == 0
    assert "70107" in await sim.refused("im.logout", user="2")


async def test_a_mute_and_a_ban_hold_for_their_time(sim: Controlled) -> None:
    await with_group(sim)
    await sim.step("im.login", user="2")
    await sim.step("im.join", room="700", user="2")
    about = {"GroupId": "700", "Members_Account": ["2"]}
    assert await code(sim, "group_open_http_svc/forbid_send_msg", {**about, "MuteTime": 60}) == 0
    assert "10017" in await sim.refused("im.speak", room="700", user="2", text="hi")
    sim.clock.advance(60)
    await sim.step("im.speak", room="700", user="2", text="hi")
    assert await code(sim, "group_open_http_svc/ban_group_member", {**about, "Duration": 60}) == 0
    (group,) = (await sim.state())["im"]["groups"]
    assert (group["members"], group["banned"]) == ([], ["2"])
    assert "10007" in await sim.refused("im.join", room="700", user="2")
    sim.clock.advance(60)
    await sim.step("im.join", room="700", user="2")


async def test_a_user_sig_is_checked_where_an_app_shows_one(sim: Controlled) -> None:
    assert "70013" in await sim.refused("im.login", user="2", userSig=signed(sim, user="3"))
    await sim.step("im.login", user="2", userSig=signed(sim, user="2"))


async def test_a_command_is_called_two_hundred_times_a_second_and_no_more(sim: Controlled) -> None:
    await with_group(sim)
    asked = "group_open_http_svc/get_online_member_num"
    assert sim.simulator.im.pace is not None
    for _ in range(CALLS_A_SECOND - 1):
        assert not sim.simulator.im.pace.is_over("get_online_member_num", CALLS_A_SECOND)
    assert [await code(sim, asked, {"GroupId": "700"}) for _ in range(3)] == [0, 60007, 60007]
    sim.clock.advance(1)
    assert await code(sim, asked, {"GroupId": "700"}) == 0


async def test_a_group_takes_forty_messages_a_second_and_the_same_once(sim: Controlled) -> None:
    await with_group(sim)
    say = "group_open_http_svc/send_group_msg"
    for _ in range(2):
        assert await code(sim, say, {**MESSAGE, "Random": 1}) == 0
    assert len(sim.simulator.im.said["700"]) == 1
    sim.clock.advance(1)
    codes = [await code(sim, say, {**MESSAGE, "Random": 10 + number}) for number in range(MESSAGES_A_SECOND + 1)]
    assert set(codes) == {0}
    assert len(sim.simulator.im.said["700"]) == 1 + MESSAGES_A_SECOND
    (group,) = (await sim.state())["im"]["groups"]
    assert group["dropped"] == 1
