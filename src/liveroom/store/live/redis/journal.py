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
from liveroom.domain.errors import LiveUnavailable, Unavailable
from liveroom.domain.ids import ROOM_BUCKETS
from liveroom.domain.messages.model import Message
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import Stay
from liveroom.ports import RecoveryStore
from liveroom.store.live.redis.calls import ScriptCaller
from liveroom.store.live.redis.joining import ScriptCall
from liveroom.store.live.redis.keys import ROOMS, RoomBucketKeys
from liveroom.store.live.redis.message_rows import read_message
from liveroom.store.live.redis.records import read_stay
from liveroom.store.live.redis.schema.arguments.buckets import TakeJournalArguments, TrimJournalArguments

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


class JournalKind(NamedTuple, Generic[T]):
    """What is in a journal, and where it goes."""

    keys: Callable[[RoomBucketKeys], tuple[bytes, bytes]]
    """Returns a bucket's stream, and the claim of who writes it."""
    read: Callable[[Sequence[bytes]], Sequence[T]]
    """Returns what entries in their order are."""
    save: Callable[[Sequence[T]], Awaitable[None]]


def stays_of(recovery: RecoveryStore) -> JournalKind[Stay]:
    """Return the journal of stays."""
    return JournalKind(operator.attrgetter("journal", "writer"), _newest, recovery.save)


def messages_of(recovery: RecoveryStore) -> JournalKind[Message]:
    """Return the journal of messages, which is a stream of its own: an older release knows nothing of it."""
    return JournalKind(operator.attrgetter("talk", "scribe"), _messages, recovery.save_messages)


class RedisJournal(Generic[T]):
    """Carries entries to the recovery store. ``waiting``: buckets that may have some."""

    def __init__(self, caller: ScriptCaller, kind: JournalKind[T]) -> None:
        self._caller = caller
        self._keys = tuple(kind.keys(bucket) for bucket in ROOMS)
        self._read, self._save = kind.read, kind.save
        self._me = secrets.token_hex(8)
        self._draining: asyncio.Task[None] | None = None
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._following: dict[int, asyncio.Task[None]] = {}
        self._drained = 0
        self._vanished: list[T] = []
        self.waiting: set[int] = set()
        self.check: Callable[[Sequence[T]], Awaitable[None]] | None = None
        """Looks after what was saved although its bucket was lost, and perhaps filled again, in the meantime."""

    async def flush(self) -> int:
        """Write the next entries of each bucket that has any; the recovery store's failures are the caller's.

        Return how many were written since the last flush: those too that a rebuild wrote before it could begin. What
        comes meanwhile waits for the next one: going round for it was half of all background scripts.
        """
        written, self._drained = self._drained, 0
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

    async def drain_all(self) -> None:
        """Write everything that any bucket's journal has now, once for all who ask in the meantime."""
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
        args = TakeJournalArguments(me=self._me, lease=_CLAIM, most=BATCH)
        asked = [ScriptCall(bucket, self._keys[bucket], args) for bucket in buckets]
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
        args = TrimJournalArguments(me=self._me)
        asked = [ScriptCall(bucket, self._keys[bucket], (*args, *ids)) for bucket, ids, _ in taken]
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
