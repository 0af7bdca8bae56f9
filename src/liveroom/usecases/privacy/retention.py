"""How long what happened in rooms is kept: messages, reports, and who was in which broadcast."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.moderation.labels import KEPT as LABELS_KEPT
from liveroom.domain.moderation.notices import KEPT as NOTICES_KEPT
from liveroom.ports import Clock, Database

Purge = Callable[[datetime, int], Awaitable[int]]
"""Drops rows from before a time, up to a limit, and returns how many."""
BATCH: Final = 1000
_BATCHES: Final = 20
"""Of each kind at a time: once a minute that keeps up with 300 messages, or calls, a second."""


class KeptKind(NamedTuple):
    """How long data of one kind is kept; zero: until it is deleted. ``setting``: the variable that says so, if any."""

    what: str
    keep: timedelta
    setting: str = ""


@dataclass(frozen=True, slots=True)
class KeptFor:
    """How long what is kept, for people who ask."""

    all: Sequence[KeptKind]


@dataclass(frozen=True, slots=True)
class Retention:
    """Drops what is older than it is kept; what is kept for zero seconds is kept for ever."""

    db: Database
    clock: Clock
    messages: timedelta
    reports: timedelta
    stays: timedelta

    async def purge(self) -> int:
        """Drop what is due, some at a time; return how many rows."""
        return (
            await self._purge(self.messages, self.db.messages.purge)
            + await self._purge(self.reports, self.db.reports.purge)
            + await self._purge(self.stays, self.db.stays.purge)
            + await self._purge(self.reports, self.db.statements.purge)
            + await self._purge(NOTICES_KEPT, self.db.notices.purge)
            + await self._purge(LABELS_KEPT, self.db.labels.purge)
            + await self.db.evidence.purge(self.clock.now(), BATCH)
            + await self._purge(self.stays, self.db.timeline.purge)
        )

    async def _purge(self, keep: timedelta, purge: Purge) -> int:
        return await purge_older(self.clock.now(), keep, purge, BATCH)


async def purge_older(now: datetime, keep: timedelta, purge: Purge, batch: int) -> int:
    """Drop what is older than it is kept (zero: for ever), some batches of it; return how many rows."""
    if not keep:
        return 0
    dropped = 0
    for _ in range(_BATCHES):
        some = await purge(now - keep, batch)
        dropped += some
        if some < batch:
            break
    return dropped
