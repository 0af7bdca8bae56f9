"""What vendors' callbacks are made of, read with patience: numbers come as text, ids as numbers, fields not at all."""

import hmac
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from liveroom.domain.errors import BadRequest

_LONGEST: Final = 64
_MILLISECONDS_FROM: Final = 100_000_000_000
"""What counts milliseconds since 1970 and not seconds: as seconds it would be the year 5138."""


def same(given: str, expected: str) -> bool:
    """Compare signatures in constant time."""
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a body is. Raises ``BadRequest``."""
    try:
        found = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        raise BadRequest("must be a JSON object") from None
    if type(found) is not dict:
        raise BadRequest("must be a JSON object")
    return found


def part(value: Any, name: str) -> dict[str, Any]:
    """Return an object within an object; an empty one where there is none."""
    found = value.get(name)
    return found if type(found) is dict else {}


def rows(value: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects of a list within an object."""
    found = value.get(name)
    return [row for row in found if type(row) is dict] if type(found) is list else []


def text(value: Any) -> str:
    """Return an id or a word; "" for what is none."""
    if type(value) is int:
        value = str(value) if -(10**20) < value < 10**20 else ""
    return value if type(value) is str and len(value) <= _LONGEST else ""


def sentence(value: Any, most: int) -> str:
    """Return a longer text, cut; "" for what is none."""
    return value[:most] if type(value) is str else ""


def whole(value: Any) -> int | None:
    """Return a whole number, also one written as text."""
    if type(value) is str and value.isascii() and value.isdigit() and len(value) <= _LONGEST:
        return int(value)
    if type(value) is float and value.is_integer():
        return int(value)
    return value if type(value) is int else None


def moment(value: Any, now: datetime) -> datetime:
    """Return a time given in milliseconds or seconds since 1970; now where none is given."""
    number = whole(value)
    if number is None or number <= 0:
        return now
    try:
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS_FROM else number, UTC)
    except (OverflowError, ValueError, OSError):
        return now
