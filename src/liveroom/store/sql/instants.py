"""Points in time as the database keeps them: whole milliseconds UTC since 1970 (docs/decisions/0002)."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_FOREVER: Final = datetime.max.replace(tzinfo=UTC)
_FOREVER_MILLIS: Final = 253_402_300_799_999
"""What the last millisecond of ``datetime.max`` is stored as; it is read back as the microsecond that it was."""


def millis(at: datetime) -> int:
    """Return what is stored for a time: parts of a millisecond are cut off."""
    return (at - _EPOCH) // _MILLISECOND


def instant(stored: int) -> datetime:
    """Return the time that was stored."""
    return _FOREVER if stored >= _FOREVER_MILLIS else _EPOCH + timedelta(milliseconds=stored)


def optional_millis(at: datetime | None) -> int | None:
    """Return what is stored for a time that may be none."""
    return None if at is None else millis(at)


def optional_instant(stored: int | None) -> datetime | None:
    """Return the time that was stored, if there was one."""
    return None if stored is None else instant(stored)
