"""The seam to access records: what people are to rooms, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.room_access import RoomAccess


class RoomAccessRows(Protocol):
    """Rows of access records. Whoever changes one holds the room's lock."""

    async def get(self, room: RoomId, user: UserId) -> RoomAccess | None: ...
    async def put(self, access: RoomAccess) -> None:
        """Add the access record, or replace the one that there is."""

    async def remove(self, room: RoomId, user: UserId) -> None: ...
    async def of_room(self, room: RoomId) -> Sequence[RoomAccess]:
        """Return every access record in the room, those that are over too."""

    async def appointed(self, room: RoomId) -> Sequence[RoomAccess]:
        """Return those whom the owner has appointed, by their ids."""

    async def banned(self, room: RoomId, now: datetime, after: UserId, limit: int) -> Sequence[RoomAccess]:
        """Return who is banned from the room now, by their ids, those behind ``after``."""

    async def muted(self, room: RoomId, now: datetime, after: UserId, limit: int) -> Sequence[RoomAccess]:
        """Return who is muted in the room now, by their ids, those behind ``after``."""

    async def count(self, room: RoomId) -> int: ...
    async def drop_over(self, room: RoomId, now: datetime, limit: int) -> int:
        """Drop expired access records of the room; return how many."""

    async def rooms_of(self, user: UserId) -> Sequence[RoomId]:
        """Return the rooms in which a user has an access record."""
