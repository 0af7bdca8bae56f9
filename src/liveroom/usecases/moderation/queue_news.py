"""Tells operators who listen to the console what waits for them: reports, and appeals, as they come and go."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.domain.ids import TenantName
from liveroom.domain.moderation.reports import COUNTED, Report
from liveroom.domain.moderation.statements import AppealState, StatementOfReasons
from liveroom.ports import Database
from liveroom.usecases.operators.announcing import APPEALS, REPORTS, ConsoleNews

log = structlog.get_logger("liveroom.console")

Item = TypeVar("Item", Report, StatementOfReasons)
Write = Callable[[int, Item | None], bytes]
"""Writes how many wait, and the one that has changed."""


@dataclass(frozen=True, slots=True)
class QueueNews(Generic[Item]):
    """What one of the console's channels says of a queue."""

    channel: str
    news: ConsoleNews
    count: Callable[[TenantName], Awaitable[int]]
    """Returns how many of a tenant wait, at most ``COUNTED``."""
    write: Write[Item]

    async def tell(self, item: Item) -> None:
        """Tell of what is committed. It never fails: it was filed, or decided, whatever is told."""
        try:
            count = await self.count(item.tenant)
        except Unavailable as failure:
            log.debug("console.queue_untold", channel=self.channel, cause=repr(failure.__cause__ or failure))
            return
        await self.news.tell(self.channel, item.tenant, self.write(count, item))

    async def state(self, tenant: str) -> bytes:
        """Return with what the channel begins. Raises ``DatabaseUnavailable``."""
        return self.write(await self.count(TenantName(tenant)), None)


ReportNews = QueueNews[Report]
AppealNews = QueueNews[StatementOfReasons]


def make_report_news(db: Database, news: ConsoleNews, write: Write[Report]) -> ReportNews:
    """Return what tells of reports that are filed, taken on or resolved."""

    async def count(tenant: TenantName) -> int:
        return sum((await db.reports.open_of_rooms(tenant, COUNTED)).values())

    return QueueNews(REPORTS, news, count, write)


def make_appeal_news(db: Database, news: ConsoleNews, write: Write[StatementOfReasons]) -> AppealNews:
    """Return what tells of appeals that are made or answered."""

    async def count(tenant: TenantName) -> int:
        return await db.statements.count(tenant, AppealState.APPEALED, COUNTED)

    return QueueNews(APPEALS, news, count, write)
