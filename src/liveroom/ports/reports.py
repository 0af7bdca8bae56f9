"""The seam to reports: what users have reported of others, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.reports import Report, ReportState


class ReportQuery(NamedTuple):
    """Which reports are asked for: the newest first, those made before ``before`` (an id; "": all)."""

    tenant: TenantName
    room: RoomId | None
    """None: of every room, and of none."""
    state: ReportState
    before: str
    limit: int
    but: frozenset[UserId] = frozenset()
    """Of a room: without those of these users; "" is the room itself."""


class ReportRows(Protocol):
    """Rows of reports."""

    async def add(self, report: Report) -> None: ...
    async def get(self, id: str) -> Report | None: ...
    async def lock(self, id: str) -> Report | None:
        """Return the report and keep others from changing it until the transaction ends."""

    async def resolve(self, report: Report) -> None:
        """Write how an open report ended; of one that is resolved already nothing changes."""

    async def page(self, query: ReportQuery) -> Sequence[Report]: ...
    async def purge(self, before: datetime, limit: int) -> int:
        """Drop reports made before that time; return how many."""
