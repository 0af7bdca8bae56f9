"""Reading what was counted by hour and day: series, sums of hosts and categories, and who came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.statistics.attendance import DAY
from liveroom.domain.statistics.days import RETENTION, Period, Scope, Unit, day_text, read_day, week_of
from liveroom.ports import Clock, Database
from liveroom.ports.statistics import SeriesQuery

WEEK: Final = 7 * DAY


class Cohort(NamedTuple):
    """Those who signed up on one day, or in one week, and how many of them came back."""

    begins: int
    accounts: int
    came: Sequence[int]
    """On the day (in the week) on which they signed up, on the next one, and so on, until today."""


@dataclass(frozen=True, slots=True)
class PeriodStatistics:
    """Figures of a tenant by time."""

    db: Database
    clock: Clock

    async def series(self, query: SeriesQuery) -> Sequence[tuple[int, Period]]:
        """Return the periods of a series by time; those in which nothing was are left out."""
        return await self.db.statistics.series(query)

    async def top(
        self, tenant: TenantName, scope: Scope, begin: int, end: int, *, by: str, limit: int
    ) -> Sequence[tuple[str, Period]]:
        """Return hosts or categories with the sums of their days, those first that have most of a figure."""
        found = await self.db.statistics.sums(tenant, scope, begin, end)
        return sorted(found, key=lambda one: (-getattr(one[1], by), one[0]))[:limit]

    async def names(self, hosts: Sequence[str]) -> Mapping[str, str]:
        """Return what users are called now."""
        return {user.id: user.name for user in await self.db.users.list([UserId(host) for host in hosts])}

    async def retention(self, tenant: TenantName, unit: str, begin: int, end: int, now: int) -> Sequence[Cohort]:
        """Return the cohorts that signed up from a time on until another: by ``day``, or by ``week``, whole weeks."""
        step = WEEK if unit == "week" else DAY
        if unit == "week":
            begin, end = week_of(begin), week_of(end - 1) + WEEK
        query = SeriesQuery(tenant, Unit.DAY, Scope.TENANT, "", begin, end)
        accounts: dict[int, int] = {}
        for day, period in await self.db.statistics.series(query):
            cohort = begin + (day - begin) // step * step
            accounts[cohort] = accounts.get(cohort, 0) + period.accounts
        came: dict[int, dict[int, int]] = {}
        found = await self.db.statistics.retention(tenant, unit, day_text(begin), day_text(end - DAY))
        for one, users in found:
            cohort, day = read_day(one.cohort), read_day(one.day)
            number, by_number = (day - cohort) // step, came.setdefault(cohort, {})
            by_number[number] = by_number.get(number, 0) + users
        most = RETENTION // timedelta(milliseconds=step)
        return [
            Cohort(
                cohort,
                accounts.get(cohort, 0),
                [came.get(cohort, {}).get(number, 0) for number in range(min(most, (now - cohort) // step + 1))],
            )
            for cohort in range(begin, min(end, now + 1), step)
        ]
