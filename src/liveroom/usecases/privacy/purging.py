"""Dropping rows that nothing refers to any more."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liveroom.ports import FIRST_KEPT, Clock, Database, Kept
from liveroom.usecases.accounts.contacts import KEPT as CODES_KEPT
from liveroom.usecases.gifts.rank_counting import RankCounting
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.presence.recovery import REMEMBERED
from liveroom.usecases.privacy.retention import Retention
from liveroom.usecases.webhooks.queue import EventQueue

_PURGE_BATCH: Final = 1000
EVENTS_KEPT: Final = timedelta(days=8)
"""How long events stay that everybody was told of."""
_EVENTS_AT_ONCE: Final = 60_000
_EVENTS_TIMEOUT: Final = timedelta(seconds=20)
_DONE_KEPT: Final = timedelta(days=1)
"""How long an outbox row stays after it was applied."""


@dataclass(frozen=True, slots=True)
class RowPurge:
    """Drops what is over: sessions, codes, events, rows of the outbox, and what is kept for a set time."""

    db: Database
    clock: Clock
    trail: Audit
    retention: Retention
    events: EventQueue
    rankings: RankCounting

    async def run(self) -> int:
        """Drop what nothing can refer to any more; return how many rows."""
        now = self.clock.now()
        dropped = await self.db.sessions.purge(now - REMEMBERED, _PURGE_BATCH)
        dropped += await self.db.codes.purge(now - CODES_KEPT, _PURGE_BATCH)
        dropped += await self.db.operator_sessions.purge(now, _PURGE_BATCH)
        dropped += await self.db.removed_participants.purge(now, _PURGE_BATCH)
        dropped += await self.db.exports.purge(now - _DONE_KEPT, _PURGE_BATCH)
        dropped += await self.trail.purge(_PURGE_BATCH)
        dropped += await self.retention.purge()
        dropped += await self.events.purge()
        dropped += await self.rankings.purge()
        dropped += await self._purge_events(now - EVENTS_KEPT)
        return dropped + await self.db.outbox.purge(now - _DONE_KEPT, _PURGE_BATCH)

    async def _purge_events(self, before: datetime) -> int:
        """Drop events by the batch, past those that somebody waits for, until none is left that is old."""
        dropped, began = 0, self.clock.now()
        more: Kept | None = FIRST_KEPT
        while more is not None and dropped < _EVENTS_AT_ONCE and self.clock.now() - began < _EVENTS_TIMEOUT:
            part, more = await self.db.events.purge(before, _PURGE_BATCH, more)
            dropped += part
            await asyncio.sleep(0)  # SQLite lets nobody else have a turn
        return dropped
