"""Options of a room, and what becomes due in it: the same in every store, also after it was lost."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from liveroom.domain.connections.model import ConnectedRoom, RoomConnection
from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.model import LiveRoom
from liveroom.domain.rooms.options import DEFAULTS, Access, PinnedMessage, RoomOptions, SeatMode
from liveroom.domain.streams.lifecycle import StreamState
from liveroom.domain.streams.model import StreamName, StreamServerName
from liveroom.domain.streams.shown import ShownStream
from liveroom.ports import Alarm, AlarmKind
from tests.store.live.listener import R1, listen
from tests.store.live.world import World

CONNECTED = RoomConnection(
    "a-connection",
    3,
    datetime(2026, 11, 30, 20, 0, 0, 125_000, tzinfo=UTC),
    (ConnectedRoom(R1, UserId("ann"), "小明 😀", ""), ConnectedRoom(RoomId("r2"), UserId("cat"), "", "c.png")),
)
STREAM = ShownStream(
    "a-stream",
    UserId("ann"),
    StreamServerName("srs"),
    StreamName("lrx7"),
    StreamState.LIVE,
    1_764_000_000_123,
    1280,
    720,
)
EVERY = RoomOptions(
    access=Access.PRIVATE,
    password="digest",
    seats=5,
    seat_mode=SeatMode.FREE,
    seat_locks=1 << 49,
    slow=timedelta(seconds=3),
    muted=True,
    guarded=True,
    link_key="a-key-that-nobody-guesses",
    pinned=PinnedMessage(1_764_000_000_123, UserId("bob"), "Grüße 😀", "你好\n", UserId("ann")),
    connection=CONNECTED,
    streams=(STREAM,),
    live_cover="https://example.com/files/frame.jpg",
)


async def arrange(world: World, options: RoomOptions, *, rev: int = 2) -> LiveRoom:
    row, policy, card = world.recovery.rooms[R1]
    put = await world.put(replace(row, rev=rev, options=options), policy, card)
    assert put is not None
    return put


async def test_a_room_has_the_default_options(world: World) -> None:
    await world.go_live()
    assert (await world.room()).options == DEFAULTS


async def test_options_show_in_every_picture(world: World) -> None:
    await world.go_live()
    put = await arrange(world, EVERY)
    entered = await world.enter("bob", password="digest", link=EVERY.link_key)
    left = await world.leave("bob")
    snapshot = await world.live.channels.snapshot(R1, put.tenant)
    assert left is not None
    for room in (put, entered.room, left.room, await world.room(), snapshot.room):
        assert room.options == EVERY


async def test_options_are_kept_when_the_store_was_lost(world: World) -> None:
    await world.go_live()
    ends = world.clock.now().replace(microsecond=0) + timedelta(hours=1)
    await arrange(world, replace(EVERY, ends=ends))
    await world.lose()
    assert (await world.room()).options == replace(EVERY, ends=ends)


async def test_a_private_room_is_kept_off_lists(world: World) -> None:
    await world.go_live()
    assert (await arrange(world, RoomOptions(access=Access.PRIVATE))).delisted
    assert not (await arrange(world, DEFAULTS, rev=3)).delisted


async def test_changed_options_are_told_as_such_and_as_nothing_else(world: World) -> None:
    await world.go_live()
    listener = await listen(world)
    await listener.new_events()
    await arrange(world, RoomOptions(muted=True))
    (event,) = listener.events()[-1:]
    assert await listener.new_events() == ["room.options_changed"]
    assert (event.kind, event.room and event.room.options.muted) == (EventKind.OPTIONS_CHANGED, True)


async def test_that_live_covers_are_allowed_is_told_as_an_option_and_a_frame_is_not(world: World) -> None:
    await world.go_live()
    listener = await listen(world)
    await listener.new_events()
    await arrange(world, RoomOptions(live_cover=""))
    assert await listener.new_events() == ["room.options_changed"]
    for rev, frame in enumerate(("https://example.com/1.jpg", "https://example.com/2.jpg", ""), start=3):
        await arrange(world, RoomOptions(live_cover=frame), rev=rev)
        assert ((await world.room()).options.live_cover, await listener.new_events()) == (frame, [])
    await arrange(world, DEFAULTS, rev=6)
    assert await listener.new_events() == ["room.options_changed"]


async def test_a_connection_is_told_as_such_with_options_or_alone_and_only_when_it_changes(world: World) -> None:
    await world.go_live()
    listener = await listen(world)
    await listener.new_events()
    await arrange(world, RoomOptions(connection=CONNECTED))
    (event,) = listener.events()[-1:]
    assert await listener.new_events() == ["connection.changed"]
    assert (event.kind, event.room and event.room.options.connection) == (EventKind.CONNECTION_CHANGED, CONNECTED)
    await arrange(world, RoomOptions(connection=CONNECTED, muted=True), rev=3)
    assert await listener.new_events() == ["room.options_changed"]
    await arrange(world, RoomOptions(connection=CONNECTED._replace(version=4), muted=True), rev=5)
    assert await listener.new_events() == ["connection.changed"]
    await arrange(world, RoomOptions(connection=CONNECTED, muted=True), rev=4)
    assert await listener.new_events() == [], "an older row changes nothing"
    await arrange(world, RoomOptions(), rev=6)
    assert await listener.new_events() == ["room.options_changed", "connection.changed"]


async def test_streams_are_told_as_such_and_only_when_they_change(world: World) -> None:
    await world.go_live()
    listener = await listen(world)
    await listener.new_events()
    await arrange(world, RoomOptions(streams=(STREAM,)))
    (event,) = listener.events()[-1:]
    assert await listener.new_events() == ["stream.changed"]
    assert (event.kind, event.room and event.room.options.streams) == (EventKind.STREAM_CHANGED, (STREAM,))
    await arrange(world, RoomOptions(streams=(STREAM,), muted=True), rev=3)
    assert await listener.new_events() == ["room.options_changed"]
    await arrange(world, RoomOptions(streams=(STREAM._replace(state=StreamState.INTERRUPTED),), muted=True), rev=4)
    assert await listener.new_events() == ["stream.changed"]
    await arrange(world, RoomOptions(), rev=5)
    assert await listener.new_events() == ["room.options_changed", "stream.changed"]


async def test_that_somebody_has_a_standing_is_told_to_nobody(world: World) -> None:
    await world.go_live()
    listener = await listen(world)
    await listener.new_events()
    await arrange(world, RoomOptions(guarded=True))
    assert await listener.new_events() == []


async def test_a_broadcast_is_due_when_its_time_is_over_and_again_until_somebody_sees_to_it(world: World) -> None:
    await world.go_live()
    await arrange(world, RoomOptions(ends=world.clock.now() + timedelta(minutes=1)))
    assert await world.live.alarms(10) == []
    world.clock.advance(62)
    assert await world.live.alarms(10) == [Alarm(R1, AlarmKind.END)]
    assert await world.live.alarms(10) == []
    world.clock.advance(31)
    assert await world.live.alarms(10) == [Alarm(R1, AlarmKind.END)]


async def test_a_prolonged_broadcast_is_due_later_and_a_closed_one_never(world: World) -> None:
    row = await world.go_live()
    await arrange(world, RoomOptions(ends=world.clock.now() + timedelta(minutes=1)))
    await arrange(world, RoomOptions(ends=world.clock.now() + timedelta(minutes=5)), rev=3)
    world.clock.advance(62)
    assert await world.live.alarms(10) == []
    await world.close_room(replace(row, rev=4))
    world.clock.advance(600)
    assert await world.live.alarms(10) == []


async def test_a_broadcast_is_due_after_the_store_was_lost(world: World) -> None:
    await world.go_live()
    await arrange(world, RoomOptions(ends=world.clock.now() + timedelta(minutes=1)))
    await world.lose()
    await world.room()
    world.clock.advance(62)
    assert await world.live.alarms(10) == [Alarm(R1, AlarmKind.END)]
