"""The SQL seam for what an operator's own backend does: its keys, and the audit of their use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.moderation.audit import AuditEntry, AuditId
from liveroom.domain.tenants.server_keys import ServerKey


class ServerKeyRows(Protocol):
    async def list(self) -> Sequence[ServerKey]:
        """Return every key of every tenant, those that count no more too, in the order of their making."""

    async def add(self, key: ServerKey) -> None: ...
    async def revoke(self, id: str, at: datetime) -> bool:
        """Revoke a key; say whether it was valid until now."""

    async def used(self, uses: Mapping[str, datetime]) -> None:
        """Note when keys were last used; an earlier time changes nothing."""


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
