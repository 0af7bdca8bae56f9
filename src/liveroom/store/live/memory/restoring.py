"""Lost buckets and their return: one caller fills a bucket again, the others wait for it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable, Unavailable

WAIT: Final = 2.0
"""Seconds for which a call waits for a bucket before it says that the store cannot answer."""


class MemoryRestoring:
    """Which buckets of one kind are lost; ``load`` fills one."""

    def __init__(self, buckets: int, load: Callable[[int], Awaitable[None]]) -> None:
        self.lost = bytearray(b"\1" * buckets)
        self._load = load
        self._running: dict[int, asyncio.Task[None]] = {}

    async def restore(self, bucket: int) -> None:
        """Return when the bucket is there; raises ``LiveUnavailable`` when it does not come back in time."""
        if not self.lost[bucket]:
            return
        task = self._running.get(bucket)
        if task is None:
            task = self._running[bucket] = deadlines.spawn(self._fill(bucket))
            task.add_done_callback(_retrieve)
        await asyncio.wait({task}, timeout=deadlines.time_left(WAIT))
        if not task.done():
            raise LiveUnavailable("the live store is being rebuilt")
        if error := task.exception():
            if isinstance(error, Unavailable):
                raise LiveUnavailable("the live store cannot be rebuilt now") from error
            raise error

    async def _fill(self, bucket: int) -> None:
        try:
            await self._load(bucket)
            self.lost[bucket] = 0
        finally:
            del self._running[bucket]


def _retrieve(task: "asyncio.Task[None]") -> None:
    """Look at the error of a task whose waiters may all be gone, so that asyncio does not complain about it."""
    if not task.cancelled():
        task.exception()
