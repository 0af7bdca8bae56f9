"""Rooms that messages have warmed, until the list has heard of it: shared by both live stores.

A message changes nothing that the list shows but the room's place in it, which nobody waits for. So each process
remembers the rooms of its own messages for a moment; of one that dies, the next message makes up for that.
"""

from datetime import datetime
from typing import Final

from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.heat import SHOWN
from liveroom.ports import Clock

_MOST: Final = 65_536


class WarmRooms:
    """The rooms, and since when the list is behind."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: dict[RoomId, datetime] = {}

    def note(self, room: RoomId) -> None:
        """Remember that somebody has said something there."""
        if room not in self._since and len(self._since) < _MOST:
            self._since[room] = self._clock.now()

    def take(self) -> list[RoomId]:
        """Return the rooms of which the list is to hear now, and forget them."""
        latest = self._clock.now() - SHOWN
        due = [room for room, since in self._since.items() if since <= latest]
        for room in due:
            del self._since[room]
        return due
