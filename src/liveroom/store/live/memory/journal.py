"""The journal of stays: what has changed since the last write to the ledger, saved in groups.

All who wait in one tick of the loop share one write. What the ledger refuses stays here for the next attempt.
"""

import asyncio
from itertools import islice
from typing import Final

from liveroom.domain.ids import StayId
from liveroom.domain.members import Stay
from liveroom.ports import Ledger

BATCH: Final = 500
"""How many stays travel in one write, so that the end of a great room does not hold the database for long."""


class Journal:
    """The newest state of each stay that the ledger does not have yet."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: dict[StayId, Stay] = {}
        self._current: asyncio.Task[int] | None = None
        self._next: asyncio.Task[int] | None = None

    def add(self, stay: Stay) -> None:
        """Note a newer state of a stay."""
        self._waiting[stay.id] = stay

    async def settle(self) -> int:
        """Return when everything added so far is saved: how many stays the write that did it wrote."""
        if self._waiting and self._next is None:
            self._next = asyncio.create_task(self._save(self._current))
            self._next.add_done_callback(_retrieve)
        task = (self._next if self._waiting else None) or self._current
        return 0 if task is None else await asyncio.shield(task)

    async def _save(self, former: "asyncio.Task[int] | None") -> int:
        if former is not None:
            await asyncio.wait({former})
        self._current, self._next = self._next, None
        batch, self._waiting = self._waiting, {}
        count = len(batch)
        try:
            while batch:
                await self._ledger.save(stays := tuple(islice(batch.values(), BATCH)))
                for stay in stays:
                    del batch[stay.id]
        finally:
            self._waiting = {**batch, **self._waiting}
            self._current = None
        return count


def _retrieve(task: "asyncio.Task[int]") -> None:
    """Look at the error of a write whose waiters may all be gone, so that asyncio does not complain about it."""
    if not task.cancelled():
        task.exception()
