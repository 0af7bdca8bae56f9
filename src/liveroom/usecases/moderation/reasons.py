"""Reasons for what is done to people: a tenant's list, in both languages."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.errors import BadRequest, QuotaExceeded
from liveroom.domain.ids import TenantName
from liveroom.domain.moderation.reasons import FIRST, REASONS_MAX, Reason, merged
from liveroom.ports import Database, Tx


@dataclass(frozen=True, slots=True)
class Reasons:
    """Lists and changes them."""

    db: Database

    async def list(self, tenant: TenantName) -> Sequence[Reason]:
        """Return the tenant's reasons: the first ones that it has left, then its own."""
        return merged(await self.db.reasons.list(tenant))

    async def find(self, tenant: TenantName, id: str) -> Reason | None:
        """Return the reason of that id; None for "". Raises ``BadRequest`` where there is none."""
        if not id:
            return None
        for reason in await self.list(tenant):
            if reason.id == id:
                return reason
        raise BadRequest(f"reasonId: there is no reason {id}")

    async def put(self, tenant: TenantName, reason: Reason) -> Reason | None:
        """Add a reason, or replace the one of that id, which is returned. Raises ``QuotaExceeded``."""

        async def work(tx: Tx) -> Reason | None:
            known = {one.id: one for one in merged(await tx.reasons.list(tenant))}
            if reason.id not in known and len(known) >= REASONS_MAX:
                raise QuotaExceeded(f"at most {REASONS_MAX} reasons")
            await tx.reasons.put(tenant, reason)
            return known.get(reason.id)

        return await self.db.transact(work)

    async def remove(self, tenant: TenantName, id: str) -> Reason | None:
        """Take a reason off the list and return it; None where there was none. Statements keep their words."""

        async def work(tx: Tx) -> Reason | None:
            known = {one.id: one for one in merged(await tx.reasons.list(tenant))}
            if id not in known:
                return None
            if id in FIRST:
                await tx.reasons.put(tenant, FIRST[id]._replace(hidden=True))
            else:
                await tx.reasons.remove(tenant, id)
            return known[id]

        return await self.db.transact(work)
