"""The seam to the past minutes of the overview."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.operators.overview import PastMinute


class OverviewRows(Protocol):
    """A row for each minute and scope: the installation, or a tenant."""

    async def keep(self, minute: datetime, rows: Sequence[tuple[str, PastMinute]]) -> None:
        """Keep a minute of these scopes; one that is kept already stays as it is."""

    async def between(self, scope: str, since: datetime, until: datetime) -> Sequence[tuple[datetime, PastMinute]]:
        """Return the minutes of a scope from ``since`` on that begin before ``until``, the oldest first."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop minutes from before a time; return how many rows."""
