"""The seam to scheduled broadcasts: reserved rooms with a start, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.rooms.model import Room
from liveroom.domain.rooms.schedules import Mark


class ScheduleRows(Protocol):
    """Finds scheduled rooms; ``Rooms`` writes them."""

    async def page(self, tenant: TenantName, category: str, after: Mark, until: datetime, limit: int) -> Sequence[Room]:
        """Return rooms that lists may show and that start until then, soonest first: those behind a place.

        ``category`` "" is all of them.
        """

    async def of(self, holder: UserId) -> Sequence[RoomId]:
        """Return the rooms that a user has scheduled."""

    async def overdue(self, before: datetime, limit: int) -> Sequence[RoomId]:
        """Return rooms of all tenants that were to start before that time and were not opened."""
