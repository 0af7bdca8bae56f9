"""The draw of a red envelope: its parts follow from a secret seed, to which the service commits before it opens.

docs/envelopes.md says the same for strangers who want to check a draw, with examples.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from hmac import digest
from itertools import pairwise
from typing import Final, NamedTuple

SEED_BYTES: Final = 32
_WORD: Final = 2**64


class Split(StrEnum):
    """How the coins are split."""

    EQUAL = "equal"
    """The first parts get one coin more, if the coins cannot be split evenly."""
    RANDOM = "random"
    """Each way of splitting them into parts of at least one coin is as likely as any other."""


class Draw(NamedTuple):
    """What the parts follow from."""

    envelope: str
    coins: int
    parts: int
    split: Split
    seed: bytes

    @property
    def commitment(self) -> str:
        """Return what is published before: who knows the seed afterwards can compute it too."""
        terms = "\n".join(("liveroom-envelope-1", self.envelope, str(self.coins), str(self.parts), self.split.value))
        return sha256(f"{terms}\n{self.seed.hex()}".encode()).hexdigest()

    @property
    def amounts(self) -> Sequence[int]:
        """Return the coins of each part, in the order in which they are grabbed."""
        return _amounts(self)


@lru_cache(1024)
def _amounts(draw: Draw) -> Sequence[int]:
    if draw.split is Split.EQUAL:
        each, rest = divmod(draw.coins, draw.parts)
        return tuple(each + (number < rest) for number in range(draw.parts))
    cuts, numbers = set[int](), _numbers(draw.seed, draw.coins - 1)
    while len(cuts) < draw.parts - 1:
        cuts.add(1 + next(numbers))
    ends = [0, *sorted(cuts), draw.coins]
    return tuple(end - begin for begin, end in pairwise(ends))


def _numbers(seed: bytes, below: int) -> Iterator[int]:
    """Yield numbers of which each below that one is equally likely.

    The n-th is made of the first 8 bytes of HMAC-SHA256(seed, n as 8 bytes), all numbers big-endian, n from 0. Those
    that would make low remainders likelier are left out.
    """
    most, n = _WORD - _WORD % below, 0
    while True:
        word = int.from_bytes(digest(seed, n.to_bytes(8), "sha256")[:8])
        n += 1
        if word < most:
            yield word % below
