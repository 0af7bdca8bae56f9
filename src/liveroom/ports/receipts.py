"""The seams of receipts: the stores of phones, and what is known of purchases there, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.receipts.model import Receipt, RefundNotice, StoreName, StorePurchase


class AppStore(Protocol):
    """Apple's. What is read may be ``ReceiptInvalid``, ``ReceiptOfOtherApp`` or ``ReceiptOfTest``; or it raises
    ``ProviderUnavailable`` where Apple cannot be asked whether a certificate is still good.
    """

    async def read_transaction(self, signed: str) -> StorePurchase:
        """Return what a signed transaction says; raises ``ProductNotOffered`` for what is no consumable."""

    async def read_notification(self, signed: str) -> RefundNotice | None:
        """Return what a signed notification says of a purchase; None: nothing about refunds."""

    async def close(self) -> None: ...


class GooglePlay(Protocol):
    """Google's. Both raise ``ProviderUnavailable``."""

    async def purchase(self, product: str, token: str) -> StorePurchase:
        """Return what Google says of a purchase.

        Raises ``ReceiptInvalid``, ``ReceiptOfTest``, ``ReceiptPending``.
        """

    async def refunds(self, since: datetime) -> Sequence[RefundNotice]:
        """Return the purchases that were cancelled, refunded or charged back; Google keeps 30 days of them."""

    async def close(self) -> None: ...


class ReceiptRows(Protocol):
    """Purchases. Whoever changes one has locked it, and locks accounts after that."""

    async def lock(self, store: StoreName, id: str, now: datetime) -> Receipt:
        """Return a purchase, made where it is not known yet, and keep others from changing it."""

    async def put(self, receipt: Receipt) -> None: ...
