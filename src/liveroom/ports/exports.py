"""The SQL seams of a person's data: the links to it, and all rows that name them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from liveroom.domain.ids import UserId
from liveroom.domain.privacy.exports import Export


class ExportRows(Protocol):
    """Links to archives."""

    async def add(self, export: Export) -> None: ...
    async def newest(self, user: UserId) -> Export | None: ...
    async def use(self, digest: str, at: datetime) -> Export | None:
        """Return the export of this link and note that it was used; None: there is none, it was used, or is over."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop links that were over before that time; return how many."""


class PersonalExport(Protocol):
    """All that names a user, but for what ``store.sql.privacy.exporting`` leaves out, and says why."""

    def files(self) -> Sequence[str]:
        """Return the names of the archive's files, without their ending."""

    def rows(self, file: str, user: UserId) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """Yield the rows of a file, some at a time; times are texts in UTC."""
