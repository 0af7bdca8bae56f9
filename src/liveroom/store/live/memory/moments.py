"""Times as the live store keeps them: whole milliseconds since 1970."""

from typing import Final

from liveroom.domain.moments import milliseconds, moment
from liveroom.domain.presence.signs import NAMED_AGAIN
from liveroom.ports import Clock

NEVER: Final = 1 << 62
AGAIN: Final = milliseconds(NAMED_AGAIN)
"""After how long what is named to be ended is named again."""


def read(clock: Clock) -> int:
    """Return the time now in milliseconds."""
    return moment(clock.now())
