"""Apple's store in tests: a chain of certificates with the marks that Apple's library looks for, and what it signs.

Everything that a real purchase is checked for is checked: only the root is ours.
"""

import base64
import functools
import itertools
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

BUNDLE: Final = "com.example.live"
APP_ID: Final = 6_700_000_001
COINS: Final = 60
PRODUCT: Final = "coins_60"
PRODUCTS: Final = f"{PRODUCT}={COINS},coins_300=300"
_BEGINS: Final = datetime(2025, 1, 1, tzinfo=UTC)
_LEAF: Final = x509.ObjectIdentifier("1.2.840.113635.100.6.11.1")
_INTERMEDIATE: Final = x509.ObjectIdentifier("1.2.840.113635.100.6.2.1")
_NULL: Final = b"\x05\x00"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Authority:
    """Whoever signs as Apple does. ``marks``: its certificates are for purchases. ``ocsp``: where one asks for them."""

    marks: bool = True
    ocsp: str = ""
    root: x509.Certificate = field(init=False)
    chain: list[str] = field(init=False)
    keys: list[ec.EllipticCurvePrivateKey] = field(init=False)
    """Of the root, the intermediate, and what signs purchases."""

    def __post_init__(self) -> None:
        keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
        root = self._certificate("Root", keys[0], "Root", keys[0])
        middle = self._certificate("Intermediate", keys[1], "Root", keys[0], _INTERMEDIATE)
        leaf = self._certificate("Purchases", keys[2], "Intermediate", keys[1], _LEAF)
        put = object.__setattr__
        put(self, "root", root)
        put(self, "keys", keys)
        put(self, "chain", [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in (leaf, middle, root)])

    def _certificate(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: str,
        issuer_key: ec.EllipticCurvePrivateKey,
        mark: x509.ObjectIdentifier | None = None,
    ) -> x509.Certificate:
        is_leaf = mark == _LEAF
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_BEGINS)
            .not_valid_after(_BEGINS + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=not is_leaf, path_length=None), critical=True)
            .add_extension(_usage(is_leaf), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        )
        if mark is not None and self.marks:
            builder = builder.add_extension(x509.UnrecognizedExtension(mark, _NULL), critical=False)
        if mark is not None and self.ocsp:
            at = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(self.ocsp))
            builder = builder.add_extension(x509.AuthorityInformationAccess([at]), critical=False)
        return builder.sign(issuer_key, SHA256())

    def sign(self, payload: dict[str, Any]) -> str:
        """Return it as Apple signs it."""
        return jwt.encode(payload, self.keys[2], algorithm="ES256", headers={"x5c": self.chain})

    def transaction(self, token: str, at: datetime, **changes: Any) -> str:
        """Return a signed purchase for a user at that time; ``None`` leaves a claim out."""
        return self.sign(self.said(token, at, **changes))

    def said(self, token: str, at: datetime, **changes: Any) -> dict[str, Any]:
        """Return what such a purchase says."""
        id = f"3200{next(_numbers):011}"
        payload = {
            "transactionId": id,
            "originalTransactionId": id,
            "bundleId": BUNDLE,
            "productId": PRODUCT,
            "purchaseDate": millis(at),
            "originalPurchaseDate": millis(at),
            "quantity": 1,
            "type": "Consumable",
            "appAccountToken": token,
            "inAppOwnershipType": "PURCHASED",
            "signedDate": millis(at),
            "environment": "Production",
            "transactionReason": "PURCHASE",
            "storefront": "USA",
            "storefrontId": "143441",
            "price": 990,
            "currency": "USD",
            **changes,
        }
        return {name: value for name, value in payload.items() if value is not None}

    def notification(self, kind: str, said: dict[str, Any], at: datetime, **changes: Any) -> str:
        """Return a signed notification about a purchase (its claims)."""
        data = {
            "appAppleId": APP_ID,
            "bundleId": BUNDLE,
            "environment": said.get("environment"),
            "signedTransactionInfo": self.sign({**said, "signedDate": millis(at)}),
            **changes,
        }
        return self.sign(
            {
                "notificationType": kind,
                "notificationUUID": f"9ad56bd2-0bc6-42e0-af24-{next(_numbers):012}",
                "version": "2.0",
                "signedDate": millis(at),
                "data": data,
            }
        )

    def refund(self, said: dict[str, Any], at: datetime, **changes: Any) -> str:
        """Return that a purchase was refunded."""
        revoked = {"revocationDate": millis(at), "revocationReason": 0, **changes}
        return self.notification("REFUND", {**said, **revoked}, at)


def _usage(is_leaf: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=is_leaf,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not is_leaf,
        crl_sign=not is_leaf,
        encipher_only=False,
        decipher_only=False,
    )


def millis(at: datetime) -> int:
    """Return a time as Apple writes it."""
    return int(at.timestamp() * 1000)


@functools.cache
def apple() -> Authority:
    """Return the authority whose root the services of tests believe."""
    return Authority()


@functools.cache
def root_file() -> Path:
    """Return the file of that root."""
    with tempfile.NamedTemporaryFile(prefix="liveroom-root-", suffix=".cer", delete=False) as file:
        file.write(apple().root.public_bytes(Encoding.DER))
    return Path(file.name)


def app_store_settings(**changes: Any) -> dict[str, Any]:
    """Return those of a service that sells coins in Apple's store."""
    return {
        "store_products": PRODUCTS,
        "app_store_bundle_id": BUNDLE,
        "app_store_app_id": APP_ID,
        "app_store_root": root_file(),
        "app_store_online": False,
        **changes,
    }
