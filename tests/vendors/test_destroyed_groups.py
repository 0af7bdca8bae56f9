"""Groups that are told to be destroyed, where we make and end them ourselves: it is asked whether they are gone."""

import pytest

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.outside import GroupDestroyed, OutsideReport
from liveroom.domain.rooms.model import RoomStatus
from tests.service import SDK_APP_ID
from tests.vendors.stage import Stage

ASKED = "get_online_member_num"


async def tell(stage: Stage, room: RoomId, *, by_server: bool = False) -> None:
    """Tell, as of now, that the room's group was destroyed."""
    now = stage.world.service.clock.now()
    group = GroupDestroyed(room, UserId(str(room)), now, by_server)
    await stage.core.outside.receive(OutsideReport(SDK_APP_ID, group=group))


async def is_live(stage: Stage, room: RoomId) -> bool:
    row = await stage.core.db.rooms.get(room)
    return row is not None and row.state is RoomStatus.LIVE


async def test_a_group_that_is_gone_closes_its_room(stage: Stage) -> None:
    room = await stage.go_live(await stage.world.make_actor())
    await stage.drain()
    stage.world.pass_by(5)
    stage.im.dissolve(room)
    await tell(stage, room)
    assert not await is_live(stage, room)
    assert await stage.core.live.room(room) is None
    assert stage.im.codes(ASKED) == [10010]


async def test_a_group_that_is_there_closes_nothing(stage: Stage) -> None:
    room = await stage.go_live(await stage.world.make_actor())
    await stage.drain()
    stage.world.pass_by(5)
    await tell(stage, room)
    assert await is_live(stage, room)
    assert stage.im.codes(ASKED) == [0]


@pytest.mark.parametrize("code", [10002, 60007, 70009, 4711])
async def test_what_cannot_be_asked_closes_nothing(stage: Stage, code: int) -> None:
    room = await stage.go_live(await stage.world.make_actor())
    await stage.drain()
    stage.world.pass_by(5)
    stage.im.dissolve(room)
    stage.im.endpoint.refuse(ASKED, code)
    await tell(stage, room)
    assert await is_live(stage, room)


async def test_our_own_dissolving_closes_no_newer_broadcast(stage: Stage) -> None:
    host = await stage.world.make_actor()
    room = await stage.go_live(host)
    await stage.drain()
    await stage.close(host)
    await stage.drain()
    stage.world.pass_by(10)
    await stage.go_live(host)
    await tell(stage, room, by_server=True)
    assert await is_live(stage, room)
    assert stage.im.codes(ASKED) == []
