"""Cutting what is much into parts: a statement, a script or a message takes only so many at once."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Cut into parts of at most this size, in order; of nothing there is none."""
    for first in range(0, len(items), size):
        yield items[first : first + size]


def zip_parts(*rows: Sequence[T], size: int) -> Iterator[tuple[Sequence[T], ...]]:
    """Cut several rows into parts of at most this size, side by side; at least one part of each."""
    longest = max(len(row) for row in rows)
    for first in range(0, max(longest, 1), size):
        yield tuple(row[first : first + size] for row in rows)
