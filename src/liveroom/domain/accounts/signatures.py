"""The login signature: what is signed, how it is compared, and when it counts (API.md, ``oauth/signature``)."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from liveroom.domain.errors import BadRequest, CredentialsWrong, SignatureRefused

WINDOW: Final = timedelta(hours=24)
"""How far a phone's clock may be from ours."""
RETRY: Final = timedelta(seconds=10)
"""The same signature again within this time is a retried GET and gets the same session."""
HASHES: Final = {"md5": hashlib.md5, "sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}
"""Hashes of a text that ends with the secret."""
TIMED_MAX: Final = 16
"""How many tags of one login are remembered as carrying a time."""
HMAC: Final = "hmac-sha256"
"""The secret is the key, and not part of the text."""


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
            raise BadRequest("ts: must be milliseconds since 1970")
        try:
            return datetime.fromtimestamp(int(self.ts) / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            raise SignatureRefused("ts: outside the time window") from None

    def check_time(self, now: datetime, *, required: bool) -> None:
        """Refuse a signature outside its window, or without a time where one is required."""
        signed = self.signed_at()
        if signed is None:
            if required:
                raise SignatureRefused("ts: required here")
        elif abs(now - signed) > WINDOW:
            raise SignatureRefused("ts: must be milliseconds since 1970, within 24 hours of the server's clock")

    def check_hash(self) -> None:
        """Refuse a hash that is unknown: before anything is looked up, so that the answer says nothing about names."""
        if self._hash not in (*HASHES, HMAC):
            raise SignatureRefused(f"hash: must be one of {', '.join((*HASHES, HMAC))}")

    def check(self, secret: str) -> None:
        """Refuse a signature that was not made with this secret."""
        self.check_hash()
        if not self.is_by(secret):
            raise CredentialsWrong

    def is_by(self, secret: str) -> bool:
        """Say whether it was made with this secret; the hash has to be a known one."""
        text = f"{self.username}-{self.tag}-{self.ts}-{self.nonce}".encode("utf-8", "surrogatepass")
        key = secret.encode("utf-8", "surrogatepass")
        if self._hash == HMAC:
            expected = hmac.new(key, text, hashlib.sha256).hexdigest()
        else:
            expected = HASHES[self._hash](b"%b-%b" % (text, key), usedforsecurity=False).hexdigest()
        given = self.signature.lower().encode("utf-8", "surrogatepass")
        return hmac.compare_digest(expected.encode(), given)

    @property
    def _hash(self) -> str:
        return (self.hash or "md5").lower()

    def check_timed(self, tags: Sequence[str]) -> None:
        """Refuse a signature without a time that can be read as one with a tag whose signatures have carried it."""
        text = f"{self.username}-{self.tag}-{self.ts}-{self.nonce}"
        if not self.ts and any(text.startswith(f"{self.username}-{tag}--") for tag in tags):
            raise SignatureRefused("ts: required since the account has signed in with one")

    def check_reading(self) -> None:
        """Refuse a signed text that can be read in two ways, each naming another user.

        Dashes separate its parts and may occur in them: whoever may choose the name ``ann-player-1700000000000-1``
        would get a signature that also signs in ``ann``, with the rest of the name as the nonce. A secret of a single
        account has no such problem.
        """
        text = f"{self.username}-{self.tag}-{self.ts}-{self.nonce}"
        if len(re.findall(f"(?=-{re.escape(self.tag)}-[0-9]{{1,15}}-)", text)) != 1:
            raise BadRequest("username, nonce: the signed text is ambiguous")

    def digest(self, tenant: str) -> str:
        """Return what names this very signature among all that were ever used."""
        text = f"{tenant}\n{self.username}\n{self.signature.lower()}"
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
