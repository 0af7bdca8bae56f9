"""The overview: how an installation or one tenant of it is now, and how it was."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.errors import BadRequest, Unavailable
from liveroom.domain.ids import TenantName
from liveroom.domain.operators.caller import Operator
from liveroom.domain.operators.overview import (
    KEPT,
    Condition,
    Overview,
    PastMinute,
    RoomTotals,
    points,
    step_of,
)
from liveroom.domain.rooms.model import LiveRoom
from liveroom.ports import Clock, Database, Live
from liveroom.usecases.operators.announcing import INSTALLATION
from liveroom.usecases.operators.console import sees_installation
from liveroom.usecases.operators.exchange import FigureExchange
from liveroom.usecases.operators.levels import WaitingLevels, ask
from liveroom.usecases.operators.survey import RoomSurvey
from liveroom.usecases.tenants.registry import Tenancy

FRESH: Final = timedelta(seconds=1)
"""How long an answer is given to all who ask."""
Finish = Callable[[LiveRoom], bytes]


@dataclass(slots=True)
class LiveFigures:
    """What this process knows of how things are now."""

    live: Live
    clock: Clock
    tenants: Tenancy
    exchange: FigureExchange
    levels: WaitingLevels
    survey: RoomSurvey
    finish: Finish
    _known: dict[str, Overview] = field(default_factory=dict)
    _online: tuple[datetime, float | None] | None = None
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Who asks while somebody looks gets what they find."""

    async def now(self, scope: str) -> Overview:
        """Return the overview of a scope, at most a second old. What cannot be asked is None."""
        async with self._looking:
            now, known = self.clock.now(), self._known.get(scope)
            if known is None or not timedelta(0) <= now - known.at < FRESH:
                known = self._known[scope] = await self._look(scope, now)
            return known

    async def _look(self, scope: str, now: datetime) -> Overview:
        totals, top = await self._totals(None if scope == INSTALLATION else TenantName(scope))
        shows_all = scope == INSTALLATION or len(self.tenants.all()) == 1
        return Overview(
            at=now,
            scope=scope,
            online=await self.online(now) if shows_all else None,
            totals=totals,
            top=top,
            traffic=self.exchange.traffic() if shows_all else None,
            condition=await self._condition() if scope == INSTALLATION else None,
        )

    async def online(self, now: datetime) -> int | None:
        """Return how many users are online, at most a second old."""
        if self._online is None or not timedelta(0) <= now - self._online[0] < FRESH:
            self._online = now, await ask(self.live.online)
        count = self._online[1]
        return None if count is None else int(count)

    async def _totals(self, tenant: TenantName | None) -> tuple[RoomTotals | None, Sequence[bytes]]:
        try:
            await self.survey.go_on()
            totals = self.survey.totals(tenant)
            rooms = {room.id: room for room in await self.live.rooms([room for room, _ in totals.top])}
        except Unavailable:
            return None, ()
        return totals, [self.finish(rooms[room]) for room, _ in totals.top if room in rooms]

    async def _condition(self) -> Condition:
        processes = self.exchange.processes()
        figures = dict(await self.levels.read())
        down = {name for report in processes for name in report.down}
        own = self.exchange.own
        if own is not None:
            down.update(own.down())
        for report in processes:
            for name, number in report.broken.items():
                figures[name] = (figures.get(name) or 0) + number
        return Condition(max(len(processes), 1), sorted(down), figures)


@dataclass(frozen=True, slots=True)
class History:
    """Past minutes of a scope, put together."""

    step: timedelta
    points: Sequence[tuple[datetime, PastMinute, int]]


@dataclass(frozen=True, slots=True)
class Overviews:
    """Answers operators who ask for the overview."""

    db: Database
    clock: Clock
    tenants: Tenancy
    figures: LiveFigures

    def scope_of(self, operator: Operator) -> str:
        """Return what of the installation the operator sees: all of it, or their tenant."""
        return INSTALLATION if sees_installation(operator) else operator.tenant.name

    async def now(self, operator: Operator) -> Overview:
        """Return how things are now."""
        return await self.figures.now(self.scope_of(operator))

    async def history(self, operator: Operator, since: datetime, until: datetime) -> History:
        """Return how things were, in at most 300 points. Raises ``BadRequest``, ``DatabaseUnavailable``."""
        if since >= until:
            raise BadRequest("fromUtc: must be before untilUtc")
        if until - since > KEPT:
            raise BadRequest(f"fromUtc: at most {KEPT.days} days before untilUtc")
        scope = self.scope_of(operator)
        if scope != INSTALLATION and len(self.tenants.all()) == 1:
            scope = INSTALLATION
        step = step_of(until - since)
        return History(step, points(await self.db.overview.between(scope, since, until), step))
