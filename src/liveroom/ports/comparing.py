"""The seam to what compares the index (the presence entries in users' records) with the members of rooms.

Part of the live store, in memory and on Redis; one suite proves both.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from liveroom.domain.ids import ROOM_BUCKETS, USER_BUCKETS, RoomId, UserId
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.outside import OutsideSource

PARTS: Final = ROOM_BUCKETS + USER_BUCKETS
"""What there is to compare: the members of each room bucket with the index, then the index of each user bucket with
members.
"""
COMPARING: Final = timedelta(seconds=5)
"""How long a claim lasts; it is renewed every second."""


class Repair(StrEnum):
    """How a difference is repaired."""

    NAME = "named"
    """The index gets a member's presence entry again, which was lost with its bucket."""
    END = "ended"
    """A member's presence entry ends: the session has left it, or has a newer one."""
    DROP = "dropped"
    """The index forgets a presence entry that no member has."""


class Difference(NamedTuple):
    """A presence entry on which index and members do not agree; one that is under way is gone at the next look."""

    entry: PresenceEntry
    repair: Repair


class SeenOutside(NamedTuple):
    """That an outside source sees a user in a room now; ``who`` tells several visits apart (``Sighting``)."""

    source: OutsideSource
    user: UserId
    room: RoomId
    who: str


class Comparing(Protocol):
    """Raises ``LiveUnavailable``."""

    async def claim(self, who: str) -> str | None:
        """Renew the process's claim, or take it if nobody has it; return None while another process compares.

        Otherwise returns the name of the last loss, outage or failover: when it changes, everything is to be compared
        soon.
        """

    async def differences(self, part: int) -> Sequence[Difference]:
        """Return the differences between index and members in this part."""

    async def rooms(self, bucket: int) -> Sequence[RoomId]:
        """Return the live rooms of a room bucket."""

    async def seen(self, bucket: int) -> Sequence[SeenOutside]:
        """Return who of a user bucket is seen in a room by an outside source, by the newest report of each."""
