"""Periods that are settled: calendar months, or weeks from Monday, in the time zone of the tenant."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.errors import BadRequest
from liveroom.domain.ledger.differences import SETTLED
from liveroom.domain.tenants.model import Tenant

_MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_WEEK: Final = re.compile(r"(20\d\d)-W(0[1-9]|[1-4]\d|5[0-3])")
_DAYS: Final = 7


class PeriodUnit(StrEnum):
    """How long a period is."""

    MONTH = "month"
    WEEK = "week"


class SettlementPeriod(NamedTuple):
    """A period: its key, and from when until when it lasts (without that moment)."""

    id: str
    """Such as ``2026-11`` or ``2026-W48``."""
    begins: datetime
    ends: datetime

    @property
    def settles(self) -> datetime:
        """Return when it can be settled: whatever was written in it is committed by then."""
        return self.ends + SETTLED


class Calendar(NamedTuple):
    """Which periods there are."""

    unit: PeriodUnit
    zone: tzinfo

    def read(self, text: str) -> SettlementPeriod:
        """Return the period of that key. Raises ``BadRequest``."""
        found = (_MONTH if self.unit is PeriodUnit.MONTH else _WEEK).fullmatch(text)
        try:
            if found and self.unit is PeriodUnit.MONTH:
                return self._month(date(int(found[1]), int(found[2]), 1))
            if found:
                return self._week(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        except ValueError:
            pass
        form = "a month, such as 2026-11" if self.unit is PeriodUnit.MONTH else "a week, such as 2026-W48"
        raise BadRequest(f"period: {form}")

    def at(self, now: datetime) -> SettlementPeriod:
        """Return the period in which a time is."""
        day = now.astimezone(self.zone).date()
        if self.unit is PeriodUnit.MONTH:
            return self._month(day.replace(day=1))
        return self._week(day - timedelta(days=day.weekday()))

    def before(self, period: SettlementPeriod) -> SettlementPeriod:
        """Return the one before a period."""
        return self.at(period.begins - timedelta(seconds=1))

    def after(self, period: SettlementPeriod) -> SettlementPeriod:
        """Return the one after a period."""
        return self.at(period.ends)

    def _month(self, first: date) -> SettlementPeriod:
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return self._period(f"{first:%Y-%m}", first, following)

    def _week(self, monday: date) -> SettlementPeriod:
        year, week, _ = monday.isocalendar()
        return self._period(f"{year}-W{week:02}", monday, monday + timedelta(days=_DAYS))

    def _period(self, id: str, first: date, following: date) -> SettlementPeriod:
        begins, ends = (datetime.combine(day, time(), self.zone).astimezone(UTC) for day in (first, following))
        return SettlementPeriod(id, begins, ends)


@dataclass(frozen=True, slots=True)
class Calendars:
    """Which periods each tenant has: all as long, each tenant's in its own time zone."""

    unit: PeriodUnit
    zone_of: Callable[[Tenant], tzinfo]

    def of(self, tenant: Tenant) -> Calendar:
        """Return a tenant's."""
        return Calendar(self.unit, self.zone_of(tenant))

    def key(self, text: str) -> str:
        """Return a key that somebody has written. Raises ``BadRequest``."""
        return Calendar(self.unit, UTC).read(text).id
