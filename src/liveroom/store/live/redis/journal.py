"""The journals of stays and of messages: from each room bucket's stream into the recovery store, then out of the
stream.

Two processes do not write the same bucket at once (a claim of two seconds); writing an entry twice changes nothing.
"""

import asyncio
import operator
import secrets
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable, Unavailable
from liveroom.domain.ids import ROOM_BUCKETS
from liveroom.domain.messages.model import Message
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import Stay
from liveroom.ports import RecoveryStore
from liveroom.store.live.redis.backend import Calls
from liveroom.store.live.redis.joining import ScriptCall
from liveroom.store.live.redis.keys import ROOMS, RoomBucketKeys
from liveroom.store.live.redis.message_rows import read_message
from liveroom.store.live.redis.records import read_stay

BATCH: Final = 500
_CLAIM: Final = 2000
_MOST_VANISHED: Final = 20_000
_ROUNDS: Final = 4
"""Batches of a bucket that one call writes."""

T = TypeVar("T")


class Taken(NamedTuple, Generic[T]):
    """A bucket, the ids at the head of its journal, and what stands there."""

    bucket: int
    ids: list[bytes]
    rows: Sequence[T]


class RedisJournal(Generic[T]):
    """Carries entries to the recovery store. ``waiting``: buckets that may have some."""

    def __init__(
        self,
        caller: Calls,
        keys: Callable[[RoomBucketKeys], tuple[bytes, bytes]],
        read: Callable[[Sequence[bytes]], Sequence[T]],
        save: Callable[[Sequence[T]], Awaitable[None]],
        *,
        is_alone: bool,
    ) -> None:
        """``keys``: a bucket's stream, and the claim of who writes it. ``read``: what entries in their order are.

        ``is_alone``: no other process appends to it or writes it.
        """
        self._caller = caller
        self._keys = tuple(keys(bucket) for bucket in ROOMS)
        self._read = read
        self._save = save
        self._is_alone = is_alone
        self._me = secrets.token_hex(8)
        self._draining: asyncio.Task[None] | None = None
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._following: dict[int, asyncio.Task[None]] = {}
        self._drained = 0
        self._current: asyncio.Task[int] | None = None
        self._next: asyncio.Task[int] | None = None
        self._vanished: list[T] = []
        self.waiting: set[int] = set()
        self.check: Callable[[Sequence[T]], Awaitable[None]] | None = None
        """Looks after what was saved although its bucket was lost, and perhaps filled again, in the meantime."""

    @staticmethod
    def of_stays(caller: Calls, recovery: RecoveryStore, *, is_alone: bool) -> "RedisJournal[Stay]":
        """Return the journal of stays."""
        keys = operator.attrgetter("journal", "writer")
        return RedisJournal(caller, keys, _newest, recovery.save, is_alone=is_alone)

    @staticmethod
    def of_messages(caller: Calls, recovery: RecoveryStore, *, is_alone: bool) -> "RedisJournal[Message]":
        """Return the journal of messages, which is a stream of its own: an older release knows nothing of it."""
        keys = operator.attrgetter("talk", "scribe")
        return RedisJournal(caller, keys, _messages, recovery.save_messages, is_alone=is_alone)

    async def flush(self) -> int:
        """Write the next entries of each bucket that has any; the recovery store's failures are the caller's.

        Return how many were written since the last flush: those too that a rebuild wrote before it could begin. What
        comes meanwhile waits for the next one: going round for it was half of all background scripts.
        """
        written, self._drained = self._drained, 0
        if self._is_alone:
            return written + await self.persist()
        await self._check_vanished()
        behind: Sequence[int] = list(self.waiting)
        for _ in range(_ROUNDS):
            part, behind = await self._flush(behind)
            written += part
            if not behind:
                break
        return written

    async def _flush(self, buckets: Sequence[int]) -> tuple[int, Sequence[int]]:
        """Write the next batch of each of the buckets; return how many entries, and which buckets had a full batch."""
        taken = await self._take(buckets)
        rows = [row for _, _, part in taken for row in part]
        for some in parts(rows, BATCH):
            await self._save(some)
        await self._strike(taken)
        return sum(len(ids) for _, ids, _ in taken), [bucket for bucket, ids, _ in taken if len(ids) == BATCH]

    async def persist(self) -> int:
        """Return when all that was appended so far is saved: how many entries the write that did it wrote.

        Of a journal that no other process writes; all who wait in one tick of the loop share one write.
        """
        if self.waiting and self._next is None:
            self._next = deadlines.spawn(self._persist_after(self._current))
            self._next.add_done_callback(_retrieve)
        task = (self._next if self.waiting else None) or self._current
        return 0 if task is None else await deadlines.join(task, DatabaseUnavailable)

    async def _persist_after(self, former: "asyncio.Task[int] | None") -> int:
        if former is not None:
            await asyncio.wait({former})
        self._current, self._next = self._next, None
        buckets = list(self.waiting)
        # Before, not after: who comes in between marks their bucket anew.
        self.waiting.difference_update(buckets)
        try:
            return await self._save_all(buckets)
        except BaseException:
            self.waiting.update(buckets)
            raise
        finally:
            self._current = None

    async def _save_all(self, buckets: Sequence[int]) -> int:
        """Write everything that these buckets have now."""
        command = self._caller.command
        streams = [self._keys[bucket][0] for bucket in buckets]
        found = [(stream, await command(stream, "XRANGE", stream, "-", "+")) for stream in streams]
        rows = [row for _, entries in found for row in self._read([fields[1] for _, fields in entries])]
        for some in parts(rows, BATCH):
            await self._save(some)
        for stream, entries in found:
            if entries:
                await command(stream, "XDEL", stream, *(id for id, _ in entries))
        return sum(len(entries) for _, entries in found)

    async def drain_all(self) -> None:
        """Write everything that any bucket's journal has now, once for all who ask in the meantime."""
        if self._is_alone:
            self._drained += await self.persist()
            return
        if self._draining is None:
            self._draining = deadlines.spawn(self._drain_each())
            self._draining.add_done_callback(self._have_drained)
        await asyncio.shield(self._draining)

    def _have_drained(self, task: "asyncio.Task[None]") -> None:
        self._draining = None
        _retrieve(task)

    async def _drain_each(self) -> None:
        await asyncio.gather(*(self._drain_reachable(bucket) for bucket in range(ROOM_BUCKETS)))

    async def _drain_reachable(self, bucket: int) -> None:
        try:
            await self.drain(bucket)
        except LiveUnavailable:
            # Its server is down; what it has is written when it is back, or lost with it.
            self.waiting.add(bucket)

    async def drain_once(self, bucket: int) -> None:
        """Write all that one bucket has now. Those who ask while that is being done share the next round."""
        task = self._following.get(bucket)
        if task is None:
            task = deadlines.spawn(self._drain_after(self._under_way.get(bucket), bucket))
            self._following[bucket] = task
            task.add_done_callback(_retrieve)
        await asyncio.shield(task)

    async def _drain_after(self, former: "asyncio.Task[None] | None", bucket: int) -> None:
        if former is not None:
            await asyncio.wait({former})
        self._under_way[bucket] = self._following.pop(bucket)
        try:
            await self.drain(bucket)
        finally:
            del self._under_way[bucket]

    async def drain(self, bucket: int) -> None:
        """Write all of one bucket, whoever else may be at it."""
        stream, _ = self._keys[bucket]
        while entries := await self._caller.command(stream, "XRANGE", stream, "-", "+", "COUNT", BATCH):
            await self._save(self._read([fields[1] for _, fields in entries]))
            self._drained += len(entries)
            await self._caller.command(stream, "XDEL", stream, *(id for id, _ in entries))

    async def _take(self, buckets: Collection[int]) -> Sequence[Taken[T]]:
        asked = [ScriptCall(bucket, self._keys[bucket], (self._me, _CLAIM, BATCH)) for bucket in buckets]
        # Before, not after: who comes in between marks their bucket anew.
        self.waiting.difference_update(buckets)
        answers = await self._caller.call_all("take_journal", asked)
        taken: list[Taken[T]] = []
        for bucket, found in zip(buckets, answers, strict=True):
            if found == []:
                continue
            self.waiting.add(bucket)
            if found is not None and not isinstance(found, LiveUnavailable):
                taken.append(Taken(bucket, found[::2], self._read(found[1::2])))
        return taken

    async def _strike(self, taken: Sequence[Taken[T]]) -> None:
        self.waiting.difference_update(bucket for bucket, _, _ in taken)
        asked = [ScriptCall(bucket, self._keys[bucket], (self._me, *ids)) for bucket, ids, _ in taken]
        for (bucket, ids, rows), answer in zip(taken, await self._caller.call_all("trim_journal", asked), strict=True):
            if isinstance(answer, LiveUnavailable) or answer[0]:
                self.waiting.add(bucket)
            if isinstance(answer, LiveUnavailable) or answer[1] < len(ids):
                self._vanished += rows

    async def _check_vanished(self) -> None:
        rows, self._vanished = self._vanished, []
        if rows and self.check is not None:
            try:
                await self.check(rows)
            except Unavailable:
                self._vanished = [*rows, *self._vanished][-_MOST_VANISHED:]
                raise


def _newest(entries: Sequence[bytes]) -> list[Stay]:
    """Return the stays of entries in the journal's order: one that began and ended within a batch is there once.

    What a member was in between, in another role or under another name, is kept: webhooks are told of it.
    """
    rows = map(read_stay, entries)
    return [row.value() for row in {(row.id, row.role, row.name, row.avatar): row for row in rows}.values()]


def _messages(entries: Sequence[bytes]) -> list[Message]:
    return [read_message(packed) for packed in entries]


def _retrieve(task: "asyncio.Task[Any]") -> None:
    """Look at the error of a write whose waiters may all be gone, so that asyncio does not complain about it."""
    if not task.cancelled():
        task.exception()
