"""Apple's store: what it has signed, verified by Apple's own library (an extra: ``liveroom[receipts]``).

A signature costs about two milliseconds of computing, and asking Apple whether a certificate is still good a way to
Apple and back, for which the library waits up to half a minute: both happen in threads of their own.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final, NamedTuple, TypeVar

from appstoreserverlibrary.models.Environment import Environment
from appstoreserverlibrary.models.JWSTransactionDecodedPayload import JWSTransactionDecodedPayload
from appstoreserverlibrary.models.NotificationTypeV2 import NotificationTypeV2
from appstoreserverlibrary.models.ResponseBodyV2DecodedPayload import ResponseBodyV2DecodedPayload
from appstoreserverlibrary.models.Type import Type
from appstoreserverlibrary.signed_data_verifier import SignedDataVerifier, VerificationException, VerificationStatus
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from liveroom import deadlines
from liveroom.domain.errors import Failure, ProviderUnavailable
from liveroom.domain.receipts.failures import ProductNotOffered, ReceiptInvalid, ReceiptOfOtherApp, ReceiptOfTest
from liveroom.domain.receipts.model import NEVER, WHOLE, RefundNotice, StoreName, StorePurchase

T = TypeVar("T")

_LONGEST_ID: Final = 32
_THREADS: Final = 2
_SECONDS: Final = 8.0
"""How long anybody waits for a thread: shipped apps give up after ten."""
_TAKEN_BACK: Final = frozenset({NotificationTypeV2.REFUND, NotificationTypeV2.REVOKE})
_FAILURES: Final[dict[VerificationStatus, Callable[[], Failure]]] = {
    VerificationStatus.INVALID_APP_IDENTIFIER: ReceiptOfOtherApp,
    VerificationStatus.INVALID_ENVIRONMENT: ReceiptOfTest,
    VerificationStatus.RETRYABLE_VERIFICATION_FAILURE: lambda: ProviderUnavailable("Apple's OCSP does not answer"),
}


class AppleApp(NamedTuple):
    """The app whose purchases count."""

    bundle_id: str
    app_id: int
    """Its number in the store."""
    roots: Sequence[bytes]
    """The certificates at the end of every chain, in DER."""
    takes_tests: bool
    """Purchases of the sandbox count too."""
    asks_apple: bool
    """Certificates are asked for at Apple, and must be good now."""


class AppleStore:
    """``ports.AppStore``."""

    def __init__(self, app: AppleApp) -> None:
        environments = {StoreName.APP_STORE: Environment.PRODUCTION}
        if app.takes_tests:
            environments[StoreName.APP_STORE_SANDBOX] = Environment.SANDBOX
        self.verifiers: Final = {
            store: SignedDataVerifier(list(app.roots), app.asks_apple, environment, app.bundle_id, app.app_id)
            for store, environment in environments.items()
        }
        self._threads: Final = ThreadPoolExecutor(_THREADS, "app-store")

    async def close(self) -> None:
        """Break off what waits."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def read_transaction(self, signed: str) -> StorePurchase:
        """Return what a signed transaction says."""
        store, said = await self._verified(lambda verifier: verifier.verify_and_decode_signed_transaction(signed))
        if said.rawType != Type.CONSUMABLE.value:
            raise ProductNotOffered("only consumables bring coins")
        id = _id_of(said)
        return StorePurchase(
            store=store,
            id=id,
            order=id if store is StoreName.APP_STORE else f"sandbox:{id}",
            product=said.productId or "",
            quantity=1 if said.quantity is None else said.quantity,
            account_token=said.appAccountToken or "",
            refunded=_refunded(said),
            refunded_at=NEVER if said.revocationDate is None else _instant(said.revocationDate),
        )

    async def read_notification(self, signed: str) -> RefundNotice | None:
        """Return what a signed notification says of a purchase."""
        store, said = await self._verified(lambda verifier: verifier.verify_and_decode_notification(signed))
        is_back = said.notificationType is NotificationTypeV2.REFUND_REVERSED
        if said.notificationType not in _TAKEN_BACK and not is_back:
            return None
        transaction = await self._transaction_in(said, store)
        if is_back:
            return RefundNotice(store, _id_of(transaction), 0, _instant(said.signedDate))
        at = _instant(transaction.revocationDate or said.signedDate)
        return RefundNotice(store, _id_of(transaction), _refunded(transaction) or WHOLE, at)

    async def _transaction_in(
        self, said: ResponseBodyV2DecodedPayload, store: StoreName
    ) -> JWSTransactionDecodedPayload:
        inner = said.data.signedTransactionInfo if said.data is not None else None
        if inner is None:
            raise ReceiptInvalid("the notification has no transaction")
        found, transaction = await self._verified(lambda verifier: verifier.verify_and_decode_signed_transaction(inner))
        if found is not store:
            raise ReceiptInvalid("the notification has a transaction of another environment")
        return transaction

    async def _verified(self, read: Callable[[SignedDataVerifier], T]) -> tuple[StoreName, T]:
        """Return what is read, and of which environment it is."""
        with deadlines.outside():
            try:
                async with asyncio.timeout(_SECONDS):
                    return await asyncio.get_running_loop().run_in_executor(self._threads, self._verify, read)
            except TimeoutError as late:
                raise ProviderUnavailable(f"Apple's OCSP does not answer within {_SECONDS:g} s") from late

    def _verify(self, read: Callable[[SignedDataVerifier], T]) -> tuple[StoreName, T]:
        status = VerificationStatus.INVALID_ENVIRONMENT
        for store, verifier in self.verifiers.items():
            try:
                return store, read(verifier)
            except VerificationException as refused:
                status = refused.status
                if status is not VerificationStatus.INVALID_ENVIRONMENT:
                    break
            except Exception as nonsense:
                # What Apple has signed may still be no transaction: the library then fails in many ways.
                raise ReceiptInvalid from nonsense
        raise _FAILURES.get(status, ReceiptInvalid)()


def read_roots(data: bytes) -> Sequence[x509.Certificate]:
    """Return the certificates of a file: one as Apple offers it for download (DER), or any number in PEM.

    Raises ``ValueError``.
    """
    if b"-----BEGIN" in data:
        return x509.load_pem_x509_certificates(data)
    return [x509.load_der_x509_certificate(data)]


def der_of(roots: Sequence[x509.Certificate]) -> Sequence[bytes]:
    """Return certificates as the library wants them."""
    return [root.public_bytes(Encoding.DER) for root in roots]


def _id_of(said: JWSTransactionDecodedPayload) -> str:
    id = said.transactionId or ""
    if not id or len(id) > _LONGEST_ID or not id.isascii() or not id.isalnum():
        raise ReceiptInvalid("the transaction has no number")
    return id


def _refunded(said: JWSTransactionDecodedPayload) -> int:
    """Return how much of it is refunded: all, unless Apple says how many thousandths of a per cent."""
    if said.revocationDate is None:
        return 0
    part = said.revocationPercentage
    return part if part is not None and 0 < part < WHOLE else WHOLE


def _instant(milliseconds: int | None) -> datetime:
    try:
        return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)
    except (OverflowError, ValueError, OSError) as nonsense:
        raise ReceiptInvalid("the time is none") from nonsense
