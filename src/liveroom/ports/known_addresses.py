"""The seam to who has signed in from where: a part of the live store, in memory and on Redis; one suite proves both."""

from enum import IntEnum
from typing import Protocol


class Known(IntEnum):
    """Whether somebody is known, and whether that has to be noted again to last."""

    NO = 0
    LATELY = 1
    """Noted in this half month: nothing has to be noted."""
    BEFORE = 2
    """Noted in the last one, and forgotten with its end."""


class KnownAddresses(Protocol):
    """Pairs of an account and an address that signed in as it, as keyed digests, for half a month to a month.

    A Bloom filter of a fixed size: whoever is noted is known, and of others a few are taken for known.
    """

    async def recall(self, pair: str) -> Known:
        """Say whether the pair is known. Raises ``LiveUnavailable``."""

    async def note(self, pair: str) -> None:
        """Let the pair be known. Raises ``LiveUnavailable``."""
