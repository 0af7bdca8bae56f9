"""The SQL seams of telling many people of a room: occasions, and who wants to be reminded of a broadcast."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.alerts import RoomAlert
from liveroom.domain.rooms.paging import UserMark


class RoomAlertRows(Protocol):
    """Occasions of which people are being told."""

    async def add(self, alert: RoomAlert) -> None:
        """Add one; it takes the place of another of its key."""

    async def due(self, now: datetime, limit: int) -> Sequence[RoomAlert]:
        """Return what is to go on, that first which waits longest."""

    async def put(self, seen: RoomAlert, new: RoomAlert) -> bool:
        """Write how far it is and when it goes on, if it still is as it was seen; say whether it was.

        Of several processes that have seen the same one does it, if something changes by it.
        """

    async def end(self, alert: RoomAlert) -> None: ...


class Reminder(NamedTuple):
    """That a user wants to be reminded of a room's broadcast."""

    room: RoomId
    at: datetime
    """Since when."""


class ReminderRows(Protocol):
    """Who wants to be reminded of the broadcast that is scheduled in a room."""

    async def add(self, room: RoomId, user: UserId, at: datetime) -> None:
        """Add one, unless it is there."""

    async def remove(self, room: RoomId, user: UserId) -> None: ...
    async def has(self, room: RoomId, user: UserId) -> bool: ...
    async def count(self, room: RoomId, limit: int) -> int:
        """Return how many there are of a room, and of more than ``limit`` only that."""

    async def count_of(self, user: UserId) -> int:
        """Return how many a user has."""

    async def of(self, user: UserId, before: tuple[datetime, RoomId] | None, limit: int) -> Sequence[Reminder]:
        """Return a user's, the newest first: those before a place (None: from the newest on)."""

    async def page(self, room: RoomId, behind: UserMark, until: datetime | None, limit: int) -> Sequence[UserMark]:
        """Return who is to be reminded, those first who have asked first: behind a place, and since no later time."""

    async def spend(self, room: RoomId, until: UserMark | None) -> None:
        """Remove those of a room up to a place, it too; None: all."""
