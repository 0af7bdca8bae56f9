"""A stream: entries by id, in the order in which they were appended."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

Id = tuple[int, int]
"""Milliseconds, and a number within them."""
FIRST: Final[Id] = (0, 0)
LAST: Final[Id] = (2**64 - 1, 2**64 - 1)
_FEW: Final = 64


class KeyStream:
    """Entries that are there, their ids in order, and the id of the newest that ever was."""

    __slots__ = ("_ids", "entries", "newest")

    def __init__(self) -> None:
        self.entries: Final[dict[Id, tuple[bytes, ...]]] = {}
        self._ids: list[Id] = []
        """With those of entries that are gone, until these are too many."""
        self.newest = FIRST

    def append(self, id: Id, fields: tuple[bytes, ...]) -> None:
        """Append an entry whose id is greater than that of every other."""
        self.entries[id] = fields
        self._ids.append(id)
        self.newest = id

    def next_id(self, milliseconds: int) -> Id:
        """Return the id of an entry that is appended now."""
        newest, number = self.newest
        return (milliseconds, 0) if milliseconds > newest else (newest, number + 1)

    def remove(self, ids: Iterable[Id]) -> int:
        """Take entries out; return how many were there."""
        gone = sum(self.entries.pop(id, None) is not None for id in ids)
        if len(self._ids) > 2 * len(self.entries) + _FEW:
            self._ids = list(self.entries)
        return gone

    def trim_to(self, length: int) -> None:
        """Keep the newest entries."""
        over = len(self.entries) - length
        if over > 0:
            self.remove([id for id, _ in zip(self.between(FIRST, LAST), range(over), strict=False)])

    def trim_before(self, id: Id) -> None:
        """Keep entries from this id on."""
        self.remove([old for old in self.between(FIRST, LAST) if old < id])

    def between(self, first: Id, last: Id, *, backwards: bool = False) -> Iterator[Id]:
        """Yield the ids of entries from one to another, both included."""
        ids = self._ids
        begin, end = bisect_left(ids, first), bisect_right(ids, last)
        places = range(end - 1, begin - 1, -1) if backwards else range(begin, end)
        return (ids[place] for place in places if ids[place] in self.entries)
