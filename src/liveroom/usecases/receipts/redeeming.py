"""Redeeming: coins for a purchase that its store vouches for, once, whoever asks how often.

The purchase's row is locked before the wallet, here and where refunds come: two attempts meet at it, and the second
finds what the first has done. The key in the ledger is the store's order, so that an order that the operator's server
has credited already brings nothing here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from liveroom import faults
from liveroom.domain.accounts.users import present
from liveroom.domain.errors import NotOffered
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.receipts.failures import ProductNotOffered, ReceiptOfOtherUser, ReceiptRefunded
from liveroom.domain.receipts.model import WHOLE, Receipt, RefundNotice, StorePurchase, account_token, worth_of
from liveroom.ports import AppStore, Database, GooglePlay, Tx
from liveroom.usecases.ledger.credits import Credit, Credits
from liveroom.usecases.receipts.refunding import StoreRefunds

QUANTITY_MAX: Final = 1_000
"""Of one purchase: stores sell at most ten at once."""


class Stores(NamedTuple):
    """The stores whose purchases are believed."""

    app_store: AppStore | None
    google_play: GooglePlay | None


class Redeemed(NamedTuple):
    """What came of a purchase."""

    receipt: Receipt
    is_repeated: bool
    """It had brought its coins before."""


@dataclass(frozen=True, slots=True)
class Redeeming:
    """Credits purchases to the users for whom they were bought."""

    db: Database
    credits: Credits
    refunds: StoreRefunds
    stores: Stores
    products: Mapping[str, int]
    """How many coins each product brings."""

    async def app_store(self, tenant: TenantName, user: UserId, signed: str) -> Redeemed:
        """Credit what was bought in Apple's store.

        Raises what ``AppStore.read_transaction`` raises, ``ReceiptOfOtherUser``, ``ReceiptRefunded``,
        ``ProductNotOffered``, ``KeyReused`` where the operator's server has credited the order otherwise,
        ``AccountFrozen``, ``BalanceTooHigh``; ``NotOffered`` where this store is not set up.
        """
        if self.stores.app_store is None:
            raise NotOffered
        return await self._redeem(tenant, user, await self.stores.app_store.read_transaction(signed))

    async def google_play(self, tenant: TenantName, user: UserId, product: str, token: str) -> Redeemed:
        """Do the same with what was bought at Google's."""
        if self.stores.google_play is None:
            raise NotOffered
        return await self._redeem(tenant, user, await self.stores.google_play.purchase(product, token))

    async def _redeem(self, tenant: TenantName, user: UserId, purchase: StorePurchase) -> Redeemed:
        if purchase.account_token.lower() != account_token(tenant, user):
            raise ReceiptOfOtherUser
        if purchase.refunded:
            # What the store says here may not have come otherwise.
            notice = RefundNotice(purchase.store, purchase.id, purchase.refunded, purchase.refunded_at)
            await self.refunds.note(notice)

        async def work(tx: Tx) -> Redeemed:
            receipt = await tx.receipts.lock(purchase.store, purchase.id, self.credits.clock.now())
            if receipt.refunded >= WHOLE:
                raise ReceiptRefunded
            if receipt.is_credited:
                return Redeemed(receipt, True)
            return await self._credit(tx, receipt, purchase, tenant, user)

        return await self.db.transact(work)

    async def _credit(
        self, tx: Tx, receipt: Receipt, purchase: StorePurchase, tenant: TenantName, user: UserId
    ) -> Redeemed:
        price = self.products.get(purchase.product)
        if price is None or not 1 <= purchase.quantity <= QUANTITY_MAX:
            raise ProductNotOffered
        coins = price * purchase.quantity
        credit = Credit(user, MoveKind.PURCHASE, Currency.COIN, worth_of(coins, receipt.refunded), purchase.order)
        person = present(await tx.users.get(user), tenant)
        done = await self.credits.credit_in(tx, person, credit, f"user:{user}")
        accounts = await tx.ledger_accounts.open([credit.accounts(tenant)[1]])
        known = replace(
            receipt,
            tenant=tenant,
            account=next(iter(accounts.values())),
            order=purchase.order,
            product=purchase.product,
            coins=coins,
            journal=done.journal.id,
            credited=credit.amount,
        )
        await tx.receipts.put(known)
        faults.point("receipt.credited")
        return Redeemed(known, done.is_repeated)
