"""What processes count, and what is known from the sums of all: calls a second, and how long most took."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

BOUNDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds: up to where each bucket of a histogram goes; there is one more, for what took longer."""


class Durations:
    """How long something took, each time, as a histogram."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def note(self, seconds: float) -> None:
        """Count one time. Half a microsecond."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds

    def buckets(self) -> Iterator[tuple[str, float]]:
        """Yield the upper bound of each bucket, as Prometheus writes it, and how many took at most so long."""
        total = 0
        for bound, count in zip((*BOUNDS, float("inf")), self.counts, strict=True):
            total += count
            yield "+Inf" if bound == float("inf") else str(bound), total


class Counters(NamedTuple):
    """What was counted since some moment."""

    codes: Mapping[str, int] = {}
    """Answered calls by their code."""
    seconds: Sequence[int] = ()
    """Answered calls by how long they took: a number for each bucket of ``BOUNDS``, and one for longer ones."""
    enters: int = 0
    """Calls by which somebody entered a room."""
    messages: int = 0
    """Messages that were sent to rooms."""

    @property
    def calls(self) -> int:
        """Return how many calls were answered."""
        return sum(self.codes.values())

    def plus(self, other: "Counters") -> "Counters":
        """Return the sum of both."""
        codes = {code: self.codes.get(code, 0) + other.codes.get(code, 0) for code in {**self.codes, **other.codes}}
        seconds = [one + more for one, more in zip_longest(self.seconds, other.seconds, fillvalue=0)]
        return Counters(codes, seconds, self.enters + other.enters, self.messages + other.messages)

    def since(self, before: "Counters") -> "Counters":
        """Return what was counted since these were counted; nothing steps back."""
        codes = {code: count - before.codes.get(code, 0) for code, count in self.codes.items()}
        seconds = [max(now - then, 0) for now, then in zip_longest(self.seconds, before.seconds, fillvalue=0)]
        return Counters(
            {code: count for code, count in codes.items() if count > 0},
            seconds,
            max(self.enters - before.enters, 0),
            max(self.messages - before.messages, 0),
        )

    def slow(self, share: float = 0.95) -> float | None:
        """Return within how many seconds this share of the calls was answered, as near as the buckets tell.

        None without any call.
        """
        total = sum(self.seconds)
        if not total:
            return None
        wanted, passed, lower = total * share, 0, 0.0
        for bound, count in zip(BOUNDS, self.seconds, strict=False):
            if count and passed + count >= wanted:
                return lower + (bound - lower) * (wanted - passed) / count
            passed, lower = passed + count, bound
        return BOUNDS[-1]


NOTHING: Final = Counters()
