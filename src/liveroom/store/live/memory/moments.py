"""Times as the live store keeps them: whole milliseconds since 1970."""

from datetime import UTC, datetime, timedelta
from typing import Final

from liveroom.domain.presence.signs import NAMED_AGAIN
from liveroom.ports import Clock

NEVER: Final = 1 << 62
_MILLISECOND: Final = timedelta(milliseconds=1)
AGAIN: Final = NAMED_AGAIN // _MILLISECOND
"""After how long what is named to be ended is named again."""


def milliseconds(span: timedelta) -> int:
    """Return a span of time in milliseconds."""
    return span // _MILLISECOND


def moment(at: datetime) -> int:
    """Return a time in milliseconds since 1970."""
    return int(at.timestamp() * 1000)


def at(ms: int) -> datetime:
    """Return the time that is this many milliseconds after 1970."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def read(clock: Clock) -> int:
    """Return the time now in milliseconds."""
    return int(clock.now().timestamp() * 1000)
