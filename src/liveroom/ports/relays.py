"""The seam to the relays: which process forwards the publications of a bucket's rooms (LIVE.md 8).

Part of the live store, in memory and on Redis; one suite proves both. Used only where a Centrifugo holds the sockets.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Final, Protocol

from liveroom.domain.ids import RoomId

RELAY_LEASE: Final = timedelta(seconds=5)
"""How long a claim lasts; it is renewed every second."""


class Relays(Protocol):
    """Claims on room buckets. Raises ``LiveUnavailable``.

    A claim keeps two processes from doing the same work; it is no lock. What a process publishes after it has lost a
    claim is the same as what the next one publishes, by the same keys.
    """

    async def claim(self, who: str) -> frozenset[int]:
        """Renew the process's claims, take free buckets up to its even share; return the buckets that it has now."""

    async def give_back(self, who: str) -> None:
        """Let others take the process's buckets at once."""

    async def rooms(self, buckets: Iterable[int]) -> Sequence[RoomId]:
        """Return the rooms of these buckets that are live; those of buckets that do not answer come another time."""
