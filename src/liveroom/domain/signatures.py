"""The login signature: what is signed, how it is compared, and when it counts (API.md, ``oauth/signature``)."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from liveroom.domain.errors import BadRequest, CredentialsWrong, SignatureRefused

WINDOW: Final = timedelta(hours=24)
"""How far a phone's clock may be from ours."""
RETRY: Final = timedelta(seconds=10)
"""The same signature again within this time is a retried GET and gets the same session."""
HASHES: Final = {"md5": hashlib.md5, "sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}


@dataclass(frozen=True, slots=True)
class LoginSignature:
    """A signed login as the client sent it. ``ts`` is milliseconds since 1970 as text, or empty."""

    username: str
    signature: str
    tag: str = ""
    ts: str = ""
    nonce: str = ""
    hash: str = ""

    def signed_at(self) -> datetime | None:
        """Return the time that the client signed, or None when it sent none."""
        if not self.ts:
            return None
        if not (self.ts.isascii() and self.ts.isdigit() and len(self.ts) <= 15):
            raise BadRequest("ts: milliseconds since 1970")
        try:
            return datetime.fromtimestamp(int(self.ts) / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            raise SignatureRefused("ts: outside the time window") from None

    def check_time(self, now: datetime, *, required: bool) -> None:
        """Refuse a signature outside its window, or without a time where one is required."""
        signed = self.signed_at()
        if signed is None:
            if required:
                raise SignatureRefused("ts: required by this installation")
        elif abs(now - signed) > WINDOW:
            raise SignatureRefused("ts: more than 24 hours from the service's clock")

    def check(self, secret: str) -> None:
        """Refuse a signature that was not made with this secret."""
        make = HASHES.get((self.hash or "md5").lower())
        if make is None:
            raise SignatureRefused(f"hash: one of {', '.join(HASHES)}")
        text = f"{self.username}-{self.tag}-{self.ts}-{self.nonce}-{secret}"
        expected = make(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        given = self.signature.lower().encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(expected.encode(), given):
            raise CredentialsWrong

    def digest(self, tenant: str) -> str:
        """Return what names this very signature among all that were ever used."""
        text = f"{tenant}\n{self.username}\n{self.signature.lower()}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
