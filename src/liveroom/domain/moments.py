"""Times as whole milliseconds since 1970, and spans as milliseconds: what live stores, and rules for them, count in."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_SECOND: Final = timedelta(seconds=1)


def milliseconds(span: timedelta) -> int:
    """Return a span in whole milliseconds."""
    return span // _MILLISECOND


def seconds_to_wait(span: timedelta) -> int:
    """Return how many whole seconds it takes for the span to be over."""
    return -(-span // _SECOND)


def moment(when: datetime) -> int:
    """Return a time in whole milliseconds since 1970."""
    return (when - _EPOCH) // _MILLISECOND


def at(when: int) -> datetime:
    """Return the time that is this many milliseconds after 1970."""
    return _EPOCH + when * _MILLISECOND
