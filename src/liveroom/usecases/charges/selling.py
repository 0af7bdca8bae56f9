"""Selling gifts where the operator's own wallet keeps the coins: written down, asked, then sent in one transaction.

Nothing waits for the network inside a transaction. Only a yes that comes in time sends the gift, and only from a charge
that is still being asked; everything else is reversed (``reversing``).
"""

from dataclasses import dataclass, replace
from functools import cached_property

import structlog

from liveroom import faults
from liveroom.domain.errors import Failure, ProviderUnavailable, Unavailable
from liveroom.domain.gifts.charges import Charge, ChargeAnswer, ChargeState, WalletSilent, outcome_of
from liveroom.domain.gifts.failures import ChargeReversed
from liveroom.domain.gifts.paying import Decision, purse_at
from liveroom.domain.gifts.sending import GiftOrder, GiftReceipt, TakenCharge, attempt_of
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.ports import Database, Tx
from liveroom.usecases.charges.opening import ChargeOpening, Opened
from liveroom.usecases.charges.reversing import Doubts
from liveroom.usecases.charges.wallet import WalletCalls
from liveroom.usecases.gifts.selling import GiftSales, Sold
from liveroom.usecases.till import Till

log = structlog.get_logger("liveroom.charges")


@dataclass
class ChargedSales:
    """Has gifts paid for by the operator's wallet (``gifts.selling.Seller``)."""

    db: Database
    wallet: WalletCalls
    sales: GiftSales
    doubts: Doubts
    opening: ChargeOpening

    async def sell(self, order: GiftOrder) -> Sold:
        """Have an order paid for, and its room told.

        Raises ``DatabaseUnavailable``; ``ProviderUnavailable`` where the wallet did not answer: nothing is sent, and
        what it may have taken is given back.
        """
        if not self.wallet.lets_through():
            return await self._unasked(order)
        opened = await self._till.take(order)
        if not isinstance(opened, Charge):
            return Sold(opened, is_published=True)
        faults.point("charge.asked")
        try:
            answer = await self.wallet.ask(opened, order)
        except WalletSilent as silent:
            await self._doubt(opened, silent)
            raise ProviderUnavailable("the operator's wallet did not answer: nothing is sent") from silent
        faults.point("charge.answered")
        if not answer.is_charged:
            return Sold(await self._refuse(opened, answer), is_published=True)
        return await self.sales.sell(replace(order, charge=TakenCharge(opened.id, answer.balance, answer.receipt)))

    async def find(self, tenant: TenantName, sender: UserId, key: str, digest: str) -> Decision | None:
        """Return what became of an earlier attempt with this key, if there was one."""
        name = accounts_of(tenant, sender).coins
        account = (await self.db.ledger_accounts.find([name])).get(name)
        if account is None:
            return None
        attempt = attempt_of(account.id, key)
        charge = (await self.db.charges.of_attempts([attempt])).get(attempt)
        found = await self.sales.find(tenant, sender, key, digest)
        if isinstance(found, GiftReceipt):
            return replace(found, purse=purse_at(charge))
        return outcome_of(charge, digest) if found is None and charge is not None else found

    @cached_property
    def _till(self) -> Till[GiftOrder, Opened]:
        return Till(self.opening.open)

    async def _unasked(self, order: GiftOrder) -> Sold:
        known = await self.find(order.tenant, order.sender, order.key, order.digest)
        if known is None:
            raise ProviderUnavailable("the operator's wallet does not answer: nothing is sent, and nothing is taken")
        return Sold(known, is_published=True)

    async def _doubt(self, charge: Charge, silent: WalletSilent) -> None:
        try:
            await self.doubts.raise_for(charge, str(silent))
        except Unavailable:
            # It stays asked until that is too old; then it is reversed as well.
            log.warning("charges.undoubted", charge=charge.id)

    async def _refuse(self, charge: Charge, answer: ChargeAnswer) -> Failure:
        async def work(tx: Tx) -> Failure:
            known = (await tx.charges.lock([charge.id]))[charge.id]
            if known.state is not ChargeState.ASKED:
                return ChargeReversed()
            refused = replace(
                known,
                state=ChargeState.REFUSED,
                due=None,
                balance=answer.balance,
                receipt=answer.receipt,
                said=answer.message,
            )
            await tx.charges.put([refused])
            return outcome_of(refused, refused.digest)

        return await self.db.transact(work)
