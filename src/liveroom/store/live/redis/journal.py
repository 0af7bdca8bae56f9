"""The journal of stays: from each room bucket's stream into the ledger, then out of the stream.

Two processes do not write the same bucket at once (a claim of two seconds); writing a stay twice changes nothing.
"""

import asyncio
import secrets
from collections.abc import Collection, Sequence
from typing import Final

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import ROOM_BUCKETS
from liveroom.domain.members import Stay
from liveroom.ports import Ledger
from liveroom.store.live.redis.calls import Caller
from liveroom.store.live.redis.keys import ROOMS
from liveroom.store.live.redis.records import read_stay

BATCH: Final = 500
_CLAIM: Final = 2000
_ROUNDS: Final = 4
"""Batches of a bucket that one call writes."""

Taken = tuple[int, list[bytes], list[Stay]]
"""A bucket, the ids at the head of its journal, and the stays there, each as its last entry has it."""


class Journal:
    """Carries stays to the ledger. ``waiting``: buckets that may have some."""

    def __init__(self, caller: Caller, ledger: Ledger) -> None:
        self._caller = caller
        self._ledger = ledger
        self._me = secrets.token_hex(8)
        self._draining: asyncio.Task[None] | None = None
        self._drained = 0
        self.waiting: set[int] = set()

    async def flush(self) -> int:
        """Write the next stays of each bucket that has any; the ledger's failures are the caller's.

        Return how many were written since the last flush: those too that a rebuild wrote before it could begin. What
        comes meanwhile waits for the next one: going round for it was half of all background scripts.
        """
        written, self._drained = self._drained, 0
        behind: Sequence[int] = list(self.waiting)
        for _ in range(_ROUNDS):
            part, behind = await self._flush(behind)
            written += part
            if not behind:
                break
        return written

    async def _flush(self, buckets: Sequence[int]) -> tuple[int, Sequence[int]]:
        """Write the next batch of each of the buckets; return how many stays, and which buckets had a full batch."""
        taken = await self._take(buckets)
        stays = [stay for _, _, part in taken for stay in part]
        for first in range(0, len(stays), BATCH):
            await self._ledger.save(stays[first : first + BATCH])
        await asyncio.gather(*(self._strike(bucket, ids) for bucket, ids, _ in taken))
        return sum(len(ids) for _, ids, _ in taken), [bucket for bucket, ids, _ in taken if len(ids) == BATCH]

    async def drain_all(self) -> None:
        """Write everything that any bucket's journal has now, once for all who ask in the meantime."""
        if self._draining is None:
            self._draining = asyncio.create_task(self._drain_each())
            self._draining.add_done_callback(self._have_drained)
        await asyncio.shield(self._draining)

    def _have_drained(self, task: "asyncio.Task[None]") -> None:
        self._draining = None
        if not task.cancelled():
            task.exception()

    async def _drain_each(self) -> None:
        await asyncio.gather(*(self._drain_reachable(bucket) for bucket in range(ROOM_BUCKETS)))

    async def _drain_reachable(self, bucket: int) -> None:
        try:
            await self.drain(bucket)
        except LiveUnavailable:
            # Its server is down; what it has of stays is written when it is back, or lost with it.
            self.waiting.add(bucket)

    async def drain(self, bucket: int) -> None:
        """Write all of one bucket, whoever else may be at it."""
        keys = ROOMS[bucket]
        while entries := await self._caller.command(keys.journal, "XRANGE", keys.journal, "-", "+", "COUNT", BATCH):
            await self._ledger.save([read_stay(fields[1]).value() for _, fields in entries])
            self._drained += len(entries)
            await self._caller.command(keys.journal, "XDEL", keys.journal, *(id for id, _ in entries))

    async def _take(self, buckets: Collection[int]) -> Sequence[Taken]:
        answers = await asyncio.gather(*(self._take_from(bucket) for bucket in buckets), return_exceptions=True)
        taken: list[Taken] = []
        for answer in answers:
            if isinstance(answer, LiveUnavailable):
                continue
            if isinstance(answer, BaseException):
                raise answer
            if answer is not None:
                taken.append(answer)
        return taken

    async def _take_from(self, bucket: int) -> Taken | None:
        keys = (ROOMS[bucket].journal, ROOMS[bucket].writer)
        found = await self._caller.run("take_journal", keys, self._me, _CLAIM, BATCH)
        if found is None:
            return None
        if not found:
            self.waiting.discard(bucket)
            return None
        return bucket, found[::2], _newest(found[1::2])

    async def _strike(self, bucket: int, ids: list[bytes]) -> None:
        self.waiting.discard(bucket)
        keys = (ROOMS[bucket].journal, ROOMS[bucket].writer)
        if await self._caller.run("trim_journal", keys, self._me, *ids):
            self.waiting.add(bucket)


def _newest(entries: Sequence[bytes]) -> list[Stay]:
    """Return the stays of entries in the journal's order: one that began and ended within a batch is there once.

    What a member was in between, in another role or under another name, is kept: webhooks are told of it.
    """
    rows = map(read_stay, entries)
    return [row.value() for row in {(row.id, row.role, row.name, row.avatar): row for row in rows}.values()]
