"""The seam to seats: a part of the live store, in memory and on Redis; one suite proves both.

A seat map is changed by comparing: read, decide (``domain.seats.model``), put, and again if somebody else was faster.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.members import Member
from liveroom.domain.rooms.model import LiveRoom
from liveroom.domain.seats.model import SeatDecision, SeatMap


class SeatMapView(NamedTuple):
    """A live room with its seat map, as both were in one moment."""

    room: LiveRoom
    rev: int
    """Of the room's row: what its options are as of."""
    version: int
    """Of the seat map; 0: nobody has had a seat in this broadcast, or asked for one."""
    seat_map: SeatMap
    members: Mapping[UserId, Member]
    """Those of the people in question who are in the room: whoever is with a seat or a request, and whom the reader
    named.
    """


class SeatMaps(Protocol):
    """Who has which seat, and who waits for one. Raises ``LiveUnavailable``.

    A seat belongs to its user as long as they are in the room: leaving the room frees it in the same step. So does a
    change of the room's options that locks or removes the seat.
    """

    async def read(self, room: RoomId, users: Sequence[UserId]) -> SeatMapView | None:
        """Return the seat map, and who of these users is in the room; None: the room is not live."""

    async def put(self, seen: SeatMapView, decision: SeatDecision, by: UserId | None) -> bool:
        """Replace the seat map that was seen by another, and publish that to the room. ``by``: the user whose call it
        is.

        Returns False, with nothing changed, if the seat map or the room's options have changed since, or if somebody
        who is to have a seat is not in the room.
        """
