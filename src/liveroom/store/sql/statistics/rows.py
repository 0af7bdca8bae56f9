"""What was counted of broadcasts and days, and who was with a host before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import BigInteger, BindParameter, Integer, and_, bindparam, delete, or_, select

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.parts import parts
from liveroom.domain.statistics.attendance import BroadcastFigures, CountedBroadcast, Peak
from liveroom.ports.statistics import BroadcastDay, BroadcastQuery, BroadcastRow, FirstVisit
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Value, Values, put_row, statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.statistics_tables import (
    statistics_audience,
    statistics_broadcast_days,
    statistics_broadcasts,
)
from liveroom.store.sql.tables import broadcasts

_AT_ONCE: Final = 500
_B: Final = statistics_broadcasts.c
_PUT: Final = put_row(statistics_broadcasts)
_ROW: Final = (*statistics_broadcasts.columns, broadcasts.c.title)
_FROM: Final = statistics_broadcasts.outerjoin(broadcasts, broadcasts.c.id == _B.broadcast)
_GET: Final = statement(select(*_ROW).select_from(_FROM).where(_B.broadcast == bindparam("which")))
_OPENED: Final = bindparam("opened_last", type_=BigInteger)
_PAGE: Final = (
    select(*_ROW)
    .select_from(_FROM)
    .where(
        _B.opened >= bindparam("begin", type_=BigInteger),
        _B.opened <= _OPENED,
        # Not the column itself: MariaDB would look for it in its own index, and sort what it finds.
        or_(_B.opened < _OPENED, _B.broadcast.concat("") < bindparam("before")),
    )
    .order_by(_B.opened.desc(), _B.broadcast.desc())
    .limit(bindparam("limit", type_=Integer))
)
_OF_TENANT: Final = statement(_PAGE.where(_B.tenant == bindparam("of")))
_OF_HOST: Final = statement(_PAGE.where(_B.host == bindparam("by")))
_D: Final = statistics_broadcast_days.c
_DAYS: Final = statement(select(_D.day, _D.digest, _D.messages).where(_D.broadcast == bindparam("which")))
_PUT_DAY: Final = put_row(statistics_broadcast_days)
_DROP_DAY: Final = statement(
    delete(statistics_broadcast_days).where(
        and_(_D.tenant == bindparam("of"), _D.day == bindparam("on"), _D.broadcast == bindparam("which"))
    )
)
_A: Final = statistics_audience.c
_USERS: Final[BindParameter[str]] = bindparam("users", expanding=True)
_KNOWN: Final = statement(
    select(_A.user_id, _A.broadcast, _A.entered, _A.signed_up).where(
        _A.host == bindparam("with"), _A.user_id.in_(_USERS)
    )
)
_PUT_KNOWN: Final = put_row(statistics_audience)
_COUNTS: Final = msgspec.json.Decoder(tuple[int, ...])


@dataclass(frozen=True, slots=True)
class SqlBroadcastStatistics:
    """The part of ``ports.Statistics`` that is about broadcasts and their audience."""

    _runner: Runner

    async def get(self, broadcast: BroadcastId) -> BroadcastRow | None:
        row = await self._runner.row(_GET, which=broadcast)
        return _read(row) if row is not None and row[0] == broadcast else None

    async def put(self, row: BroadcastRow) -> None:
        await self._runner.run(_PUT, **_values(row))

    async def page(self, query: BroadcastQuery) -> Sequence[BroadcastRow]:
        opened, before = query.before or (query.end - 1, BEHIND_ALL)
        bounds: dict[str, Value] = {"begin": query.begin, "opened_last": opened, "before": before, "limit": query.limit}
        if query.host is None:
            rows = await self._runner.rows(_OF_TENANT, of=query.tenant, **bounds)
        else:
            rows = await self._runner.rows(_OF_HOST, by=query.host, **bounds)
        return list(map(_read, rows))

    async def days(self, broadcast: BroadcastId) -> Mapping[str, BroadcastDay]:
        rows = await self._runner.rows(_DAYS, which=broadcast)
        return {row[0]: BroadcastDay(row[1], _COUNTS.decode(row[2])) for row in rows}

    async def put_days(
        self, tenant: TenantName, broadcast: BroadcastId, days: Mapping[str, BroadcastDay], gone: Collection[str]
    ) -> None:
        put: list[Values] = [
            {
                "tenant": tenant,
                "day": name,
                "broadcast": broadcast,
                "digest": day.digest,
                "messages": msgspec.json.encode(day.messages).decode(),
            }
            for name, day in sorted(days.items())
        ]
        drop: list[Values] = [{"of": tenant, "on": name, "which": broadcast} for name in sorted(gone)]
        for asked, many in ((_PUT_DAY, put), (_DROP_DAY, drop)):
            if many:
                await self._runner.run_many(asked, many)

    async def known(self, host: UserId | None, users: Collection[UserId]) -> Mapping[UserId, FirstVisit]:
        found: dict[UserId, FirstVisit] = {}
        for some in parts(sorted(users), _AT_ONCE):
            rows = await self._runner.rows(_KNOWN, **{"with": host or ""}, users=some)
            found |= {UserId(row[0]): FirstVisit(BroadcastId(row[1]), row[2], row[3]) for row in rows}
        return found

    async def put_known(self, tenant: TenantName, host: UserId | None, known: Mapping[UserId, FirstVisit]) -> None:
        many: list[Values] = [
            {
                "host": host or "",
                "user_id": user,
                "tenant": tenant,
                "broadcast": one.broadcast,
                "entered": one.entered,
                "signed_up": one.signed_up,
            }
            for user, one in sorted(known.items())
        ]
        for some in parts(many, _AT_ONCE):
            await self._runner.run_many(_PUT_KNOWN, some)


def _read(row: Row) -> BroadcastRow:
    (
        id, tenant, room, host, category, opened, closed, counted, viewers, newcomers, peak, peaked, entries, watched,
        median, anchors, audience, speakers, messages, likes, title,
    ) = row  # fmt: skip
    broadcast = CountedBroadcast(
        BroadcastId(id), TenantName(tenant), RoomId(room), UserId(host), category, opened, closed, likes
    )
    figures = BroadcastFigures(
        viewers=viewers,
        peak=Peak(peak, peaked),
        entries=entries,
        watched=watched,
        median=median,
        anchors=anchors,
        audience=audience,
        speakers=speakers,
    )
    return BroadcastRow(broadcast, counted, figures, newcomers, messages, title or "")


def _values(row: BroadcastRow) -> dict[str, Value]:
    broadcast, figures = row.broadcast, row.figures
    return {
        "broadcast": broadcast.id,
        "tenant": broadcast.tenant,
        "room": broadcast.room,
        "host": broadcast.host,
        "category": broadcast.category,
        "opened": broadcast.opened,
        "closed": broadcast.closed,
        "counted": row.counted,
        "viewers": figures.viewers,
        "newcomers": row.newcomers,
        "peak": figures.peak.most,
        "peaked": figures.peak.at,
        "entries": figures.entries,
        "watched": figures.watched,
        "median": figures.median,
        "anchors": figures.anchors,
        "audience": figures.audience,
        "speakers": figures.speakers,
        "messages": row.messages,
        "likes": broadcast.likes,
    }
