"""A sorted set: members by score, then byte by byte. Its order is made when somebody asks for it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sortedcontainers import SortedList  # type: ignore[import-untyped]

Admission = tuple[float, bytes]

_SMALL: Final = 64


class SortedSet:
    """Scores by member, and beside them the order, once somebody has asked for it.

    A small set forgets it with every change: most are changed often and read in order once a second at most, so that
    sorting them then costs less. A great one keeps it up to date.
    """

    __slots__ = ("_order", "scores")

    def __init__(self) -> None:
        self.scores: Final[dict[bytes, float]] = {}
        self._order: Any = None

    def __len__(self) -> int:
        return len(self.scores)

    def put(self, member: bytes, score: float) -> None:
        """Give a member this score."""
        former = self.scores.get(member)
        if former == score:
            return
        self.scores[member] = score
        if self._order is None:
            return
        if len(self.scores) <= _SMALL:
            self._order = None
            return
        if former is not None:
            self._order.remove((former, member))
        self._order.add((score, member))

    def remove(self, member: bytes) -> bool:
        """Take a member out; say whether it was there."""
        score = self.scores.pop(member, None)
        if score is None:
            return False
        if self._order is not None:
            if len(self.scores) <= _SMALL:
                self._order = None
            else:
                self._order.remove((score, member))
        return True

    def between(self, first: int, end: int) -> Sequence[Admission]:
        """Return the entries from one rank to before another."""
        entries: Sequence[Admission] = self._ordered()[first:end]
        return entries

    def backwards(self, first: int, end: int) -> Iterator[Admission]:
        """Yield the same entries from the last to the first."""
        entries: Iterator[Admission] = self._ordered().islice(first, end, reverse=True)
        return entries

    def rank_of_score(self, score: float | None) -> int:
        """Return how many members have less than this score; without one, how many there are."""
        if score is None:
            return len(self.scores)
        rank: int = self._ordered().bisect_left((score,))
        return rank

    def rank_of_member(self, member: bytes) -> int:
        """Return how many members come before this one, where all have the same score."""
        order = self._ordered()
        rank: int = order.bisect_left((order[0][0], member))
        return rank

    def _ordered(self) -> Any:
        if self._order is None:
            self._order = SortedList((score, member) for member, score in self.scores.items())
        return self._order
