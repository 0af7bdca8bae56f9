"""Apple's signatures, read by Apple's library: its own published test data, and chains of ours with its marks."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from liveroom.domain.errors import Failure, ProviderUnavailable
from liveroom.domain.receipts.failures import ProductNotOffered, ReceiptInvalid, ReceiptOfOtherApp, ReceiptOfTest
from liveroom.domain.receipts.model import WHOLE, RefundNotice, StoreName
from liveroom.providers.app_store import AppleApp, AppleStore, der_of, read_roots
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving
from tests.app_store import APP_ID, BUNDLE, Authority, apple

_PUBLISHED: Final = Path(__file__).parent.parent / "data/app_store"
NOW: Final = datetime(2026, 11, 30, tzinfo=UTC)
TOKEN: Final = "7e3fb20b-4cdb-47cc-936d-99d65f608138"


@asynccontextmanager
async def store(authority: Authority | None = None, **changes: Any) -> AsyncIterator[AppleStore]:
    app = AppleApp(
        bundle_id=BUNDLE,
        app_id=APP_ID,
        roots=der_of([(authority or apple()).root]),
        takes_tests=False,
        asks_apple=False,
    )
    found = AppleStore(app._replace(**changes))
    try:
        yield found
    finally:
        await found.close()


@asynccontextmanager
async def published(*, tests: bool, bundle: str = "com.example") -> AsyncIterator[AppleStore]:
    """Yield a store that believes the root of Apple's test data."""
    roots = der_of(read_roots((_PUBLISHED / "testCA.der").read_bytes()))
    async with store(bundle_id=bundle, app_id=1234, roots=roots, takes_tests=tests) as found:
        for verifier in found.verifiers.values():
            # As the library's own tests do: these certificates do not name their issuers' keys.
            verifier._chain_verifier.enable_strict_checks = False
        yield found


def text(name: str) -> str:
    return (_PUBLISHED / name).read_text(encoding="ascii").strip()


async def failure_of(found: AppleStore, signed: str, *, notification: bool = False) -> type[Exception]:
    with pytest.raises(Failure) as failed:
        await (found.read_notification(signed) if notification else found.read_transaction(signed))
    return type(failed.value)


async def test_apples_published_data_is_read_as_its_library_reads_it() -> None:
    async with published(tests=True) as found:
        assert await found.read_notification(text("testNotification")) is None
        # It is signed well, and no consumable.
        assert await failure_of(found, text("transactionInfo")) is ProductNotOffered
        assert await failure_of(found, text("wrongBundleId"), notification=True) is ReceiptOfOtherApp
        assert await failure_of(found, text("missingX5CHeaderClaim"), notification=True) is ReceiptInvalid
        assert await failure_of(found, text("transactionInfo")[:-8]) is ReceiptInvalid
    async with published(tests=False) as found:
        assert await failure_of(found, text("testNotification"), notification=True) is ReceiptOfTest
        assert await failure_of(found, text("transactionInfo")) is ReceiptOfTest
    async with published(tests=True, bundle="com.examplex") as found:
        assert await failure_of(found, text("testNotification"), notification=True) is ReceiptOfOtherApp
        assert await failure_of(found, text("transactionInfo")) is ReceiptOfOtherApp


async def test_certificates_that_do_not_name_their_issuers_keys_are_not_believed() -> None:
    roots = der_of(read_roots((_PUBLISHED / "testCA.der").read_bytes()))
    async with store(bundle_id="com.example", roots=roots, takes_tests=True) as found:
        assert await failure_of(found, text("transactionInfo")) is ReceiptInvalid


async def test_notifications_say_how_much_is_refunded_and_since_when() -> None:
    said = apple().said(TOKEN, NOW)
    at, id = NOW + timedelta(hours=1), said["transactionId"]
    part = {"revocationType": "REFUND_PRORATED", "revocationPercentage": 40_000}
    async with store() as found:
        whole = RefundNotice(StoreName.APP_STORE, id, WHOLE, at)
        assert await found.read_notification(apple().refund(said, at)) == whole
        assert await found.read_notification(apple().refund(said, at, **part)) == whole._replace(refunded=40_000)
        back = apple().notification("REFUND_REVERSED", said, at)
        assert await found.read_notification(back) == whole._replace(refunded=0)
        revoked = {**said, "revocationDate": int(at.timestamp() * 1000)}
        assert await found.read_notification(apple().notification("REVOKE", revoked, at)) == whole


async def test_a_notification_of_another_app_or_around_anything_else_is_refused() -> None:
    said = apple().said(TOKEN, NOW)
    async with store() as found:
        for changes, failure in (
            ({"bundleId": "com.example.other"}, ReceiptOfOtherApp),
            ({"appAppleId": 1}, ReceiptOfOtherApp),
            ({"environment": "Sandbox"}, ReceiptOfTest),
            ({"signedTransactionInfo": None}, ReceiptInvalid),
            ({"signedTransactionInfo": Authority().sign(said)}, ReceiptInvalid),
            ({"signedTransactionInfo": apple().sign({**said, "bundleId": "com.example.other"})}, ReceiptOfOtherApp),
        ):
            signed = apple().notification("REFUND", said, NOW, **changes)
            assert await failure_of(found, signed, notification=True) is failure, changes


@asynccontextmanager
async def responder(good: bool) -> AsyncIterator[tuple[Authority, VendorEndpoint]]:
    """Yield an authority whose certificates one asks for at its responder."""
    authority: list[Authority] = []

    def answer(request: VendorRequest) -> VendorResponse:
        asked = ocsp.load_der_ocsp_request(request.body)
        leaf, middle, root = (x509.load_der_x509_certificate(base64.b64decode(one)) for one in authority[0].chain)
        is_leaf = asked.serial_number == leaf.serial_number
        cert, issuer, key = (leaf, middle, authority[0].keys[1]) if is_leaf else (middle, root, authority[0].keys[0])
        now = datetime.now(UTC)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=cert,
            issuer=issuer,
            algorithm=SHA256(),
            cert_status=ocsp.OCSPCertStatus.GOOD if good else ocsp.OCSPCertStatus.REVOKED,
            this_update=now - timedelta(seconds=5),
            next_update=now + timedelta(hours=1),
            revocation_time=None if good else now - timedelta(days=1),
            revocation_reason=None,
        )
        response = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer).sign(key, SHA256())
        return VendorResponse(response.public_bytes(Encoding.DER), more="Content-Type: application/ocsp-response\r\n")

    endpoint = VendorEndpoint(answer)
    async with serving(endpoint):
        authority.append(Authority(ocsp=f"{endpoint.url}/ocsp"))
        yield authority[0], endpoint


async def test_apple_is_asked_whether_certificates_are_good_and_not_at_each_purchase() -> None:
    async with responder(good=True) as (authority, endpoint), store(authority, asks_apple=True) as found:
        for _ in range(3):
            await found.read_transaction(authority.transaction(TOKEN, datetime.now(UTC)))
        assert endpoint.asked == 2


async def test_a_certificate_that_was_revoked_is_not_believed() -> None:
    async with responder(good=False) as (authority, _), store(authority, asks_apple=True) as found:
        assert await failure_of(found, authority.transaction(TOKEN, datetime.now(UTC))) is ReceiptInvalid


async def test_where_apple_cannot_be_asked_the_app_tries_again() -> None:
    authority = Authority(ocsp="http://127.0.0.1:9/ocsp")
    async with store(authority, asks_apple=True) as found:
        assert await failure_of(found, authority.transaction(TOKEN, datetime.now(UTC))) is ProviderUnavailable


def test_roots_are_read_in_both_forms() -> None:
    root = apple().root
    pem = root.public_bytes(Encoding.PEM)
    assert der_of(read_roots(root.public_bytes(Encoding.DER))) == der_of(read_roots(pem)) == der_of([root])
    assert len(read_roots(pem + pem)) == 2
    with pytest.raises(ValueError, match=r"."):
        read_roots(b"no certificate")
