"""Freezing: while an account is looked into, nothing is moved in or out of it."""

from collections.abc import Collection
from dataclasses import dataclass

from liveroom.domain.accounts.users import present
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.ports import Database, Tx


@dataclass(frozen=True, slots=True)
class Freezing:
    """Freezes accounts, and lets them go."""

    db: Database

    async def freeze(self, tenant: TenantName, user: UserId, *, frozen: bool) -> bool:
        """Freeze all accounts of a user, or let them go; return whether any was frozen. Raises ``UserNotFound``."""

        async def work(tx: Tx) -> bool:
            present(await tx.users.get(user), tenant)
            ids = await tx.ledger_accounts.open(accounts_of(tenant, user))
            locked = await tx.ledger_accounts.lock(list(ids.values()))
            await tx.ledger_accounts.freeze(list(ids.values()), frozen=frozen)
            return any(account.frozen for account in locked.values())

        return await self.db.transact(work)

    async def freeze_accounts(self, accounts: Collection[AccountId]) -> None:
        """Freeze accounts in which the audit has found a difference."""
        await self.db.ledger_accounts.freeze(accounts, frozen=True)
