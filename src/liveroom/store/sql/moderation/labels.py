"""Labels of vendors: one row for each finding, by room and by user."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, Integer, bindparam, delete, select

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.labels import Label, LabelReport, LabelSource, Suggestion
from liveroom.ports.moderating import LabelQuery
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Statement, Value, Values, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.moderation_tables import labels
from liveroom.store.sql.runner import Runner

_C: Final = labels.c
_LIMIT: Final = bindparam("limit", type_=Integer)
_ROWS: Final[BindParameter[str]] = bindparam("rows", expanding=True)
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(labels))
_PAGE: Final = (
    select(labels).where(_C.id < bindparam("before"), _C.id > bindparam("after")).order_by(_C.id.desc()).limit(_LIMIT)
)
_OF_TENANT: Final = statement(_PAGE.where(_C.tenant == bindparam("of")))
_OF_ROOM: Final = statement(_PAGE.where(_C.room == bindparam("about")))
_OF_USER: Final = statement(_PAGE.where(_C.user_id == bindparam("about")))
_OLD: Final = statement(select(_C.id).where(_C.at < bindparam("before")).order_by(_C.at).limit(_LIMIT))
_DROP: Final = statement(delete(labels).where(_C.id.in_(_ROWS)))


@dataclass(frozen=True, slots=True)
class SqlLabels:
    """``ports.LabelRows``."""

    _runner: Runner

    async def add(self, labels: Sequence[Label]) -> None:
        rows: list[Values] = [_values(label) for label in labels]
        if rows:
            await self._runner.run_many(_ADD, rows)

    async def page(self, query: LabelQuery) -> Sequence[Label]:
        asked: dict[str, Value] = {
            "before": query.before or BEHIND_ALL,
            "after": query.after,
            "limit": query.limit,
        }
        if query.room or query.user:
            by = _OF_ROOM if query.room else _OF_USER
            rows = await self._runner.rows(by, about=query.room or query.user, **asked)
        else:
            rows = await self._runner.rows(_OF_TENANT, of=query.tenant, **asked)
        return [label for label in map(_read, rows) if label.tenant == query.tenant]

    async def purge(self, before: datetime, limit: int) -> int:
        old = [row[0] for row in await self._runner.rows(_OLD, before=millis(before), limit=limit)]
        if old:
            await self._runner.run(_DROP, rows=old)
        return len(old)


def _values(label: Label) -> Values:
    report = label.report
    return {
        "id": label.id,
        "tenant": label.tenant,
        "room": report.room,
        "user_id": report.user,
        "source": report.source.value,
        "label": report.label,
        "suggestion": report.suggestion.value,
        "found": report.found,
        "at": millis(report.at),
    }


def _read(row: Row) -> Label:
    report = LabelReport(
        room=RoomId(row[2]),
        user=UserId(row[3]),
        source=LabelSource(row[4]),
        label=row[5],
        suggestion=Suggestion(row[6]),
        found=row[7],
        at=instant(row[8]),
    )
    return Label(row[0], TenantName(row[1]), report)
