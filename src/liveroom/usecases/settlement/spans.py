"""From when until when periods last: as they were settled, else as the tenant's calendar says.

A tenant's time zone may be changed. Each period begins where the one before it, if that was settled, has ended, so that
no hour is settled twice or never.
"""

from dataclasses import dataclass
from datetime import datetime

from liveroom.domain.ids import TenantName
from liveroom.domain.settlement.periods import Calendar, Calendars, SettlementPeriod
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Database


@dataclass(frozen=True, slots=True)
class SettlementSpans:
    """Looks up periods."""

    db: Database
    calendars: Calendars

    async def read(self, tenant: Tenant, text: str) -> SettlementPeriod:
        """Return the period of a key. Raises ``BadRequest``."""
        calendar = self.calendars.of(tenant)
        return await self._as_settled(tenant.name, calendar, calendar.read(text))

    async def at(self, tenant: Tenant, now: datetime) -> SettlementPeriod:
        """Return the period in which a time is."""
        calendar = self.calendars.of(tenant)
        return await self._as_settled(tenant.name, calendar, calendar.at(now))

    async def begin_of(self, tenant: Tenant, cursor: str) -> datetime | None:
        """Return when the period began with which a page has ended; None for the first page. Raises ``BadRequest``."""
        return (await self.read(tenant, cursor)).begins if cursor else None

    async def _as_settled(self, tenant: TenantName, calendar: Calendar, period: SettlementPeriod) -> SettlementPeriod:
        settlements = self.db.settlements
        known = await settlements.get(tenant, period.id)
        if known is not None:
            return SettlementPeriod(period.id, known.begins, known.ends)
        before = await settlements.get(tenant, calendar.before(period).id)
        after = await settlements.get(tenant, calendar.after(period).id)
        begins = period.begins if before is None else before.ends
        return SettlementPeriod(period.id, begins, period.ends if after is None else after.begins)
