"""Metadata of live rooms: read by members, never stepping back, told once, and gone with the broadcast."""

import pytest

from liveroom.domain.errors import NotInRoom, RoomNotFound
from liveroom.domain.events.model import Announcement, Cause, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.metadata import Metadata, write_new
from tests.store.live.listener import R1, RecordingListener, listen
from tests.store.live.world import World

FIRST, SECOND, THIRD = (
    Metadata(number, b'{"text":"\xe4\xbd\xa0 \\u0000","n":[%d,null]}' % number) for number in (1, 2, 3)
)
B1, BOB = BroadcastId("r1-b1"), UserId("bob")


@pytest.fixture
async def listener(world: World) -> RecordingListener:
    """Return the listener to room r1, in which ann and bob are."""
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await listener.new_events()
    return listener


async def put(world: World, metadata: Metadata, *, received: bool = True, broadcast: BroadcastId = B1) -> None:
    news = Announcement(f"n{metadata.version}", EventKind.METADATA_CHANGED, write_new(metadata), BOB)
    await world.live.metadata.put(R1, broadcast, metadata, news if received else None)


async def read(world: World, user: str = "bob") -> Metadata | None:
    return await world.live.metadata.read(DEFAULT_TENANT, R1, UserId(user))


async def test_nothing_is_known_until_it_is_put_and_members_read_it(world: World, listener: RecordingListener) -> None:
    assert await read(world) is None
    await put(world, FIRST)
    assert await read(world) == await read(world, "ann") == FIRST
    big = Metadata(2, b'{"a":"' + b"x" * 16_000 + b'"}')
    await put(world, big)
    assert await read(world) == big


async def test_only_members_of_a_live_room_of_the_tenant_read(world: World, listener: RecordingListener) -> None:
    await put(world, FIRST)
    with pytest.raises(NotInRoom):
        await read(world, "eve")
    for tenant, room in ((TenantName("acme"), R1), (DEFAULT_TENANT, RoomId("r2"))):
        with pytest.raises(RoomNotFound):
            await world.live.metadata.read(tenant, room, BOB)


async def test_it_never_steps_back(world: World, listener: RecordingListener) -> None:
    await put(world, SECOND)
    for late in (FIRST, Metadata(0, b"{}")):
        await put(world, late)
        await put(world, late, received=False)
    assert await read(world) == SECOND
    assert await listener.new_events() == ["room.metadata_changed"]


async def test_the_room_is_told_at_once_of_each_version_once_by_whom_and_what(
    world: World, listener: RecordingListener
) -> None:
    for metadata in (FIRST, FIRST, THIRD, SECOND):
        await put(world, metadata)
    await listener.catch_up()
    received = [event for event in listener.events() if event.kind is EventKind.METADATA_CHANGED]
    assert [event.data for event in received] == [write_new(FIRST), write_new(THIRD)]
    assert {(event.by, event.cause) for event in received} == {(BOB, Cause.CALL)}


async def test_what_a_reader_has_filled_in_is_told_by_whoever_wrote_it(
    world: World, listener: RecordingListener
) -> None:
    await put(world, FIRST, received=False)
    assert await listener.new_events() == []
    await put(world, FIRST)
    await put(world, FIRST)
    await put(world, FIRST, received=False)
    assert await listener.new_events() == ["room.metadata_changed"]


async def test_it_goes_with_the_broadcast_and_a_late_one_of_the_last_changes_nothing(
    world: World, listener: RecordingListener
) -> None:
    await put(world, FIRST)
    await world.put(world.row(rev=2, broadcast=BroadcastId("r1-b2")))
    await world.enter("bob")
    await put(world, SECOND)
    assert await read(world) is None
    await put(world, THIRD, broadcast=BroadcastId("r1-b2"))
    assert await read(world) == THIRD


async def test_a_room_that_is_closed_has_none(world: World, listener: RecordingListener) -> None:
    await put(world, FIRST)
    await world.close_room(world.row(rev=2))
    await put(world, SECOND)
    with pytest.raises(RoomNotFound):
        await read(world)


async def test_a_store_that_was_lost_asks_again(world: World, listener: RecordingListener) -> None:
    await put(world, FIRST)
    await world.lose()
    assert await read(world) is None
    await put(world, FIRST, received=False)
    assert await read(world) == FIRST


async def test_where_nobody_listens_it_is_kept_all_the_same(world: World) -> None:
    await world.go_live()
    await put(world, FIRST)
    assert await read(world, "ann") == FIRST
    listener = await listen(world)
    assert await listener.new_events() == []
