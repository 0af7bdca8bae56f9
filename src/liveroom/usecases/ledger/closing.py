"""Closing the accounts of deleted users: they keep what they have for a while, then their coins are nobody's.

No gift earns an agency anything by them any more.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.users import User
from liveroom.domain.events import wallets as wallet_events
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.ports import Clock, Tx
from liveroom.usecases.agencies.hosts import AgencyHosts
from liveroom.usecases.events.recorder import EventRecorder

LASTS: Final = timedelta(days=30)
"""How long coins of a deleted user wait: for a complaint, or a refund by the store."""


@dataclass(frozen=True, slots=True)
class WalletClosing:
    """Notes when the accounts of a user close, and tells the operator's server what they have."""

    clock: Clock
    recorder: EventRecorder
    agencies: AgencyHosts

    async def close_in(self, tx: Tx, user: User) -> None:
        """Do it within the transaction that deletes the user; two looks where they never had an account."""
        await self.agencies.end_in(tx, user)
        names = accounts_of(user.tenant, user.id)
        held = await tx.ledger_accounts.holdings(names)
        if not held:
            return
        now = self.clock.now()
        coins = [held[name].account.id for name in (names.coins, names.promo) if name in held]
        locked = await tx.ledger_accounts.lock(coins)
        await tx.ledger_accounts.put([replace(account, closes=now + LASTS) for account in locked.values()])
        points, account = 0, None
        if names.points in held:
            points, account = held[names.points].total, held[names.points].account.id
        left = sum(account.balance for account in locked.values())
        if left or points:
            event = wallet_events.closing(user.id, left, points, now + LASTS, account=account, at=now)
            await self.recorder.record_for_user(tx, user, event)
