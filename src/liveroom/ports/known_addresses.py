"""The seam to who has signed in from where: a part of the live store, in memory and on Redis; one suite proves both."""

from typing import Protocol


class KnownAddresses(Protocol):
    """Pairs of an account and an address that signed in as it, as keyed digests, for half a month to a month.

    A Bloom filter of a fixed size: whoever is noted is known, and of others a few are taken for known.
    """

    async def knows(self, pair: str) -> bool:
        """Say whether the pair is known. Raises ``LiveUnavailable``."""

    def note(self, pair: str) -> None:
        """Let the pair be known with the next batch (within 500 ms); never fails."""
