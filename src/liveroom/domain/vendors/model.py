"""What is done at vendors (messages, media) because of what happened here: the work, its troubles, how long to wait.

A piece of work says what has to be looked at, not what to do: that follows from the room's or the user's own row, read
right before the vendor is called. So the newest change wins whatever order things are worked off in, and doing it twice
does nothing more.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import RoomId, TenantName, UserId

GUARD: Final = timedelta(seconds=6)
"""Tencent refuses to make a group again within 5 s of its end (TENCENT.md 3)."""
DOUBT: Final = timedelta(seconds=60)
"""How long a vendor may still carry out a call that it did not answer; its own limit is 3 s."""
UNKNOWN_TRIES: Final = 8
"""How often work is tried that fails for a reason that we do not know."""
LONGEST_WAIT: Final = timedelta(seconds=60)
BREAKS_AFTER: Final = 5
SHORTEST_BREAK: Final = timedelta(seconds=10)
LONGEST_BREAK: Final = timedelta(seconds=60)
LONGEST_REFUSAL: Final = timedelta(minutes=10)
_IN: Final = " in "


class Vendor(StrEnum):
    """Who does it."""

    IM = "im"
    """Tencent's messages."""
    TRTC = "trtc"
    LIVEKIT = "livekit"
    RECORDER = "recorder"
    """Whoever records broadcasts: it may be one of the others, and its work has a queue of its own."""


class Matter(StrEnum):
    """What a piece of work is about."""

    ROOM = "room"
    """Its group of messages, or its media room."""
    ACCOUNT = "account"
    """A user's account at the vendor."""
    REMOVAL = "removal"
    """A user who may not be in any media room that they were in, or not in one of them."""
    PERMISSION = "permission"
    """What a user may send in one media room."""
    MUTE = "mute"
    """Whether a user may write in one room: its group is to know."""
    BAN = "ban"
    """Whether a user may come into one room: its group is to know."""
    RECORDING = "recording"
    """A recording that is to begin, to be asked about, to end or to be deleted."""


class Trouble(StrEnum):
    """What a vendor's refusal, or silence, means for the work."""

    BUSY = "busy"
    """Temporary: the same call will succeed later."""
    UNKNOWN = "unknown"
    """An unknown error: it is tried a few more times."""
    SUBJECT = "subject"
    """This piece of work cannot be done; others may."""
    ACCESS = "access"
    """No work of this tenant can be done before the operator has put something right."""


class VendorFailure(Exception):
    """A vendor did not do it. The text is for operators, says what to do where that is known, and holds no secret."""

    def __init__(self, trouble: Trouble, text: str, *, code: str = "", in_doubt: bool = False) -> None:
        super().__init__(text)
        self.trouble: Final = trouble
        self.code: Final = code
        self.in_doubt: Final = in_doubt
        """The call may have been carried out, or may yet be."""


class Key(NamedTuple):
    """What a piece of work is about, at whose place: there is one row for each."""

    vendor: Vendor
    matter: Matter
    subject: str


@dataclass(frozen=True, slots=True)
class Achieved:
    """How things stand at the vendor, as far as we know."""

    app: int = 0
    """The application (SDKAppID) in which they stand so."""
    broadcast: str = ""
    """The broadcast for which there is a group; "" when there is none."""
    name: str = ""
    """What the group is called."""
    dissolved: datetime | None = None
    """When we ended the group."""
    doubt: datetime | None = None
    """When a call was not answered."""


NOTHING: Final = Achieved()


class WorkResult(NamedTuple):
    """How things stand after a piece of work. ``again``: when to look once more. Nothing achieved: forget it."""

    achieved: Achieved = NOTHING
    again: datetime | None = None
    asked: bool = True
    """The vendor has answered."""


class Work(NamedTuple):
    """One row of work."""

    key: Key
    tenant: TenantName
    wanted: int
    """Grows with each change that asks for it."""
    changed: datetime
    """When the newest of them was."""
    tries: int = 0
    achieved: Achieved = NOTHING
    waits: bool = True
    """It is still to be done."""
    reason: str = ""
    """Why the newest try failed."""
    failed: datetime | None = None
    held: bool = False
    """Somebody claimed it before and has not said what came of it."""


class VendorBacklog(NamedTuple):
    """How much of one tenant's work at one vendor is still to be done, and for how long the oldest has been due."""

    vendor: Vendor
    tenant: TenantName
    number: int
    since: datetime


def removal_from(user: UserId, room: RoomId) -> str:
    """Return the subject of what is about a user in one room only; of a removal from all it is the user's id."""
    return f"{user}{_IN}{_short(room)}"


def read_removal(subject: str) -> tuple[UserId, Callable[[RoomId], bool]]:
    """Return who is to be removed, and what says from which rooms."""
    user, found, short = subject.partition(_IN)
    return UserId(user), lambda room: not found or _short(room) == short


def _short(room: RoomId) -> str:
    """Return a room in few characters: an id may be as long as a whole subject."""
    return hashlib.sha256(room.encode()).hexdigest()[:24]


def partition_of(vendor: Vendor, tenant: TenantName) -> str:
    """Return the partition of one tenant's work at one vendor."""
    return f"{vendor.value}:{tenant}"


def read_partition(partition: str) -> tuple[Vendor, TenantName]:
    """Return the vendor and the tenant of a partition."""
    vendor, _, tenant = partition.partition(":")
    return Vendor(vendor), TenantName(tenant)


def wait_before(tries: int, chance: float) -> timedelta:
    """Return how long to wait before the next try; ``chance`` (0 to 1) spreads what failed together."""
    longest = min(timedelta(seconds=2 ** min(tries, 10)), LONGEST_WAIT)
    return longest * (0.5 + chance / 2)


class BreakerState(StrEnum):
    """Whether calls go through."""

    CLOSED = "closed"
    OPEN = "open"
    TRYING = "trying"
    """One call is let through as a test."""


class Breaker:
    """A breaker: stops calls to a vendor that does not answer or refuses us, and lets one through now and then as a
    test."""

    def __init__(self) -> None:
        self._failures = 0
        self._opened = 0
        self._until: datetime | None = None
        self.reason = ""

    def state(self, now: datetime) -> BreakerState:
        """Return whether calls go through now."""
        if self._until is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self._until else BreakerState.TRYING

    def succeeded(self) -> bool:
        """Note an answer; say whether the breaker was open before."""
        was_open = self._until is not None
        self._failures = self._opened = 0
        self._until, self.reason = None, ""
        return was_open

    def failed(self, failure: VendorFailure, now: datetime) -> bool:
        """Note a failure; say whether the breaker opens by it."""
        if failure.trouble is Trouble.SUBJECT:
            return False
        refused = failure.trouble is Trouble.ACCESS
        state = self.state(now)
        self._failures += 1
        if state is BreakerState.OPEN or (state is BreakerState.CLOSED and not refused and not self._is_enough):
            return False
        longest = LONGEST_REFUSAL if refused else LONGEST_BREAK
        self._until = now + min(SHORTEST_BREAK * 2 ** min(self._opened, 10), longest)
        self._opened += 1
        self.reason = str(failure)
        return state is BreakerState.CLOSED

    @property
    def _is_enough(self) -> bool:
        return self._failures >= BREAKS_AFTER
