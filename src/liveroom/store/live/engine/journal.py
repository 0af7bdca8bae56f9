"""The journals of stays and of messages inside the process: what scripts append is written to the recovery store.

Entries come here as soon as their script has run, and wait until they are saved. All who wait in one tick of the loop
share one write.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.parts import parts
from liveroom.store.live.engine.engine import EmbeddedEngine
from liveroom.store.live.redis.journal import BATCH, JournalKind
from liveroom.store.live.redis.keys import ROOMS

T = TypeVar("T")


class EmbeddedJournal(Generic[T]):
    """Carries entries to the recovery store. ``waiting``: buckets that others mark, which says nothing new here."""

    def __init__(self, engine: EmbeddedEngine, kind: JournalKind[T]) -> None:
        self._strike = engine.strike
        self._read, self._save = kind.read, kind.save
        self._entries: list[tuple[bytes, bytes]] = []
        """Each with the stream that it was appended to."""
        self._current: asyncio.Task[int] | None = None
        self._next: asyncio.Task[int] | None = None
        self._drained = 0
        self.waiting: set[int] = set()
        self.check: Callable[[Sequence[T]], Awaitable[None]] | None = None
        for keys in ROOMS:
            stream, _ = kind.keys(keys)
            engine.follow(stream, self._append)

    def _append(self, stream: bytes, packed: bytes) -> None:
        self._entries.append((stream, packed))

    async def flush(self) -> int:
        """Write all; return how many entries were written since the last flush: those too that a rebuild wrote."""
        self.waiting.clear()
        written, self._drained = self._drained, 0
        return written + await self.persist()

    async def persist(self) -> int:
        """Return when all that was appended so far is saved: how many entries the write that did it wrote."""
        if self._entries and self._next is None:
            self._next = deadlines.spawn(self._save_after(self._current))
            self._next.add_done_callback(_retrieve)
        task = (self._next if self._entries else None) or self._current
        return 0 if task is None else await deadlines.join(task, DatabaseUnavailable)

    async def _save_after(self, former: "asyncio.Task[int] | None") -> int:
        if former is not None:
            await asyncio.wait({former})
        self._current, self._next = self._next, None
        entries, self._entries = self._entries, []
        try:
            for some in parts(self._read([packed for _, packed in entries]), BATCH):
                await self._save(some)
        except BaseException:
            self._entries[:0] = entries
            raise
        finally:
            self._current = None
        for stream, _ in entries:
            self._strike(stream, 1)
        return len(entries)

    async def drain_all(self) -> None:
        """Write everything that there is now."""
        self._drained += await self.persist()

    async def drain_once(self, bucket: int) -> None:
        """Write what a bucket has now."""
        del bucket
        await self.drain_all()

    async def drain(self, bucket: int) -> None:
        """Write what a bucket has now."""
        del bucket
        await self.drain_all()


def _retrieve(task: "asyncio.Task[Any]") -> None:
    """Look at the error of a write whose waiters may all be gone, so that asyncio does not complain about it."""
    if not task.cancelled():
        task.exception()
