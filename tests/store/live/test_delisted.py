"""A barred room: the store says so with every picture of it, and nobody in it is told anything."""

from dataclasses import replace

from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import BroadcastId, RoomId, UserId
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import LiveRoom
from tests.store.live.listener import R1, RecordingListener, listen
from tests.store.live.world import World


async def delist(world: World, *, rev: int = 2, delisted: bool = True) -> LiveRoom:
    """Delist the room that is live, or list it again, as a transaction of its own would."""
    row, policy, card = world.recovery.rooms[R1]
    put = await world.put(replace(row, rev=rev, delisted=delisted), policy, card)
    assert put is not None
    return put


async def quiet(world: World) -> RecordingListener:
    """Return a listener that has received everything of a room with ann, its owner, and bob in it."""
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await listener.new_events()
    return listener


async def test_a_room_is_not_barred_unless_its_row_says_so(world: World) -> None:
    await world.go_live()
    assert not (await world.room()).delisted


async def test_a_bar_shows_in_every_picture_and_hides_nothing(world: World) -> None:
    await world.go_live()
    put = await delist(world)
    entered = await world.enter("bob")
    left = await world.leave("bob")
    assert left is not None
    for room in (put, entered.room, left.room, await world.room()):
        assert (room.delisted, room.hidden) == (True, False)
    assert await world.names() == ["ann"]


async def test_a_bar_and_its_end_make_the_list_entry_stale(world: World) -> None:
    await world.go_live()
    for rev, delisted in ((2, True), (3, False)):
        await world.live.listed([(R1, (await world.room()).version)])
        await delist(world, rev=rev, delisted=delisted)
        (stale,) = await world.live.stale_rooms(10)
        assert stale.live is not None
        assert stale.live.delisted is delisted


async def test_a_late_row_does_not_lift_a_bar(world: World) -> None:
    await world.go_live()
    await delist(world, rev=3)
    await world.live.put_room(
        replace(world.recovery.rooms[R1][0], rev=2, delisted=False), *world.recovery.rooms[R1][1:]
    )
    assert (await world.room()).delisted


async def test_members_are_told_nothing_of_a_bar(world: World) -> None:
    listener = await quiet(world)
    await delist(world)
    await delist(world, rev=3, delisted=False)
    assert await listener.new_events() == []


async def test_a_change_that_comes_with_the_bar_is_told(world: World) -> None:
    listener = await quiet(world)
    row, policy, _ = world.recovery.rooms[R1]
    await world.put(replace(row, rev=3, delisted=True), policy, b"another title")
    assert await listener.new_events() == ["room.updated"]
    await world.put(replace(row, rev=4, delisted=False, category="ktv"), policy, b"another title")
    assert await listener.new_events() == ["room.updated"]
    await world.put(replace(row, rev=5, delisted=True, category="ktv", owner=UserId("bob")), policy, b"another title")
    received = await listener.new_events()
    assert received == ["room.owner_changed", "member.role_changed bob", "member.role_changed ann"]


async def test_the_same_row_again_is_still_a_change_as_before(world: World) -> None:
    listener = await quiet(world)
    row, policy, card = world.recovery.rooms[R1]
    await world.put(replace(row, rev=2), policy, card)
    assert await listener.new_events() == ["room.updated"]


async def test_a_barred_room_is_hidden_and_restored_for_its_members_as_any(world: World) -> None:
    listener = await quiet(world)
    await delist(world)
    await world.leave("ann")
    assert (await world.room()).hidden
    await world.enter("ann", wanted=Role.OWNER)
    assert await listener.new_events() == [
        "member.left ann (left)",
        "room.hidden",
        "member.entered ann",
        "room.restored",
    ]
    received = [
        event.room for event in listener.events() if event.kind in (EventKind.ROOM_HIDDEN, EventKind.ROOM_RESTORED)
    ]
    assert [(room.hidden, room.delisted) for room in received if room is not None] == [(True, True), (False, True)]


async def test_the_next_broadcast_of_a_barred_room_begins_barred(world: World) -> None:
    await world.go_live()
    await delist(world)
    row, _, _ = world.recovery.rooms[R1]
    await world.close_room(replace(row, rev=3))
    put = await world.put(replace(row, rev=4, broadcast=BroadcastId("r1-b2")))
    assert put is not None
    assert (put.delisted, put.broadcast) == (True, "r1-b2")


async def test_a_bar_returns_after_the_store_was_lost(world: World) -> None:
    await world.go_live()
    await world.go_live("r2", "eve")
    await delist(world)
    await world.lose()
    assert (await world.room()).delisted
    assert not (await world.room(RoomId("r2"))).delisted
