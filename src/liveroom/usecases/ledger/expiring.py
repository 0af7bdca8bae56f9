"""Promotional coins that have expired, and coins of users who are long gone, are nobody's any more."""

from dataclasses import dataclass, replace
from typing import Final

from liveroom.domain.ids import new_id
from liveroom.domain.ledger.accounts import Account, AccountId, AccountKind, AccountName
from liveroom.domain.ledger.journals import LedgerCommand, Move, MoveKind, Posting, digest_of_said
from liveroom.domain.ledger.lots import Lot
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.ledger.posting import Ledger

_AT_ONCE: Final = 200
_BY: Final = "service"


@dataclass(frozen=True, slots=True)
class ExpiredCoins:
    """Takes away what has had its time. Any process may, at once with others: each looks again under the lock."""

    db: Database
    clock: Clock
    ledger: Ledger

    async def run(self) -> int:
        """Take it away, some at a time; return from how many grants and accounts."""
        now = self.clock.now()
        lots, closing = await self.db.lots.expired(now, _AT_ONCE), await self.db.ledger_accounts.closing(now, _AT_ONCE)
        return sum([await self._expire(lot) for lot in lots]) + sum([await self._close(id) for id in closing])

    async def _expire(self, lot: Lot) -> bool:
        async def work(tx: Tx) -> bool:
            account = (await tx.ledger_accounts.lock([lot.account])).get(lot.account)
            found = await tx.lots.get(lot.journal)
            if account is None or found is None or not found.left or account.frozen:
                return False
            await tx.lots.put([replace(found, left=0)])
            await self._take(tx, account, found.left, MoveKind.EXPIRY)
            return True

        return await self.db.transact(work)

    async def _close(self, id: AccountId) -> bool:
        async def work(tx: Tx) -> bool:
            account = (await tx.ledger_accounts.lock([id])).get(id)
            if account is None or account.closes is None or account.frozen:
                return False
            await tx.ledger_accounts.put([replace(account, closes=None)])
            if account.balance > 0:
                await tx.lots.put([replace(lot, left=0) for lot in await tx.lots.of([id])])
                await self._take(tx, account, account.balance, MoveKind.CLOSING)
            return True

        return await self.db.transact(work)

    async def _take(self, tx: Tx, account: Account, amount: int, kind: MoveKind) -> None:
        """Take an amount out of a locked account. It happens once because of what was read under the lock: the key is
        another each time.
        """
        tenant = account.name.tenant
        command = LedgerCommand(tenant, kind, f"{account.id}:{new_id(self.clock.now())}", digest_of_said(), _BY)
        moves = [Move(account.name, -amount), Move(AccountName(tenant, AccountKind.BREAKAGE), amount)]
        await self.ledger.post(tx, Posting(command, moves))
