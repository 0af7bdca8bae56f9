"""Tells operators who listen to the console of new reports, and of those that somebody has taken on or resolved."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.domain.ids import TenantName
from liveroom.domain.moderation.reports import COUNTED, Report
from liveroom.ports import Database
from liveroom.usecases.operators.announcing import REPORTS, ConsoleNews

log = structlog.get_logger("liveroom.console")

Write = Callable[[int, Report | None], bytes]
"""Writes how many reports are open, and the one that has changed."""


@dataclass(frozen=True, slots=True)
class ReportNews:
    """What the console's channel of reports says."""

    db: Database
    news: ConsoleNews
    write: Write

    async def tell(self, report: Report) -> None:
        """Tell of a report as it is committed. It never fails: the report is filed, or resolved, whatever is told."""
        try:
            count = await self._count(report.tenant)
        except Unavailable as failure:
            log.debug("console.report_untold", cause=repr(failure.__cause__ or failure))
            return
        await self.news.tell(REPORTS, report.tenant, self.write(count, report))

    async def state(self, tenant: str) -> bytes:
        """Return with what the channel begins. Raises ``DatabaseUnavailable``."""
        return self.write(await self._count(TenantName(tenant)), None)

    async def _count(self, tenant: TenantName) -> int:
        return sum((await self.db.reports.open_of_rooms(tenant, COUNTED)).values())
