"""Previews of rooms and the search with stores that are down, and other processes that commit."""

import asyncio

from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.rooms.model import RoomChanges
from tests.usecases.conftest import World


async def _found(world: World, text: str) -> bytes:
    page, _ = await world.core.services.search.rooms(await world.make_actor(), text, category="", offset=0, limit=9)
    return page.cards


async def test_with_a_store_down_a_link_says_nothing_and_nothing_is_remembered(world: World) -> None:
    host = await world.make_actor(name="Ann")
    room = await world.go_live(host, title="Late jazz")
    public_rooms = world.core.services.public_rooms
    for store in (world.sql, world.live):
        store.down = True
        assert await public_rooms.preview(DEFAULT_TENANT, room) is None
        store.down = False
    preview = await public_rooms.preview(DEFAULT_TENANT, room)
    assert preview is not None
    assert (preview.title, preview.host) == ("Late jazz", "Ann")


async def test_what_another_process_committed_and_never_told_is_found_too(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host, title="Late jazz")
    await world.core.jobs.relay.run()
    async with world.neighbour() as neighbour:
        await neighbour.broadcasts.change(host, room, RoomChanges(title="Early rock"))
    world.pass_by()
    await world.core.jobs.relay.run()
    assert await _found(world, "rock")
    assert not await _found(world, "jazz")


async def test_what_could_not_be_written_is_written_later(world: World) -> None:
    await world.go_live(await world.make_actor(), title="Late jazz")
    world.sql.down = True
    await asyncio.gather(world.core.jobs.relay.run(), return_exceptions=True)
    world.sql.down = False
    await world.core.jobs.relay.run()
    assert await _found(world, "jazz")
