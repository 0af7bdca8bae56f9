"""TRTC, simulated: rooms, who sends there, and the control API that our own client calls."""

from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import VendorFailure
from liveroom.providers.tencent.cloud import CloudRefused, TencentCloud
from liveroom.providers.tencent.trtc_control import TrtcControl
from liveroom.providers.tencent.usersig import Privilege, private_map_key, user_sig
from liveroom.settings.simulated import SDK_APP_ID, SDK_SECRET, SECRET_ID, SECRET_KEY
from liveroom.simulate.trtc import CALLS_A_SECOND, VERSION
from tests.simulate.conftest import Controlled
from tests.store.sql.samples import HOME

TENANT = Tenant(HOME, SDK_APP_ID, SDK_SECRET)
HOUR = timedelta(hours=1)


def cloud(sim: Controlled) -> TencentCloud:
    return TencentCloud(sim.simulator.trtc.endpoint.url, SECRET_ID, SECRET_KEY, sim.clock)


def key(sim: Controlled, room: int | str, user: str, privilege: Privilege = Privilege.AUDIENCE) -> str:
    return private_map_key(SDK_APP_ID, SDK_SECRET, user, room=room, privilege=privilege, now=sim.clock.now(), ttl=HOUR)


async def users(sim: Controlled) -> dict[tuple[str, str], list[str]]:
    """Return who is in which room, by the room's id and kind."""
    rooms = (await sim.state())["trtc"]
    return {(room["room"], room["kind"]): [user["user"] for user in room["users"]] for room in rooms}


async def test_a_number_and_its_text_name_two_rooms(sim: Controlled) -> None:
    control = TrtcControl(cloud(sim), cloud(sim))
    await sim.step("trtc.enter", room="700", user="1")
    await sim.step("trtc.enter", room="700", named=True, user="2")
    await sim.step("trtc.enter", room="shop-7", user="3")
    await control.close(TENANT, RoomId("700"))
    assert await users(sim) == {("700", "string"): ["2"], ("shop-7", "string"): ["3"]}
    await control.remove(TENANT, RoomId("shop-7"), UserId("3"))
    assert await users(sim) == {("700", "string"): ["2"]}, "a room ends with its last user"


async def test_who_enters_another_room_leaves_the_first(sim: Controlled) -> None:
    for room in ("700", "701"):
        await sim.step("trtc.enter", room=room, user="1")
    assert await users(sim) == {("701", "number"): ["1"]}


@pytest.mark.parametrize(
    ("action", "asked", "code"),
    [
        ("DismissRoom", {"SdkAppId": SDK_APP_ID, "RoomId": 9}, "FailedOperation.RoomNotExist"),
        ("DismissRoom", {"SdkAppId": SDK_APP_ID, "RoomId": "9"}, "InvalidParameter.RoomId"),
        ("DismissRoomByStrRoomId", {"SdkAppId": SDK_APP_ID, "RoomId": 9}, "InvalidParameter.RoomId"),
        ("DismissRoom", {"SdkAppId": 1_400_000_001, "RoomId": 9}, "UnauthorizedOperation.SdkAppId"),
        ("DismissRoom", {"RoomId": 9}, "InvalidParameter.SdkAppId"),
        ("RemoveUser", {"SdkAppId": SDK_APP_ID, "RoomId": 9}, "InvalidParameter"),
        ("RemoveUser", {"SdkAppId": SDK_APP_ID, "RoomId": 7, "UserIds": ["2"]}, "FailedOperation.UserNotExist"),
        ("RemoveUser", {"SdkAppId": SDK_APP_ID, "RoomId": 7, "UserIds": ["2"] * 11}, "InvalidParameter.UserIds"),
        ("DescribeNothing", {}, "InvalidAction"),
    ],
)
async def test_what_trtc_refuses_has_its_code(sim: Controlled, action: str, asked: dict[str, Any], code: str) -> None:
    await sim.step("trtc.enter", room=7, user="1")
    with pytest.raises(CloudRefused) as refused:
        await cloud(sim).call(action, VERSION, asked, region="ap-guangzhou")
    assert refused.value.code == code


async def test_twenty_calls_a_second_and_no_more(sim: Controlled) -> None:
    control = TrtcControl(cloud(sim), cloud(sim))
    for _ in range(CALLS_A_SECOND):
        await control.close(TENANT, RoomId("9"))
    with pytest.raises(VendorFailure, match="RequestLimitExceeded"):
        await control.close(TENANT, RoomId("9"))


async def test_a_private_map_key_admits_to_its_room_and_to_send_what_it_allows(sim: Controlled) -> None:
    given = {"room": "700", "user": "1"}
    ticket = user_sig(SDK_APP_ID, SDK_SECRET, "1", now=sim.clock.now(), ttl=HOUR)
    for wrong, reason in (
        (key(sim, 701, "1"), "for 1 in 701"),
        (key(sim, "700", "1"), "for 1 in '700'"),
        (key(sim, 700, "2"), "70013"),
        (ticket, "no PrivateMapKey"),
    ):
        assert reason in await sim.refused("trtc.enter", **given, privateMapKey=wrong)
    told = await sim.step("trtc.enter", **given, privateMapKey=key(sim, 700, "1"), userSig=ticket)
    assert told == {"allowed": int(Privilege.AUDIENCE)}
    assert "does not allow to send video" in await sim.refused("trtc.publish", **given, what="video")
    speaker = key(sim, 700, "1", Privilege.AUDIENCE | Privilege.SEND_AUDIO)
    await sim.step("trtc.enter", **given, privateMapKey=speaker)
    await sim.step("trtc.publish", **given, what="audio")
    (room,) = (await sim.state())["trtc"]
    assert room["users"] == [{"user": "1", "role": "anchor", "sends": ["audio"]}]
    await sim.step("trtc.publish", **given, what="audio", stop=True)
    assert "sends no audio" in await sim.refused("trtc.publish", **given, what="audio", stop=True)


async def test_an_expired_key_admits_nobody(sim: Controlled) -> None:
    old = key(sim, 700, "1")
    sim.clock.advance(3600)
    assert "70001" in await sim.refused("trtc.enter", room="700", user="1", privateMapKey=old)
