"""Reports: one row each, found by tenant or by room, open ones apart from resolved ones."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Integer,
    String,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.reports import Report, ReportState
from liveroom.ports.moderation import ReportQuery
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Value, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.moderation.evidence import SqlEvidence
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.show_tables import reports

_C: Final = reports.c
_LIMIT: Final = bindparam("limit", type_=Integer)
_ROWS: Final[BindParameter[str]] = bindparam("rows", expanding=True)
_ADD: Final = statement(insert(reports))
_BY_ID: Final = select(reports).where(_C.id == bindparam("key"))
_GET: Final = statement(_BY_ID)
_LOCK: Final = statement(_BY_ID.with_for_update())
_RESOLVE: Final = statement(
    update(reports)
    .where(_C.id == bindparam("key"), _C.state == ReportState.OPEN.value)
    .values(
        state=bindparam("now_so"),
        handled_by=bindparam("by"),
        handled=bindparam("then"),
        outcome=bindparam("how"),
        measure=bindparam("what"),
    )
)
_CLAIM: Final = statement(
    update(reports)
    .where(_C.id == bindparam("key"), _C.state == ReportState.OPEN.value)
    .values(claimed_by=bindparam("by"), claimed_until=bindparam("until"))
)


def _unless_empty(name: str, column: Column[str]) -> ColumnElement[bool]:
    """Return a condition that an empty value does not make; no index is searched by it."""
    return or_(bindparam(name, type_=String) == "", column == bindparam(name))


_PAGE: Final = (
    select(reports)
    .where(
        _C.id < bindparam("before"),
        _C.id > bindparam("after"),
        _unless_empty("about_what", _C.reason),
        _unless_empty("claimant", _C.claimed_by),
        func.coalesce(_C.claimed_until, 0) > bindparam("claimed_beyond", type_=BigInteger),
    )
    .order_by(_C.id.desc())
    .limit(_LIMIT)
)
_STANDING: Final = _PAGE.where(_C.tenant == bindparam("of"), _C.state == bindparam("standing"))
_OF_TENANT: Final = statement(_STANDING)
_ROOM: Final = _STANDING.where(_C.room == bindparam("about"))
_OF_ROOM: Final = statement(_ROOM)
_OF_OTHERS: Final = statement(_ROOM.where(_C.target.not_in(bindparam("but", expanding=True))))
_OF_TARGET, _OF_REPORTER = (
    statement(
        _PAGE.where(
            column == bindparam("whose"),
            _unless_empty("standing", _C.state),
            _unless_empty("about", _C.room),
            # Another tenant's user has another id.
            _C.tenant.concat("") == bindparam("of", type_=String),
        )
    )
    for column in (_C.target, _C.reporter)
)
_OPEN: Final = statement(
    select(_C.room)
    .where(_C.tenant == bindparam("of"), _C.state == ReportState.OPEN.value)
    .order_by(_C.id.desc())
    .limit(_LIMIT)
)
_OLD: Final = statement(select(_C.id).where(_C.at < bindparam("before")).order_by(_C.at).limit(_LIMIT))
_DROP: Final = statement(delete(reports).where(_C.id.in_(_ROWS)))


@dataclass(frozen=True, slots=True)
class SqlReports:
    """``ports.Reports``."""

    _runner: Runner

    async def add(self, report: Report) -> None:
        await self._runner.run(_ADD, **_values(report))

    async def get(self, id: str) -> Report | None:
        row = await self._runner.row(_GET, key=id)
        return _read(row) if row and row[0] == id else None

    async def lock(self, id: str) -> Report | None:
        row = await self._runner.row(_LOCK, key=id)
        return _read(row) if row and row[0] == id else None

    async def resolve(self, report: Report) -> None:
        how: dict[str, Value] = {"by": report.handled_by, "then": optional_millis(report.handled)}
        await self._runner.run(
            _RESOLVE, key=report.id, now_so=report.state.value, how=report.outcome, what=report.measure, **how
        )

    async def claim(self, report: Report) -> None:
        until = optional_millis(report.claimed_until)
        await self._runner.run(_CLAIM, key=report.id, by=report.claimed_by, until=until)

    async def open_of_rooms(self, tenant: TenantName, limit: int) -> Mapping[RoomId, int]:
        return Counter(RoomId(row[0]) for row in await self._runner.rows(_OPEN, of=tenant, limit=limit))

    async def page(self, query: ReportQuery) -> Sequence[Report]:
        asked: dict[str, Value] = {
            "of": query.tenant,
            "standing": query.state.value if query.state is not None else "",
            "before": query.before or BEHIND_ALL,
            "after": query.after,
            "about_what": query.reason,
            "claimant": query.claimed_by,
            "claimed_beyond": -1 if query.claimed is None else millis(query.claimed),
        }
        if query.target or query.reporter:
            whose, room = query.target or query.reporter, query.room or ""
            by_user = _OF_TARGET if query.target else _OF_REPORTER
            rows = await self._runner.rows(by_user, **asked, whose=whose, about=room, limit=query.limit)
        elif query.room is None:
            rows = await self._runner.rows(_OF_TENANT, **asked, limit=query.limit)
        elif query.but:
            but = sorted(query.but)
            rows = await self._runner.rows(_OF_OTHERS, **asked, about=query.room, but=but, limit=query.limit)
        else:
            rows = await self._runner.rows(_OF_ROOM, **asked, about=query.room, limit=query.limit)
        return list(map(_read, rows))

    async def purge(self, before: datetime, limit: int) -> int:
        old = [row[0] for row in await self._runner.rows(_OLD, before=millis(before), limit=limit)]
        if old:
            await SqlEvidence(self._runner).drop(old)
            await self._runner.run(_DROP, rows=old)
        return len(old)


def _values(report: Report) -> dict[str, Value]:
    return {
        "id": report.id,
        "tenant": report.tenant,
        "room": report.room,
        "target": report.target,
        "message": report.message,
        "reporter": report.reporter,
        "reason": report.reason,
        "words": report.words,
        "note": report.note,
        "at": millis(report.at),
        "state": report.state.value,
        "handled_by": report.handled_by,
        "handled": optional_millis(report.handled),
        "outcome": report.outcome,
        "claimed_by": report.claimed_by,
        "claimed_until": optional_millis(report.claimed_until),
        "measure": report.measure,
    }


def _read(row: Row) -> Report:
    return Report(
        id=row[0],
        tenant=TenantName(row[1]),
        room=RoomId(row[2]),
        target=UserId(row[3]),
        message=row[4],
        reporter=UserId(row[5]),
        reason=row[6],
        words=row[7],
        note=row[8],
        at=instant(row[9]),
        state=ReportState(row[10]),
        handled_by=row[11],
        handled=optional_instant(row[12]),
        outcome=row[13],
        claimed_by=row[14],
        claimed_until=optional_instant(row[15]),
        measure=row[16],
    )
