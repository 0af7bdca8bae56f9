"""Adds up what all processes have counted, tells operators who watch, and keeps each minute.

One process at a time does that, by a lease: every second while somebody watches, else once a minute. All have what
they need for it, so another can go on where one has ended.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from liveroom.domain.errors import DatabaseUnavailable, Unavailable
from liveroom.domain.operators.counters import NOTHING, Counters
from liveroom.domain.operators.overview import KEPT, MINUTE, Overview, begin_of, past_minute
from liveroom.ports import Clock, Database
from liveroom.usecases.operators.announcing import INSTALLATION, OVERVIEW, ConsoleNews
from liveroom.usecases.operators.exchange import FigureExchange
from liveroom.usecases.operators.overview import LiveFigures

log = structlog.get_logger("liveroom.console")

_LEASE: Final = "overview"
_WATCHED: Final = timedelta(seconds=15)
_SELDOM: Final = timedelta(seconds=90)
_AGAIN: Final = timedelta(seconds=5)
"""Between two attempts of a process to get the lease."""
_PURGED: Final = 5000
Write = Callable[[Overview], bytes]


@dataclass(slots=True)
class Summing:
    """This process's turn at the sums."""

    db: Database
    clock: Clock
    news: ConsoleNews
    exchange: FigureExchange
    figures: LiveFigures
    write: Write
    _holder: str = field(default_factory=lambda: secrets.token_hex(8))
    _leads_until: datetime | None = None
    _tried: datetime | None = None
    _minute: datetime | None = None
    _counted: Counters = NOTHING
    """What had been counted when the minute began."""

    async def step(self) -> None:
        """Do what is due; called every second."""
        now = self.clock.now()
        minute = begin_of(now, MINUTE)
        before, self._minute = self._minute, minute
        is_over = before is not None and before != minute
        try:
            await self.exchange.listen()
            await self.exchange.report(at_once=is_over)
        except Unavailable as failure:
            log.debug("overview.unreported", cause=repr(failure.__cause__ or failure))
        watched = self.exchange.watched()
        counted = self.exchange.note()
        if (watched or is_over) and await self._leads(now, is_watched=bool(watched)):
            for scope in sorted(watched):
                await self.news.tell(OVERVIEW, scope, self.write(await self.figures.now(scope)))
            if is_over and before is not None:
                await self._keep(before, counted.since(self._counted))
        if before != minute:
            self._counted = counted

    async def _leads(self, now: datetime, *, is_watched: bool) -> bool:
        """Say whether this process adds up; while nobody can be asked, it is the one that did."""
        lasts = _WATCHED if is_watched else _SELDOM
        if self._leads_until is not None and timedelta(seconds=5) < self._leads_until - now <= _SELDOM:
            return True
        if self._leads_until is None and self._tried is not None and timedelta(0) <= now - self._tried < _AGAIN:
            return False
        self._tried = now
        try:
            ours = await self.db.leases.claim(_LEASE, self._holder, now, now + lasts)
        except DatabaseUnavailable:
            return self._leads_until is not None
        self._leads_until = now + lasts if ours else None
        return ours

    async def _keep(self, minute: datetime, counted: Counters) -> None:
        """Keep the minute that is over, of the installation and of each tenant that is live, and drop old ones."""
        overview = await self.figures.now(INSTALLATION)
        waiting = None if overview.condition is None else overview.condition.figures.get("webhook_events_waiting")
        kept = past_minute(counted, online=overview.online, totals=overview.totals, waiting=waiting)
        rows = [(INSTALLATION, kept)]
        if len(self.figures.tenants.all()) > 1:
            for tenant in sorted(self.figures.survey.tenants()):
                totals = self.figures.survey.totals(tenant)
                rows.append((tenant, past_minute(NOTHING, online=None, totals=totals, waiting=None)))
        await self.db.overview.keep(minute, rows)
        await self.db.overview.purge(self.clock.now() - KEPT, _PURGED)
