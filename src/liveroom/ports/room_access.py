"""The seam to standings: what people are to rooms, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.room_access import Standing


class Standings(Protocol):
    """Rows of standings. Whoever changes one holds the room's lock."""

    async def get(self, room: RoomId, user: UserId) -> Standing | None: ...
    async def put(self, standing: Standing) -> None:
        """Add the standing, or replace the one that there is."""

    async def remove(self, room: RoomId, user: UserId) -> None: ...
    async def of_room(self, room: RoomId) -> Sequence[Standing]:
        """Return every standing in the room, those that are over too."""

    async def appointed(self, room: RoomId) -> Sequence[Standing]:
        """Return those whom the owner has appointed, by their ids."""

    async def banned(self, room: RoomId, now: datetime, after: UserId, limit: int) -> Sequence[Standing]:
        """Return who is banned from the room now, by their ids, those behind ``after``."""

    async def muted(self, room: RoomId, now: datetime, after: UserId, limit: int) -> Sequence[Standing]:
        """Return who is muted in the room now, by their ids, those behind ``after``."""

    async def count(self, room: RoomId) -> int: ...
    async def drop_over(self, room: RoomId, now: datetime, limit: int) -> int:
        """Drop standings of the room that mean nothing any more; return how many."""

    async def rooms_of(self, user: UserId) -> Sequence[RoomId]:
        """Return the rooms in which a user has a standing."""
