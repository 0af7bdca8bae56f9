"""Folding: what waits for accounts is added to their balances, many dues at a time, by one process at a time.

Exactly the dues that were read are dropped, in the transaction that writes the sums: their numbers are given before
their commit, so that a lower one may still come.
"""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.ledger.accounts import Account, AccountId
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.ledger.posting import Ledger

AT_ONCE: Final = 2_000
_ROUNDS: Final = 20
"""How many batches one run folds, so that it ends."""
_LEASE: Final = "ledger folding"
_OTHERS: Final = timedelta(seconds=1)
_CLAIM: Final = timedelta(seconds=10)


class Disturbed(Exception):
    """Somebody else has folded some of them meanwhile."""


@dataclass(slots=True)
class Folding:
    """Adds dues to balances."""

    db: Database
    clock: Clock
    ledger: Ledger
    _looked: datetime | None = None

    async def look(self) -> int:
        """Fold what waits if this process has moved something, else once a second what others have left."""
        now = self.clock.now()
        if not self.ledger.moved.is_set() and self._looked is not None and now - self._looked < _OTHERS:
            return 0
        self._looked = now
        self.ledger.moved.clear()
        return await self.run()

    async def run(self) -> int:
        """Fold what waits, unless another process is at it; return how many dues were."""
        holder, now = secrets.token_hex(8), self.clock.now()
        if await self.db.dues.oldest() is None or not await self.db.leases.claim(_LEASE, holder, now, now + _CLAIM):
            return 0
        folded = 0
        try:
            for _ in range(_ROUNDS):
                folded += (some := await self.db.transact(fold))
                if some < AT_ONCE:
                    break
        except Disturbed:
            return folded
        finally:
            await self.db.leases.release(_LEASE, holder)
        return folded


async def folded(tx: Tx, account: Account) -> Account:
    """Add what waits for a locked account to its balance; return it as it is then."""
    dues = await tx.dues.of(account.id)
    if not dues:
        return account
    if await tx.dues.drop([due.n for due in dues]) != len(dues):
        raise Disturbed
    after = account.settled(sum(due.amount for due in dues), may_owe=True)
    await tx.ledger_accounts.put([after])
    return after


async def fold(tx: Tx) -> int:
    """Fold the first dues, whether their accounts are frozen or not; return how many."""
    dues = await tx.dues.first(AT_ONCE)
    if not dues:
        return 0
    sums = Counter[AccountId]()
    for due in dues:
        sums[due.account] += due.amount
    accounts = await tx.ledger_accounts.lock(sums)
    if await tx.dues.drop([due.n for due in dues]) != len(dues):
        raise Disturbed
    await tx.ledger_accounts.put([account.settled(sums[id], may_owe=True) for id, account in accounts.items()])
    return len(dues)
