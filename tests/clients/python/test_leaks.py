"""Fifty rooms, one after the other, leave nothing behind: no task, no subscription, no object of ours."""

import asyncio
import gc
import tracemalloc

import pytest

from liveroom_client import Liveroom, Room, RoomState, Session
from liveroom_client.feed import Reader
from tests.clients.python.evenings import Evening, until_title
from tests.sdk.stages import Stage

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.long]
ROOMS = 50
GROWTH_MAX = 300_000
"""Bytes that fifty rooms may leave: caches of the libraries; a room of two members takes about 20 KB."""


async def visit(evening: Evening, guest: Session, number: int) -> None:
    async with guest.enter(evening.room_id) as room:
        events = room.events()
        await evening.retitle(f"Visit {number}")
        await until_title(events, f"Visit {number}")
        await room.send(f"Hello {number}", key=str(number)) if number % 8 == 0 else None


def alive(*kinds: type) -> int:
    gc.collect()
    return sum(isinstance(one, kinds) for one in gc.get_objects())


async def test_fifty_rooms_in_a_row_leave_nothing_behind(evening: Evening, stage: Stage) -> None:
    async with Liveroom(stage.liveroom.url) as service:
        guest = await service.guest("Bob")
        for number in range(5):
            await visit(evening, guest, number)
        await asyncio.sleep(0)
        tasks, ours = len(asyncio.all_tasks()), alive(Room, RoomState, Reader)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            for number in range(ROOMS):
                await visit(evening, guest, number)
            await asyncio.sleep(0)
            assert alive(Room, RoomState, Reader) <= ours + 1
            assert len(asyncio.all_tasks()) <= tasks + 2
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        assert grown < GROWTH_MAX, f"{grown} bytes"
