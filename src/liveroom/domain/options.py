"""What a room's owner may set: who comes in, seats, how fast people may write, and when the broadcast ends.

All of it is of one broadcast: what was set while the room was reserved or scheduled counts for the one that opens it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

SEATS: Final = 8
"""Seats that a room has unless it is arranged otherwise."""
SEATS_MAX: Final = 50
SLOW_MAX: Final = timedelta(hours=1)
CLOCKS: Final = timedelta(seconds=1)
"""How far the clocks of two machines may be apart."""
PASSWORD_MAX: Final = 32
LASTS_MAX: Final = timedelta(days=30)
"""Longest time that a broadcast may be given."""


class Access(StrEnum):
    """Who may come in."""

    PUBLIC = "public"
    PRIVATE = "private"
    """No list shows it: whoever knows its id comes in."""
    INVITED = "invited"
    """No list shows it, and only who was invited comes in."""


class SeatMode(StrEnum):
    """How an audience comes to a seat."""

    FREE = "free"
    """By taking it."""
    APPLY = "apply"
    """By applying for it; a host approves."""
    INVITE = "invite"
    """By a host's invitation only."""


@dataclass(frozen=True, slots=True)
class RoomOptions:
    """A room's options."""

    access: Access = Access.PUBLIC
    password: str = ""
    """A keyed digest; "": none is asked for."""
    seats: int = SEATS
    seat_mode: SeatMode = SeatMode.APPLY
    seat_locks: int = 0
    """Locked seats: bit 0 is seat 1."""
    slow: timedelta = timedelta(0)
    """Least time between two messages of one member who may not speak up."""
    muted: bool = False
    """Only the owner, moderators and appointed anchors write."""
    starts: datetime | None = None
    """When a scheduled broadcast is to begin."""
    ends: datetime | None = None
    """When the broadcast is closed; before it begins: if it begins in time (``begun``)."""
    guarded: bool = False
    """Somebody has a standing in the room (``standings``)."""

    @property
    def is_listed(self) -> bool:
        """Say whether lists may show the room."""
        return self.access is Access.PUBLIC

    def is_over(self, now: datetime) -> bool:
        """Say whether it has lasted as long as it may, by a clock that may be behind the one by which it is due."""
        return self.ends is not None and self.ends <= now + CLOCKS

    def begun(self, now: datetime) -> "RoomOptions":
        """Return them for a broadcast that begins now: it lasts as long as it was to when it was meant to begin."""
        if self.starts is None or self.ends is None:
            return replace(self, starts=None)
        return replace(self, starts=None, ends=now + (self.ends - self.starts))

    def is_locked(self, seat: int) -> bool:
        """Say whether a seat, counted from 1, is locked."""
        return bool(self.seat_locks >> (seat - 1) & 1)


DEFAULTS: Final = RoomOptions()
"""The options of a room of which nothing was arranged."""


class OptionChanges(NamedTuple):
    """What is to be set of a room's options; None leaves one as it is. Seats are set by ``seats``."""

    access: Access | None = None
    password: str | None = None
    """A keyed digest; "" takes it away."""
    slow: timedelta | None = None
    muted: bool | None = None
    lasts: timedelta | None = None
    """How long the broadcast goes on; zero: until its people close it."""

    @property
    def configures(self) -> bool:
        """Say whether something is to be set that is the owner's alone."""
        return self.access is not None or self.password is not None or self.lasts is not None

    def apply(self, options: RoomOptions, since: datetime) -> RoomOptions:
        """Return the options with the changes; the broadcast lasts from ``since``."""
        ends = options.ends
        if self.lasts is not None:
            ends = since + self.lasts if self.lasts else None
        return replace(
            options,
            access=options.access if self.access is None else self.access,
            password=options.password if self.password is None else self.password,
            slow=options.slow if self.slow is None else self.slow,
            muted=options.muted if self.muted is None else self.muted,
            ends=ends,
        )
