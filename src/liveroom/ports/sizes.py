"""The seam to how many people are in rooms, for overviews of an installation.

Part of the live store, in memory and on Redis; one suite proves both.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from liveroom.domain.ids import RoomId, TenantName


class RoomSize(NamedTuple):
    """A live room, and how many members it has."""

    room: RoomId
    tenant: TenantName
    members: int


class RoomSizes(Protocol):
    """Counts the members of rooms. Raises ``LiveUnavailable``."""

    async def of(self, buckets: Iterable[int]) -> Sequence[RoomSize]:
        """Return the live rooms of these buckets, hidden and private ones too."""
