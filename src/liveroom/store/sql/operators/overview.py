"""The past minutes of the overview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Integer, bindparam, delete, select

from liveroom.domain.operators.overview import PastMinute
from liveroom.store.sql.console_tables import overview
from liveroom.store.sql.dialect import Statement, Values, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_KEEP: Final = Statement(lambda dialect: dialect.insert_or_keep(overview))
_BETWEEN: Final = statement(
    select(overview.c.minute, overview.c.body)
    .where(
        overview.c.scope == bindparam("of"),
        overview.c.minute >= bindparam("since"),
        overview.c.minute < bindparam("till"),
    )
    .order_by(overview.c.minute)
)
_OLD: Final = statement(
    select(overview.c.scope, overview.c.minute)
    .where(overview.c.minute < bindparam("before"))
    .order_by(overview.c.minute)
    .limit(bindparam("limit", type_=Integer))
)
_DROP: Final = statement(
    delete(overview).where(overview.c.scope == bindparam("of"), overview.c.minute == bindparam("which"))
)
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(PastMinute).decode


@dataclass(frozen=True, slots=True)
class SqlOverview:
    """``ports.OverviewRows``."""

    _runner: Runner

    async def keep(self, minute: datetime, rows: Sequence[tuple[str, PastMinute]]) -> None:
        values: list[Values] = [
            {"scope": scope, "minute": millis(minute), "body": _encode(kept).decode()} for scope, kept in rows
        ]
        await self._runner.run_many(_KEEP, values)

    async def between(self, scope: str, since: datetime, until: datetime) -> Sequence[tuple[datetime, PastMinute]]:
        rows = await self._runner.rows(_BETWEEN, of=scope, since=millis(since), till=millis(until))
        return [(instant(row[0]), _decode(row[1])) for row in rows]

    async def purge(self, before: datetime, limit: int) -> int:
        rows = await self._runner.rows(_OLD, before=millis(before), limit=limit)
        if rows:
            await self._runner.run_many(_DROP, [{"of": scope, "which": minute} for scope, minute in sorted(rows)])
        return len(rows)
