"""Exports of statistics, row by row: however much it is, a page at a time is in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from liveroom.domain.errors import TokenExpired
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moments import at, moment
from liveroom.domain.payloads import instant_text, wire_moment
from liveroom.domain.statistics.days import Scope
from liveroom.domain.statistics.export import ExportKind, StatisticsQuery, read_export, write_export
from liveroom.domain.tables import csv_line
from liveroom.ports import Clock, Database
from liveroom.ports.statistics import BroadcastQuery, BroadcastRow, SeriesQuery
from liveroom.usecases.signed_texts import SignedTexts
from liveroom.usecases.statistics.reading import NO_ACTIVITIES, BroadcastStatistics

LASTS: Final = timedelta(minutes=5)
"""How long a link is good for."""
_AT_ONCE: Final = 500
_SECOND: Final = 1000
_BROADCASTS: Final = (
    *("broadcastId", "roomId", "hostId", "category", "title", "openUtc", "closeUtc", "viewers", "newViewers"),
    *("peakViewers", "peakUtc", "entries", "watchSeconds", "medianWatchSeconds", "anchors", "audience", "speakers"),
    *("messages", "likes", "activities", "votes"),
)
_ATTENDANCE: Final = ("userId", "name", "role", "joinDateTime", "leaveDateTime", "durationInSeconds")
_SERIES: Final = (
    *("beginUtc", "viewers", "newViewers", "peakViewers", "peakUtc", "entries", "watchSeconds", "liveSeconds"),
    *("broadcasts", "hosts", "messages", "likes", "accounts"),
)


@dataclass(frozen=True, slots=True)
class StatisticsExports:
    """Makes links, and what is behind them."""

    db: Database
    clock: Clock
    tickets: SignedTexts
    broadcasts: BroadcastStatistics

    async def issue(self, export: StatisticsQuery) -> tuple[str, int]:
        """Return a ticket for an export, and when it expires. Raises ``RoomNotFound`` for an unknown broadcast."""
        if export.kind is ExportKind.ATTENDANCE:
            await self.broadcasts.get(export.tenant, export.broadcast, RoomId(""))
        expires = moment(self.clock.now() + LASTS)
        return self.tickets.sign(write_export(msgspec.structs.replace(export, expires=expires))), expires

    def read(self, ticket: str) -> StatisticsQuery:
        """Return what a ticket is for. Raises ``TokenInvalid``, ``TokenExpired``."""
        export = read_export(self.tickets.read(ticket))
        if export.expires <= moment(self.clock.now()):
            raise TokenExpired
        return export

    async def lines(self, export: StatisticsQuery) -> AsyncIterator[str]:
        """Yield lines of CSV, the first with the names of the columns. Raises ``RoomNotFound``."""
        if export.kind is ExportKind.BROADCASTS:
            lines = self._broadcasts(export)
        elif export.kind is ExportKind.ATTENDANCE:
            lines = self._attendance(export)
        else:
            lines = self._series(export)
        async for line in lines:
            yield line

    async def _broadcasts(self, export: StatisticsQuery) -> AsyncIterator[str]:
        yield csv_line(_BROADCASTS)
        host = UserId(export.subject) if export.scope is Scope.HOST else None
        before: tuple[int, str] | None = None
        while True:
            query = BroadcastQuery(export.tenant, host, export.begin, export.end, _AT_ONCE, before)
            rows = await self.db.statistics.page(query)
            held = await self.db.activities.held([row.broadcast.id for row in rows])
            yield "".join(
                csv_line((*_broadcast_cells(row), *held.get(row.broadcast.id, NO_ACTIVITIES)))
                for row in rows
                if row.broadcast.tenant == export.tenant
            )
            if len(rows) < _AT_ONCE:
                return
            before = rows[-1].broadcast.opened, rows[-1].broadcast.id

    async def _attendance(self, export: StatisticsQuery) -> AsyncIterator[str]:
        yield csv_line(_ATTENDANCE)
        after = ""
        while True:
            page = await self.broadcasts.attendance(export.tenant, export.broadcast, after=after, limit=_AT_ONCE)
            yield "".join(
                csv_line((one.user, one.name, one.attendee.role, *_times(begin, end)))
                for one in page.people
                for begin, end in one.attendee.spans
            )
            after = page.after
            if not after:
                return

    async def _series(self, export: StatisticsQuery) -> AsyncIterator[str]:
        yield csv_line(_SERIES)
        query = SeriesQuery(export.tenant, export.unit, export.scope, export.subject, export.begin, export.end)
        for begins, one in await self.db.statistics.series(query):
            sums = (one.entries, one.watched // _SECOND, one.live // _SECOND, one.broadcasts, one.hosts)
            people = (one.viewers, one.newcomers, one.peak, wire_moment(one.peaked))
            yield csv_line((wire_moment(begins), *people, *sums, one.messages, one.likes, one.accounts))


def _broadcast_cells(row: BroadcastRow) -> tuple[str | int, ...]:
    broadcast, figures = row.broadcast, row.figures
    return (
        *(broadcast.id, broadcast.room, broadcast.host, broadcast.category, row.title),
        *(wire_moment(broadcast.opened), wire_moment(broadcast.closed), figures.viewers, row.newcomers),
        *(figures.peak.most, wire_moment(figures.peak.at), figures.entries, figures.watched // _SECOND),
        *(figures.median // _SECOND, figures.anchors, figures.audience, figures.speakers),
        *(row.messages, broadcast.likes),
    )


def _times(begin: int, end: int) -> tuple[str, str, int]:
    return instant_text(at(begin)), instant_text(at(end)), (end - begin) // _SECOND
