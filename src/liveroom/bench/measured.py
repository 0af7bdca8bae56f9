"""What a measurement is told to do, and what it found out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.bench.growth import Growth
from liveroom.bench.seeding import Size
from liveroom.bench.trial import QUICK, SLICES, Compared, Cost, Counts

MULTIPLES: Final[Mapping[str, float]] = {
    "user_keepalive": 2,
    "query_room": 3,
    "room_detail": 3,
    "list_users": 3,
    "enter_room": 6,
    "leave_room": 6,
    "user_login_token": 8,
}
"""What each call may cost on Redis, as a multiple of hello-world."""
UNBUDGETED: Final = ("messages/send", "rooms/like", "seats/take")
"""Calls that are measured beside them; nothing is promised of what they cost."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    slices: Counts
    """How much of each call stands between two measurements of the yardstick, at each repetition."""
    counts: Counts
    """How many calls show how cost grows, each once."""
    size: Size
    viewers: int
    repetitions: int
    rooms: Sequence[int]
    users: Sequence[int]


FULL: Final = Plan(SLICES, Counts(), Size(20_000, 100), 2_000, 9, (100, 10_000, 100_000), (1_000, 100_000, 1_000_000))
BRIEF: Final = Plan(QUICK, QUICK, Size(1_000, 20), 300, 1, (50,), (500,))


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that one run found out."""

    plan: Plan
    hello: Cost
    calls: Mapping[str, Mapping[str, Compared]]
    """By the name of the setup, then by call."""
    idle: Mapping[str, float]
    """Processor seconds a second of a service that nobody calls, by setup."""
    growth: Growth
    load: float
    """The machine's load average before: what other work there was."""
