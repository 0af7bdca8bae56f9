"""What the Redis tests do in bulk, and how they wait for what a crash interrupts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import RoomId
from liveroom.ports import Live
from tests.store.live.world import EVERYONE, World
from tests.worlds import a_moment

GAP = timedelta(seconds=30)


async def crowd(world: World, rooms: int, each: int) -> list[str]:
    """Open rooms with an owner and an audience in each; return the rooms' ids."""
    names = [f"room{number}" for number in range(rooms)]
    for name in names:
        await world.go_live(name, f"{name}-owner")
    for number in range(each):
        await asyncio.gather(*(world.enter(f"{name}-guest{number}", name, keepalive=True) for name in names))
    return names


async def save_all(world: World) -> None:
    """Write the whole journal."""
    while await world.live.flush():
        pass


async def counts(live: Live, rooms: Sequence[str]) -> list[int]:
    """Return how many members each of the rooms has, 0 for one that is not live."""
    found = {room.id: room.members for room in await live.rooms([RoomId(room) for room in rooms])}
    return [found.get(RoomId(room), 0) for room in rooms]


async def back_within(seconds: float, answer: Callable[[], Awaitable[bool]]) -> None:
    """Return when the answer is yes; a store that does not answer says no."""
    async with asyncio.timeout(seconds):
        while not await _says_yes(answer):
            await a_moment()


async def _says_yes(answer: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await answer()
    except LiveUnavailable:
        return False


async def run_jobs(live: Live) -> list[str]:
    """Do what a service does once a second; return whose places were told to go."""
    try:
        gone = await live.expired(EVERYONE, gap=GAP)
        await live.orphans(EVERYONE)
        await live.flush()
    except LiveUnavailable:
        return []
    return [entry.user for entry in (*gone.over, *gone.unseen)]
