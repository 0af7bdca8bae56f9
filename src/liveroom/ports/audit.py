"""The SQL seam to the audit: what was done with keys and commands, and in rooms."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.moderation.audit import AuditEntry, AuditId


class AuditRows(Protocol):
    """Rows are added before what they say is done; after that only ``code`` is ever written, once."""

    async def add(self, entries: Sequence[AuditEntry]) -> None: ...
    async def answered(self, code: int, entries: Sequence[AuditId]) -> None:
        """Note how what these say ended."""

    async def newest(
        self, *, tenant: TenantName | None, actor: str, since: datetime | None, limit: int
    ) -> Sequence[AuditEntry]:
        """Return the newest entries of one actor, else of one tenant, else of all, the newest first."""

    async def page(
        self, tenant: TenantName, *, room: RoomId | None, before: AuditId, limit: int
    ) -> Sequence[AuditEntry]:
        """Return what was done in a room, else in the tenant, before that entry ("": all), the newest first."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop entries made before that time, the oldest first; return how many."""
