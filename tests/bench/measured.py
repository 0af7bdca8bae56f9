"""What a measurement found out, and what it is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.bench.growth import Growth
from tests.bench.plans import BenchPlan
from tests.bench.trial import Cost, TrialComparison

MULTIPLES: Final[Mapping[str, float]] = {
    "user_keepalive": 2,
    "query_room": 3,
    "room_detail": 3,
    "list_users": 3,
    "enter_room": 6,
    "leave_room": 6,
    "user_login_token": 5,
    "oauth/register": 15,
    "oauth/signature": 15,
}
"""What each call may cost on Redis, as a multiple of hello-world."""
UNBUDGETED: Final = ("messages/send", "rooms/like", "seats/take")
"""Calls that are measured beside them; nothing is promised of what they cost."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything that one run found out."""

    plan: BenchPlan
    hello: Cost
    calls: Mapping[str, Mapping[str, TrialComparison]]
    """By the name of the setup, then by call."""
    idle: Mapping[str, float]
    """Processor seconds a second of a service that nobody calls, by setup."""
    growth: Growth
    load: float
    """The machine's load average before: what other work there was."""
