"""The rules of bonuses, which the operator sets."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.ids import TenantName
from liveroom.domain.settlement.bonuses import BonusRule
from liveroom.ports import Database, Tx


@dataclass(frozen=True, slots=True)
class Bonuses:
    """Reads and sets them. A settlement keeps those that there were when it began."""

    db: Database

    async def rules(self, tenant: TenantName) -> Sequence[BonusRule]:
        """Return a tenant's."""
        return await self.db.settlements.rules(tenant)

    async def set_rules(
        self, tenant: TenantName, rules: Sequence[BonusRule]
    ) -> tuple[Sequence[BonusRule], Sequence[BonusRule]]:
        """Replace all of them; return those before and after."""

        async def work(tx: Tx) -> Sequence[BonusRule]:
            before = await tx.settlements.rules(tenant)
            await tx.settlements.put_rules(tenant, rules)
            return before

        return await self.db.transact(work), rules
