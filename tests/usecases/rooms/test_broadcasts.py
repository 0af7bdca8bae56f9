"""Ends of broadcasts that the service itself decides: what was right a moment ago may be wrong when it is done."""

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import BroadcastId, RoomId
from liveroom.domain.rooms.model import CloseReason, RoomStatus
from tests.usecases.conftest import World


async def running(world: World, room: RoomId) -> BroadcastId:
    """Return the broadcast that runs in a room."""
    stored = await world.core.db.rooms.get(room)
    assert stored is not None
    assert stored.state is RoomStatus.LIVE
    return stored.broadcast


async def reopen(world: World, host: Actor) -> BroadcastId:
    """Close the host's room and open it again."""
    await world.core.services.rooms.destroy(host, RoomId(str(host.user)))
    return await running(world, await world.go_live(host))


async def test_a_late_end_of_a_broadcast_leaves_the_next_one_of_the_room_alone(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    former = await running(world, room)
    following = await reopen(world, host)
    for reason in (CloseReason.OWNER_GONE, CloseReason.TIME_OVER):
        assert await world.core.broadcasts.close(room, reason, broadcast=former) is None
    assert await running(world, room) == following


async def test_a_late_heir_of_a_broadcast_does_not_get_the_next_one(world: World) -> None:
    host, heir = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    former = await running(world, room)
    await reopen(world, host)
    assert await world.core.broadcasts.hand_over(room, former, heir.user) is None
    stored = await world.core.db.rooms.get(room)
    assert stored is not None
    assert stored.owner == host.user


async def test_a_broadcast_that_was_given_more_time_meanwhile_is_not_closed_for_want_of_it(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    broadcast = await running(world, room)
    assert await world.core.broadcasts.close(room, CloseReason.TIME_OVER, broadcast=broadcast) is None
    assert await running(world, room) == broadcast
