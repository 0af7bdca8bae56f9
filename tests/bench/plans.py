"""What a measurement is told to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tests.bench.seeding import Size
from tests.bench.trial import QUICK, SLICES, TrialCounts


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """How much is measured."""

    slices: TrialCounts
    """How much of each call stands between two measurements of the yardstick, at each repetition."""
    keepalives: int
    """How many show what a batch carries."""
    size: Size
    viewers: int
    """How many people enter and leave: for so long that the jobs' work afterwards is not most of what is measured."""
    active: int
    """How many of them do more in their rooms; so many also call where cost grows with the number of rooms."""
    repetitions: int
    rounds: int
    """How often each call is measured beside so many rooms, or users."""
    rooms: Sequence[int]
    users: Sequence[int]


FULL: Final = BenchPlan(
    SLICES, 20_000, Size(20_000, 100), 6_000, 2_000, 9, 9, (100, 10_000, 100_000), (1_000, 100_000, 200_000, 1_000_000)
)
BRIEF: Final = BenchPlan(QUICK, QUICK.keepalive, Size(1_000, 20), 300, 300, 1, 1, (50,), (500,))
