"""The seam to who has signed in from where: a part of the live store, in memory and on Redis; one suite proves both."""

from typing import Protocol


class KnownAddresses(Protocol):
    """Pairs of an account and an address that signed in to it, as keyed digests, for half a month to a month.

    They are kept in a Bloom filter of a fixed size: a noted pair is always known, and so are a few others by mistake.
    """

    async def knows(self, pair: str) -> bool:
        """Say whether the pair is known. Raises ``LiveUnavailable``."""

    def note(self, pair: str) -> None:
        """Let the pair be known with the next batch (within 500 ms); never fails."""
