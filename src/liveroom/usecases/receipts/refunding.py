"""Refunds: what a store says of a purchase is noted, and its coins follow: taken back, also when they are spent.

A notice may come twice, late, before the purchase has brought coins, and again by another way: the row says what the
store said last, and a purchase that is refunded brings none afterwards. What is refunded in part, or paid again, is
taken back whole and credited anew with the rest: a credit is reversed once, as all in the ledger.
"""

from dataclasses import dataclass, replace

from liveroom import faults
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import AccountName, Currency
from liveroom.domain.ledger.journals import LedgerCommand, MoveKind, digest_of_said
from liveroom.domain.receipts.model import Receipt, RefundNotice
from liveroom.ports import Database, Tx
from liveroom.usecases.ledger.credits import Credit, Credits
from liveroom.usecases.ledger.wallets import Wallets


@dataclass(frozen=True, slots=True)
class StoreRefunds:
    """Does what stores say of purchases."""

    db: Database
    credits: Credits
    wallets: Wallets

    async def note(self, notice: RefundNotice) -> bool:
        """Note it, and move coins where it says something new; return whether coins were moved.

        A frozen wallet is no reason not to: the store has decided it. The user's connections receive
        ``wallet.changed``.
        """
        whose = await self.db.transact(lambda tx: self._note(tx, notice))
        if whose is None:
            return False
        await self.wallets.notify(whose.tenant, UserId(whose.owner))
        return True

    async def _note(self, tx: Tx, notice: RefundNotice) -> AccountName | None:
        receipt = await tx.receipts.lock(notice.store, notice.id, self.credits.clock.now())
        noted = receipt.noted(notice)
        if noted is None:
            return None
        whose = None
        if noted.is_credited and noted.worth != noted.credited:
            whose = (await tx.ledger_accounts.names([noted.account]))[noted.account]
            noted = await self._follow(tx, noted, whose)
        await tx.receipts.put(noted)
        faults.point("receipt.refunded")
        return whose

    async def _follow(self, tx: Tx, receipt: Receipt, whose: AccountName) -> Receipt:
        """Have the wallet hold what the purchase is worth now."""
        if receipt.credited and await tx.journals.reversal_of(receipt.tenant, receipt.journal) is None:
            said = digest_of_said(receipt.journal)
            by, key = _by(receipt), f"{receipt.store}:{receipt.order}:{receipt.turns}"
            command = LedgerCommand(receipt.tenant, MoveKind.REVERSAL, key, said, by)
            await self.credits.reverse_in(tx, command, receipt.journal, settles=True)
        taken = receipt.changed(credited=0)
        user = await tx.users.get(UserId(whose.owner))
        if not receipt.worth or user is None or user.deleted is not None:
            return taken
        key = f"{receipt.order}:{taken.turns}"
        credit = Credit(user.id, MoveKind.PURCHASE, Currency.COIN, receipt.worth, key)
        done = await self.credits.credit_in(tx, user, credit, _by(receipt), settles=True)
        return replace(taken, credited=credit.amount, journal=done.journal.id)


def _by(receipt: Receipt) -> str:
    return f"store:{receipt.store}"
