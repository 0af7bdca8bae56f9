"""When what a room has gathered is published. Times are milliseconds since 1970, spans milliseconds.

Scripts have their own form of this (``Events.leaves_in`` in ``lua/modules/events.lua``); a test compares the two.
"""

from typing import Final

from liveroom.domain.events.model import HOLD, PACE, EventKind
from liveroom.domain.moments import milliseconds

COUNTED: Final = frozenset({EventKind.MEMBER_ENTERED, EventKind.MEMBER_LEFT})
"""Change how many are there; in a crowd that is all that is said of them."""
OF_MEMBERS: Final = COUNTED | {EventKind.PROFILE_CHANGED}
"""In a crowd nobody is named by these."""
PACED: Final = OF_MEMBERS | {EventKind.SEAT_REQUESTED, EventKind.SEAT_ANSWERED}
"""These wait until the room may publish again; all others leave at once."""
_PACE: Final = milliseconds(PACE)
_HOLD: Final = milliseconds(HOLD)


def held_until(held: int, now: int) -> int:
    """Return until when an event is held that the list has to show first: as long as others that are ``held``."""
    return held if is_held(held, now) else now + _HOLD


def is_held(held: int, now: int) -> bool:
    """Say whether what is gathered is kept back: the list has to show it first, which somebody is about to see to."""
    return now < held <= now + _HOLD


def leaves_in(now: int, *, published: int, held: int, urgent: bool) -> int:
    """Return in how many milliseconds what is gathered leaves (0: now), in a room that ``published`` at its pace then.

    A clock that was put back makes nobody wait longer.
    """
    if is_held(held, now):
        return held - now
    wait = published + _PACE - now
    return wait if not urgent and 0 < wait <= _PACE else 0
