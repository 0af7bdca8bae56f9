"""Identifiers: their types, how new ones are made, and which bucket of the live store a user or room lives in."""

import re
from binascii import a2b_base64, b2a_base64
from datetime import datetime
from hashlib import sha256
from os import urandom
from typing import Final, NewType
from zlib import crc32

TenantName = NewType("TenantName", str)
UserId = NewType("UserId", str)
RoomId = NewType("RoomId", str)
SessionId = NewType("SessionId", str)
StayId = NewType("StayId", str)
EntryId = NewType("EntryId", str)
BroadcastId = NewType("BroadcastId", str)

DEFAULT_TENANT: Final = TenantName("")
"""The tenant of calls that name none."""

FIRST_ID: Final = 40_000_001
"""The first id handed out: above everything that the original service could derive."""
LAST_ID: Final = 2_147_483_647
"""Shipped apps parse ids as a Java int."""

USER_BUCKETS: Final = 128
ROOM_BUCKETS: Final = 256

_DIGITS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""Those of base64."""
_SORTED: Final = b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""Digits that sort by their value."""
_SORT: Final = bytes.maketrans(_DIGITS, _SORTED)
_UNSORT: Final = bytes.maketrans(_SORTED, _DIGITS)
_BYTES: Final = 12
_PLAIN_ID = re.compile(r"[1-9][0-9]{0,9}")
_TENANT_NAME = re.compile(r"[A-Za-z0-9_]{1,15}")


def _sorted_text(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).translate(_SORT).decode()


def new_id(now: datetime) -> str:
    """Return a fresh 16-character id that sorts by the time of its making (48 bits of milliseconds, 48 random)."""
    raw = int(now.timestamp() * 1000).to_bytes(6) + urandom(6)
    return _sorted_text(raw)


def ordered_id(millis: int, number: int) -> str:
    """Return a fresh id that sorts by its time, and among those of one millisecond by its number (below 65,536)."""
    raw = millis.to_bytes(6) + number.to_bytes(2) + urandom(4)
    return _sorted_text(raw)


def derived_id(at: datetime, text: str) -> str:
    """Return the id of something that comes again as the same text of the same time; it sorts by that time."""
    raw = int(at.timestamp() * 1000).to_bytes(6) + sha256(text.encode()).digest()[:6]
    return _sorted_text(raw)


def digest_of(secret: str) -> str:
    """Return what of a secret is kept: one of that many random bits needs no slow hash."""
    return sha256(secret.encode()).hexdigest()


def first_id(at: datetime) -> str:
    """Return what sorts before every id that is made at that time or later, and behind all made before."""
    raw = int(at.timestamp() * 1000).to_bytes(6)
    return _sorted_text(raw)


def made_at(id: str) -> int | None:
    """Return when an id was made, in milliseconds since 1970; None for one that is not of these functions."""
    try:
        raw = a2b_base64(id.encode("ascii").translate(_UNSORT), strict_mode=True)
    except ValueError:
        return None
    return int.from_bytes(raw[:6]) if len(raw) == _BYTES else None


def user_bucket(user: UserId) -> int:
    """Return which of the user buckets holds this user."""
    return crc32(user.encode()) % USER_BUCKETS


def room_bucket(room: RoomId) -> int:
    """Return which of the room buckets holds this room."""
    return crc32(room.encode()) % ROOM_BUCKETS


def is_plain_id(text: str) -> bool:
    """Say whether the text is a decimal 1..2147483647 without leading zeros."""
    return _PLAIN_ID.fullmatch(text) is not None and int(text) <= LAST_ID


def is_tenant_name(text: str) -> bool:
    """Say whether the text may name a tenant (API.md, Tenants)."""
    return _TENANT_NAME.fullmatch(text) is not None
