"""Where the operator has put a room in the lists: pinned at the top, marked as featured, or behind all others.

Each lasts until it is taken back, or until its time is over.
"""

from datetime import datetime
from typing import Final, NamedTuple

PINS: Final = 99
"""Positions for pinned rooms; 1 is the top."""
BEHIND: Final = 0
NORMAL: Final = 100
_PINNED: Final = 200


class Placement(NamedTuple):
    """What was decided of a room. A time of None: until it is taken back."""

    pin: int = 0
    """Position among the pinned rooms, from 1; 0: not pinned."""
    pinned_until: datetime | None = None
    featured: bool = False
    featured_until: datetime | None = None
    demoted: bool = False
    demoted_until: datetime | None = None

    @property
    def zone(self) -> int:
        """Where lists have the room before they compare anything else: the highest first."""
        if self.pin:
            return _PINNED + PINS - self.pin
        return BEHIND if self.demoted else NORMAL

    @property
    def until(self) -> datetime | None:
        """When something of it is over next."""
        times = (self.pinned_until, self.featured_until, self.demoted_until)
        return min((time for time in times if time is not None), default=None)

    def pinned(self, position: int, until: datetime | None) -> "Placement":
        """Return it with the room pinned at the position (0: not any more); it is not demoted then."""
        changed = self._replace(pin=position, pinned_until=until if position else None)
        return changed.put_behind(False, None) if position else changed

    def put_behind(self, demoted: bool, until: datetime | None) -> "Placement":
        """Return it with the room behind all others, or not any more; it is not pinned then."""
        changed = self._replace(demoted=demoted, demoted_until=until if demoted else None)
        return changed._replace(pin=0, pinned_until=None) if demoted else changed

    def marked(self, featured: bool, until: datetime | None) -> "Placement":
        """Return it with the room marked as featured, or not any more."""
        return self._replace(featured=featured, featured_until=until if featured else None)

    def at(self, now: datetime) -> "Placement":
        """Return what is left of it at a time."""
        left = self
        if left.pinned_until is not None and left.pinned_until <= now:
            left = left.pinned(0, None)
        if left.featured_until is not None and left.featured_until <= now:
            left = left.marked(False, None)
        if left.demoted_until is not None and left.demoted_until <= now:
            left = left.put_behind(False, None)
        return left


NOWHERE: Final = Placement()
"""Nothing was decided."""
