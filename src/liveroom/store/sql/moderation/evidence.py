"""Evidence of reports: one row a report, dropped with it or when its time is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BindParameter, Integer, bindparam, delete, select, update

from liveroom.domain.ids import TenantName
from liveroom.domain.moderation.evidence import Evidence, read_evidence, write_evidence
from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.instants import millis, optional_millis
from liveroom.store.sql.moderation_tables import evidence
from liveroom.store.sql.runner import Runner

_C: Final = evidence.c
_ROWS: Final[BindParameter[str]] = bindparam("rows", expanding=True)
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(evidence))
_GET: Final = statement(select(_C.body).where(_C.report == bindparam("of")))
_KEEP: Final = statement(update(evidence).where(_C.report == bindparam("of")).values(expires=bindparam("until")))
_OVER: Final = statement(
    select(_C.report).where(_C.expires < bindparam("now")).order_by(_C.expires).limit(bindparam("limit", type_=Integer))
)
_DROP: Final = statement(delete(evidence).where(_C.report.in_(_ROWS)))


@dataclass(frozen=True, slots=True)
class SqlEvidence:
    """``ports.EvidenceRows``."""

    _runner: Runner

    async def add(self, report: str, tenant: TenantName, evidence: Evidence) -> None:
        body = write_evidence(evidence)
        await self._runner.run(_ADD, report=report, tenant=tenant, body=body, expires=None)

    async def get(self, report: str) -> Evidence | None:
        row = await self._runner.row(_GET, of=report)
        return read_evidence(row[0]) if row else None

    async def keep_until(self, report: str, until: datetime | None) -> None:
        await self._runner.run(_KEEP, of=report, until=optional_millis(until))

    async def drop(self, reports: Sequence[str]) -> None:
        if reports:
            await self._runner.run(_DROP, rows=reports)

    async def purge(self, now: datetime, limit: int) -> int:
        over = [row[0] for row in await self._runner.rows(_OVER, now=millis(now), limit=limit)]
        await self.drop(over)
        return len(over)
