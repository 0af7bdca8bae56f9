"""The journals of stays and of messages: what has changed since the last write to the recovery store, saved in groups.

All who wait in one tick of the loop share one write. What the recovery store refuses stays here for the next attempt.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from itertools import islice
from typing import Final, Generic, TypeVar

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.messages.model import Message
from liveroom.domain.presence.members import Stay
from liveroom.ports import RecoveryStore

BATCH: Final = 500
"""How many entries travel in one write, so that the end of a great room does not hold the database for long."""

T = TypeVar("T")


class MemoryJournal(Generic[T]):
    """The newest state of each stay, or of each message, that the recovery store does not have yet."""

    def __init__(self, save: Callable[[Sequence[T]], Awaitable[None]], key: Callable[[T], Hashable]) -> None:
        """``key``: of two entries with the same one the later takes the place of the former."""
        self._write = save
        self._key = key
        self._waiting: dict[Hashable, T] = {}
        self._current: asyncio.Task[int] | None = None
        self._next: asyncio.Task[int] | None = None

    @staticmethod
    def of_stays(recovery: RecoveryStore) -> "MemoryJournal[Stay]":
        """Return the journal of stays."""
        return MemoryJournal(recovery.save, lambda stay: stay.id)

    @staticmethod
    def of_messages(recovery: RecoveryStore) -> "MemoryJournal[Message]":
        """Return the journal of messages."""
        return MemoryJournal(recovery.save_messages, lambda message: (message.room, message.number))

    @property
    def behind(self) -> int:
        """Return how many entries wait."""
        return len(self._waiting)

    def add(self, entry: T) -> None:
        """Note a newer state of an entry."""
        self._waiting[self._key(entry)] = entry

    async def drain(self) -> int:
        """Return when everything added so far is saved: how many entries the write that did it wrote."""
        if self._waiting and self._next is None:
            self._next = deadlines.spawn(self._save(self._current))
            self._next.add_done_callback(_retrieve)
        task = (self._next if self._waiting else None) or self._current
        return 0 if task is None else await deadlines.join(task, DatabaseUnavailable)

    async def _save(self, former: "asyncio.Task[int] | None") -> int:
        if former is not None:
            await asyncio.wait({former})
        self._current, self._next = self._next, None
        batch, self._waiting = self._waiting, {}
        count = len(batch)
        try:
            while batch:
                await self._write(entries := tuple(islice(batch.values(), BATCH)))
                for entry in entries:
                    del batch[self._key(entry)]
        finally:
            self._waiting = {**batch, **self._waiting}
            self._current = None
        return count


def _retrieve(task: "asyncio.Task[int]") -> None:
    """Look at the error of a write whose waiters may all be gone, so that asyncio does not complain about it."""
    if not task.cancelled():
        task.exception()
