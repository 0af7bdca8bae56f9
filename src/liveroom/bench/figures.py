"""What came of the calls: counts, times and codes, in a space that does not grow with the load."""

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

_STEPS: Final = 50
"""Steps for each factor e: percentiles are right to one part in fifty."""
NO_ANSWER: Final = "no answer"


@dataclass(slots=True)
class Figures:
    """The figures of one call."""

    count: int = 0
    times: Counter[int] = field(default_factory=Counter)
    expected: Counter[int] = field(default_factory=Counter)
    """Codes other than 0 that the call may have in this mix."""
    unexpected: Counter[str] = field(default_factory=Counter)

    def note(self, seconds: float, code: int, allowed: frozenset[int]) -> None:
        """Count one answer."""
        self.count += 1
        self.times[round(math.log(max(seconds, 1e-6)) * _STEPS)] += 1
        if code == 0:
            return
        if code in allowed:
            self.expected[code] += 1
        else:
            self.unexpected[f"HTTP {-code}" if code < 0 else str(code)] += 1

    def note_silence(self, *, allowed: bool) -> None:
        """Count a call that got no answer."""
        self.count += 1
        if not allowed:
            self.unexpected[NO_ANSWER] += 1

    def percentile(self, share: float) -> float:
        """Return the seconds within which this share of the answers came."""
        rank = share * self.times.total()
        for step in sorted(self.times):
            rank -= self.times[step]
            if rank <= 0:
                return math.exp(step / _STEPS)
        return 0.0


@dataclass(slots=True)
class Followed:
    """What came of following."""

    followers: int = 0
    events: int = 0
    closed: int = 0
    """Rooms that ended meanwhile, as rooms of the mix do."""
    wrong: list[str] = field(default_factory=list)
    """A sentence for each room that was not what the service has."""


@dataclass(slots=True)
class BenchOutcome:
    """The figures of a whole run, by call."""

    seconds: float = 0.0
    calls: dict[str, Figures] = field(default_factory=dict)
    followed: Followed | None = None
    unsent: int = 0
    """Calls that were due while too many others waited: the service is behind."""

    def of(self, call: str) -> Figures:
        """Return the figures of a call."""
        return self.calls.setdefault(call, Figures())

    @property
    def wrong_answers(self) -> int:
        """Return how many answers were not as they should be."""
        return sum(figures.unexpected.total() for figures in self.calls.values())

    @property
    def failures(self) -> int:
        """Return how much was not as it should be: calls, answers, followed rooms."""
        return self.unsent + self.wrong_answers + (len(self.followed.wrong) if self.followed else 0)
