"""Keyed digests of what must be recognised again and never read: one-time codes, contacts, passwords of rooms."""

import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from liveroom.keys.ring import KeyRing, RingKey


class KeyedStamps:
    """HMAC-SHA256 under keys derived from the ring's; it is the `Stamps` of the ports."""

    def __init__(self, ring: KeyRing) -> None:
        self._keys = tuple(_derived(key) for key in ring.all)

    def stamp(self, text: str) -> str:
        """Return the text's digest under the key in use."""
        return hmac.digest(self._keys[0], text.encode(), "sha256").hex()

    def stamps(self, text: str) -> list[str]:
        """Return the text's digests under every key, that of the key in use first."""
        return [hmac.digest(key, text.encode(), "sha256").hex() for key in self._keys]

    def is_stamp(self, stamp: str, text: str) -> bool:
        """Say whether it is the text's digest under any key; every key is tried, so that the time says nothing."""
        given = stamp.encode(errors="replace")
        return sum(hmac.compare_digest(given, one.encode()) for one in self.stamps(text)) > 0


def _derived(key: RingKey) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"liveroom stamp v1").derive(key.secret)
