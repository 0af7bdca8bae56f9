"""UserSig and PrivateMapKey, verified with arithmetic of its own: what the service signs with is another piece of code.

A ticket is deflated JSON in a base64 of Tencent's own. The signature is over the fields, one a line, in a fixed order.
"""

import hashlib
import hmac
import json
import struct
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

ALL: Final = 255
"""Everything that a PrivateMapKey can allow."""
SENDS: Final[Mapping[str, int]] = {"audio": 4, "video": 16, "screen": 64}
"""The bits of what somebody sends."""
_FIELDS: Final = {"TLS.identifier": str, "TLS.sdkappid": int, "TLS.time": int, "TLS.expire": int, "TLS.sig": str}
_LONGEST: Final = 16_384


class TicketInvalid(ValueError):
    """A text that is no ticket."""


class SignedTicket(NamedTuple):
    """A ticket that can be read."""

    app: int
    user: str
    begun: int
    lasts: int
    userbuf: bytes
    """What a PrivateMapKey says beside; b"" for a UserSig."""
    signature: str
    signed: str
    """The text that the signature is over."""

    def is_signed_with(self, secret: str) -> bool:
        """Say whether this secret makes the ticket's signature."""
        made = hmac.new(secret.encode(), self.signed.encode(), hashlib.sha256).digest()
        return hmac.compare_digest(b64encode(made).decode(), self.signature)


class KeyGrant(NamedTuple):
    """What a PrivateMapKey is for."""

    user: str
    app: int
    room: int | str
    until: int
    allowed: int


def read_ticket(text: str) -> SignedTicket:
    """Return what a text says, unverified. Raises ``TicketInvalid``."""
    plain = text.replace("*", "+").replace("-", "/").replace("_", "=")
    try:
        found = json.loads(zlib.decompressobj().decompress(b64decode(plain, validate=True), _LONGEST))
        fields: dict[str, Any] = {name: found[name] for name in _FIELDS}
        if any(type(fields[name]) is not kind for name, kind in _FIELDS.items()):
            raise TicketInvalid("a field of another kind")
        coded = found.get("TLS.userbuf", "")
        userbuf = b64decode(coded, validate=True)
    except (ValueError, KeyError, TypeError, zlib.error, RecursionError) as problem:
        raise TicketInvalid(str(problem)) from problem
    lines = [f"{name}:{fields[name]}\n" for name in _FIELDS if name != "TLS.sig"]
    signed = "".join([*lines, *([f"TLS.userbuf:{coded}\n"] if coded else [])])
    user, app, begun, lasts, signature = fields.values()
    return SignedTicket(app, user, begun, lasts, userbuf, signature, signed)


def read_grant(userbuf: bytes) -> KeyGrant:
    """Return what a PrivateMapKey is for. Raises ``TicketInvalid``."""
    try:
        is_named, length = struct.unpack_from(">BH", userbuf)
        user = userbuf[3 : 3 + length].decode()
        app, number, until, allowed, _ = struct.unpack_from(">IIIII", userbuf, 3 + length)
        if not is_named:
            return KeyGrant(user, app, number, until, allowed)
        (name_length,) = struct.unpack_from(">H", userbuf, 23 + length)
        return KeyGrant(user, app, userbuf[25 + length :][:name_length].decode(), until, allowed)
    except (ValueError, struct.error) as problem:
        raise TicketInvalid(str(problem)) from problem
