"""How what we send to an operator's server is signed, and what it answers: Standard Webhooks (https://www.standardwebhooks.com)."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_bytes
from typing import Final, NamedTuple

import msgspec

PREFIX: Final = "whsec_"
OVERLAP: Final = timedelta(hours=24)
"""How long a secret goes on signing beside the one that takes its place."""
_BYTES: Final = 32
_TOLERANCE: Final = timedelta(minutes=5)
"""How far the clocks of both may be apart."""


class SigningSecret(NamedTuple):
    """One secret, shared with whoever is sent to. While several are good, each signs, and the receiver needs one."""

    text: str
    """``whsec_`` and base64, as the receiver's library takes it."""
    created: datetime
    expires: datetime | None = None
    """When it ceases to sign; None for the newest."""

    def is_good(self, now: datetime) -> bool:
        """Say whether it signs."""
        return self.expires is None or self.expires > now

    def __repr__(self) -> str:
        return f"SigningSecret(created={self.created!r})"


def fresh_secret(now: datetime) -> SigningSecret:
    """Return a new secret."""
    return SigningSecret(PREFIX + b64encode(token_bytes(_BYTES)).decode(), now)


def rotated(secrets: Sequence[SigningSecret], fresh: SigningSecret) -> tuple[SigningSecret, ...]:
    """Return the secrets with a fresh one; those before it go on signing for ``OVERLAP``, at the longest."""
    now, until = fresh.created, fresh.created + OVERLAP
    kept = [
        one._replace(expires=min(one.expires, until) if one.expires else until) for one in secrets if one.is_good(now)
    ]
    return (fresh, *kept)


def signed(secrets: Sequence[SigningSecret], id: str, now: datetime, body: bytes) -> Mapping[str, str]:
    """Return the headers of a message: its id, when it was sent, and a signature for each secret that is good."""
    at = str(int(now.timestamp()))
    content = f"{id}.{at}.".encode() + body
    signatures = [f"v1,{_signature(one.text, content)}" for one in secrets if one.is_good(now)]
    return {"webhook-id": id, "webhook-timestamp": at, "webhook-signature": " ".join(signatures)}


def is_signed(
    secrets: Sequence[SigningSecret], id: str, now: datetime, headers: Mapping[str, str], body: bytes
) -> bool:
    """Say whether an answer to the message of this id is signed, as the message was, by whoever has a secret of it."""
    at = headers.get("webhook-timestamp", "")
    if headers.get("webhook-id") != id or not (at.isascii() and at.isdigit() and len(at) < 12):
        return False
    if abs(int(at) - now.timestamp()) > _TOLERANCE.total_seconds():
        return False
    content = f"{id}.{at}.".encode() + body
    good = [f"v1,{_signature(one.text, content)}".encode() for one in secrets if one.is_good(now)]
    given = headers.get("webhook-signature", "").encode().split()
    return any(hmac.compare_digest(one, other) for one in good for other in given)


def write_secrets(secrets: Sequence[SigningSecret]) -> str:
    """Return secrets as one text, to be sealed."""
    return msgspec.json.encode(secrets).decode()


def read_secrets(text: str) -> tuple[SigningSecret, ...]:
    """Return the secrets of such a text."""
    return msgspec.json.decode(text, type=tuple[SigningSecret, ...])


def _signature(secret: str, content: bytes) -> str:
    key = b64decode(secret.removeprefix(PREFIX))
    return b64encode(hmac.digest(key, content, sha256)).decode()
