"""The key ring: which secret signs and seals, which ones are still accepted, and the sealing of stored salts.

Sealed text is `v1.<key id>.<base64url of nonce and ciphertext>`, AES-256-GCM under a key derived from the secret by
HKDF-SHA256, bound to its context.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from liveroom.domain.errors import KeyMissing
from liveroom.keys.keyfile import make_key_file, read_key_file
from liveroom.settings import NamedSecret, Settings
from liveroom.settings.values import fingerprint

_NONCE = 12


@dataclass(frozen=True, slots=True)
class RingKey:
    """One secret under its id; the bytes sign tokens as they are, as the original service's do."""

    id: str
    secret: bytes = field(repr=False)


class KeyRing:
    """All keys of this installation, the one in use first. It is the `Vault` of the ports."""

    def __init__(self, found: Sequence[NamedSecret], more: Callable[[], Sequence[NamedSecret]] = tuple) -> None:
        """``more`` is asked when a key is unknown: a command may have sealed with one that was made meanwhile."""
        self.all = tuple(_key(named) for named in found)
        self.signing = self.all[0]
        self._more = more
        self._ciphers: dict[str, AESGCM] = {}
        self._keys: dict[str, RingKey] = {}
        self._take(self.all)

    def _take(self, keys: Iterable[RingKey]) -> None:
        for key in keys:
            cipher = _cipher(key)
            # A secret that was first given without an id is still found after it was given one.
            for name in (key.id, fingerprint(key.secret.decode())):
                self._ciphers.setdefault(name, cipher)
                self._keys.setdefault(name, key)

    def seal(self, text: str, context: str) -> str:
        """Return the text encrypted with the key in use; it opens in the same context only."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._ciphers[self.signing.id].encrypt(nonce, text.encode(), context.encode())
        return f"v1.{self.signing.id}.{urlsafe_b64encode(nonce + sealed).rstrip(b'=').decode()}"

    def open(self, sealed: str, context: str) -> str:
        """Return the text; raise `KeyMissing` when no key of this ring opens it."""
        version, _, rest = sealed.partition(".")
        key_id, _, body = rest.partition(".")
        if version != "v1":
            raise KeyMissing("This was not sealed by liveroom, or by a later release of it.")
        if key_id not in self._ciphers:
            self._take(map(_key, self._more()))
        if key_id not in self._ciphers:
            raise KeyMissing(f"The key {key_id} that sealed this is not configured; add its secret to LIVEROOM_SECRET.")
        try:
            raw = urlsafe_b64decode(body + "=" * (-len(body) % 4))
            return self._ciphers[key_id].decrypt(raw[:_NONCE], raw[_NONCE:], context.encode()).decode()
        except (InvalidTag, ValueError):
            raise KeyMissing(
                f"The key {key_id} does not open this: it was altered, or its id has another secret now."
            ) from None

    def find(self, key_id: str) -> RingKey | None:
        """Return the key that sealed texts know by this id; one may have two names."""
        return self._keys.get(key_id)

    def is_current(self, sealed: str) -> bool:
        return self.find(sealing_key(sealed)) is self.signing


def open_keys(settings: Settings) -> KeyRing:
    """Return the ring of these settings; the embedded default makes its key file on the first start.

    The file's keys stay accepted after the operator has set a secret. The original's secret alone makes a file too: it
    keeps old tokens good, and what is sealed here must not be lost with it.
    """
    if not settings.secret or (not settings.in_production and all(named.original for named in settings.secret)):
        made = make_key_file(settings.data_dir)
        return KeyRing((*made, *settings.secret), lambda: read_key_file(settings.data_dir))
    return KeyRing((*settings.secret, *read_key_file(settings.data_dir)))


def known_keys(settings: Settings, more: Sequence[NamedSecret] = ()) -> KeyRing | None:
    """Return the ring as a service would have it, with more keys behind the settings' own; none is made."""
    found = (*settings.secret, *more, *read_key_file(settings.data_dir))
    return KeyRing(found) if found else None


def missing_keys(needed: Mapping[str, int], ring: KeyRing | None) -> dict[str, int]:
    """Return which of the keys that have sealed something are not there, and how much each has sealed."""
    return {key: count for key, count in needed.items() if ring is None or ring.find(key) is None}


def sealing_key(sealed: str) -> str:
    """Return the id of the key that has sealed a text; "" for one that is not sealed."""
    return sealed.split(".", 2)[1] if sealed.startswith("v1.") else ""


def _key(named: NamedSecret) -> RingKey:
    return RingKey(named.id, named.value.reveal().encode())


def _cipher(key: RingKey) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=b"liveroom seal v1").derive(key.secret))
