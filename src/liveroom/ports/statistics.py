"""The seams of statistics: what they are counted from, what waits to be counted, and what came of it.

Times are whole milliseconds since 1970, as in ``domain.statistics``.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from liveroom.domain.ids import BroadcastId, TenantName, UserId
from liveroom.domain.statistics.attendance import BroadcastFigures, CountedBroadcast, CountedStay
from liveroom.domain.statistics.days import Period, PeriodKey, Returned, Scope, Unit

BROADCAST: Final = "b:"
"""Begins the subject of a broadcast that waits to be counted; its id follows."""
DAY: Final = "d:"
"""Begins the subject of a day; what ``day_subject`` returns follows."""


class Marked(NamedTuple):
    """Something that waits to be counted."""

    subject: str
    mark: int
    """Grows with every change."""
    due: datetime


class BroadcastRow(NamedTuple):
    """A broadcast as it was counted."""

    broadcast: CountedBroadcast
    counted: int
    """When it was."""
    figures: BroadcastFigures
    newcomers: int
    """Viewers who had not been in an earlier broadcast of its host."""
    messages: int
    title: str = ""


class BroadcastDay(NamedTuple):
    """A day of a broadcast."""

    digest: int
    messages: tuple[int, ...]
    """In each hour."""


class FirstVisit(NamedTuple):
    """The first time that somebody was with a host, or in the tenant."""

    broadcast: BroadcastId
    entered: int
    signed_up: int = 0


class BroadcastQuery(NamedTuple):
    """Which broadcasts a page is to have: those of a tenant or of one host that were opened in a time."""

    tenant: TenantName
    host: UserId | None
    begin: int
    end: int
    limit: int
    before: tuple[int, str] | None = None
    """Behind which one the page begins: when it was opened, and its id."""


class SeriesQuery(NamedTuple):
    """Which periods of one series."""

    tenant: TenantName
    unit: Unit
    scope: Scope
    subject: str
    begin: int
    end: int


class StatisticsQueue(Protocol):
    """What waits to be counted. Rows of stays, messages, likes and broadcasts are marked where they are written."""

    async def mark(self, subjects: Collection[str], due: datetime, *, sooner: bool = False) -> None:
        """Note changes; what waits already keeps its time, unless this one is to be ``sooner``."""

    async def keep(self, subjects: Collection[str], due: datetime) -> None:
        """Have them wait, unless they do."""

    async def due(self, now: datetime, limit: int) -> Sequence[Marked]:
        """Return what is due, the longest first."""

    async def take(self, marked: Marked, until: datetime) -> bool:
        """Keep others from it until then; say whether nobody else has it. From then on ``until`` is its ``due``."""

    async def lock(self, taken: Marked) -> bool:
        """Say whether it is still the taker's, and keep others from it until the transaction ends."""

    async def done(self, taken: Marked, again: datetime | None) -> None:
        """Drop it, unless it is to be counted ``again``, or has changed meanwhile. Of another's nothing changes."""

    async def waiting(self, subjects: Collection[str]) -> Collection[str]:
        """Return which of them wait."""


class StatisticsSources(Protocol):
    """What is counted."""

    async def broadcast(self, broadcast: BroadcastId) -> CountedBroadcast | None: ...
    async def broadcasts(self, after: BroadcastId, limit: int) -> Sequence[BroadcastId]:
        """Return broadcasts of all tenants in the order of their ids."""

    async def on_day(self, tenant: TenantName, day: str) -> Sequence[tuple[CountedBroadcast, Sequence[int]]]:
        """Return broadcasts that were noted for a day (``put_days``), with their messages in each hour."""

    async def stays(
        self, broadcast: BroadcastId, after: UserId | None, limit: int, within: tuple[int, int] | None = None
    ) -> tuple[Sequence[CountedStay], UserId | None]:
        """Return stays of the users behind one, all of each, and the last user; None: there are no more.

        ``within``: only stays that began before its end and had not ended before its beginning.
        """

    async def messages(self, broadcast: BroadcastId, after: int, limit: int) -> tuple[Sequence[int], int | None]:
        """Return when people said something, behind a number, and the last number; None: there are no more."""

    async def pseudonyms(self) -> Mapping[UserId, UserId]:
        """Return who is being erased, and as whom they are counted."""

    async def accounts(self, tenant: TenantName, begin: int, end: int) -> Mapping[int, int]:
        """Return how many accounts were made in each hour, by when it begins."""

    async def signed_up(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        """Return when accounts were made."""

    async def came(self, users: Collection[UserId], begin: int, end: int) -> Collection[UserId]:
        """Return who of them entered any room in that time."""

    async def names(self, broadcast: BroadcastId, users: Collection[UserId]) -> Mapping[UserId, str]:
        """Return what users were called in a broadcast."""

    async def first_day(self, tenant: TenantName) -> int | None:
        """Return when the first account of a tenant was made."""


class Statistics(Protocol):
    """What was counted."""

    async def get(self, broadcast: BroadcastId) -> BroadcastRow | None: ...
    async def put(self, row: BroadcastRow) -> None: ...
    async def page(self, query: BroadcastQuery) -> Sequence[BroadcastRow]:
        """Return broadcasts, those opened last first."""

    async def days(self, broadcast: BroadcastId) -> Mapping[str, BroadcastDay]:
        """Return the days of a broadcast, by their names."""

    async def put_days(
        self, tenant: TenantName, broadcast: BroadcastId, days: Mapping[str, BroadcastDay], gone: Collection[str]
    ) -> None:
        """Write days of a broadcast, and drop those on which it was not."""

    async def known(self, host: UserId | None, users: Collection[UserId]) -> Mapping[UserId, FirstVisit]:
        """Return who of the users was with a host before (None: in the tenant), and when first."""

    async def put_known(self, tenant: TenantName, host: UserId | None, known: Mapping[UserId, FirstVisit]) -> None: ...
    async def periods_of_day(self, tenant: TenantName, day: str) -> Mapping[PeriodKey, Period]: ...
    async def put_periods(
        self, tenant: TenantName, day: str, periods: Mapping[PeriodKey, Period], gone: Collection[PeriodKey]
    ) -> None: ...
    async def retention_of_day(self, tenant: TenantName, day: str) -> Mapping[Returned, int]: ...
    async def put_retention(
        self, tenant: TenantName, found: Mapping[Returned, int], gone: Collection[Returned]
    ) -> None: ...
    async def series(self, query: SeriesQuery) -> Sequence[tuple[int, Period]]:
        """Return periods of a series by time; those in which nothing was are left out."""

    async def sums(self, tenant: TenantName, scope: Scope, begin: int, end: int) -> Sequence[tuple[str, Period]]:
        """Return of each subject the sums of its days, and the greatest of their peaks.

        ``viewers`` is the sum of those of each day.
        """

    async def retention(self, tenant: TenantName, unit: str, first: str, last: str) -> Sequence[tuple[Returned, int]]:
        """Return how many of the cohorts from the first to the last came, by cohort and day."""
