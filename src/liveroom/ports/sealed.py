"""The seam to what is stored sealed: for a change of keys, and for knowing which keys are still needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from liveroom.domain.ids import TenantName


@dataclass(frozen=True, slots=True)
class SealedSalt:
    """A stored salt, whose username it is of, and how that one is written in the database."""

    tenant: TenantName
    folded: str
    sealed: str


class Sealed(Protocol):
    async def salts(self, tenant: TenantName, after: str, limit: int) -> Sequence[SealedSalt]:
        """Return salts of the tenant in the order of the usernames they are of."""

    async def tenant_after(self, tenant: TenantName) -> TenantName | None:
        """Return the next tenant that has salts, or None."""

    async def replace_salt(self, old: SealedSalt, sealed: str) -> bool:
        """Write a salt sealed anew, unless it is another by now; say whether it was written."""

    async def replace_secret(self, tenant: TenantName, old: str, sealed: str) -> bool:
        """Write a tenant's secret sealed anew, unless it is another by now; say whether it was written."""
