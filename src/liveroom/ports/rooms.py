"""The seams of rooms, beside their rows: scheduled broadcasts, metadata, what they are found by, and likes."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.events.model import Announcement
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.likes import LikeCall
from liveroom.domain.rooms.metadata import Metadata, MetadataRow
from liveroom.domain.rooms.model import Broadcast, Room
from liveroom.domain.rooms.schedules import Mark
from liveroom.domain.rooms.search import RoomTerm, SearchedRoom


class ScheduleRows(Protocol):
    """Finds scheduled rooms: reserved ones with a start, which ``RoomRows`` writes."""

    async def page(self, tenant: TenantName, category: str, after: Mark, until: datetime, limit: int) -> Sequence[Room]:
        """Return rooms that lists may show and that start until then, soonest first: those behind a place.

        ``category`` "" is all of them.
        """

    async def of(self, holder: UserId) -> Sequence[RoomId]:
        """Return the rooms that a user has scheduled."""

    async def overdue(self, before: datetime, limit: int) -> Sequence[RoomId]:
        """Return rooms of all tenants that were to start before that time and were not opened."""


class BroadcastRows(Protocol):
    """Looks up broadcasts, which ``RoomRows`` writes."""

    async def get(self, id: BroadcastId) -> Broadcast | None: ...
    async def of_room(self, room: RoomId, before: str, limit: int) -> Sequence[Broadcast]:
        """Return broadcasts of a room, the newest first: those begun before that one ("": all)."""

    async def of_owner(self, owner: UserId, before: str, limit: int) -> Sequence[Broadcast]:
        """Return the same of those that a user has opened."""


class MetadataRows(Protocol):
    """One row a room. Whoever changes it holds the room's lock."""

    async def get(self, room: RoomId) -> MetadataRow | None: ...
    async def put(self, row: MetadataRow) -> None:
        """Add the row, or replace the one that there is."""


class RoomTermRows(Protocol):
    """What rooms are found by: an index of words, beside the rooms' own rows."""

    async def searched(self, rooms: Collection[RoomId]) -> Sequence[SearchedRoom]:
        """Return those of the rooms that there are, as they are now."""

    async def hosted(self, owners: Collection[UserId]) -> Sequence[RoomId]:
        """Return the live rooms of these owners."""

    async def of(self, rooms: Collection[RoomId]) -> Sequence[RoomTerm]: ...
    async def put(self, terms: Collection[RoomTerm]) -> None:
        """Add terms; those that there are stay."""

    async def drop(self, terms: Collection[RoomTerm]) -> None: ...
    async def find(self, tenant: TenantName, word: str, limit: int) -> Sequence[RoomId]:
        """Return rooms with a term that begins with the word, by their terms: one for each such term."""

    async def among(self, rooms: Collection[RoomId], word: str) -> Collection[RoomId]:
        """Return those of the rooms that have a term which begins with the word."""


class LiveMetadata(Protocol):
    """The metadata of live rooms, kept beside them so that reading takes no SQL. Raises ``LiveUnavailable``."""

    async def read(self, tenant: TenantName, room: RoomId, user: UserId) -> Metadata | None:
        """Return it for a member; None: it is not kept here (yet, or any more), and SQL knows.

        Raises ``RoomNotFound``, ``NotInRoom``.
        """

    async def put(
        self, room: RoomId, broadcast: BroadcastId, metadata: Metadata, announcement: Announcement | None = None
    ) -> None:
        """Keep it unless a newer version is kept, or another broadcast runs.

        With ``announcement`` it is published to the room at once, unless this version or a newer one was.
        """


class LiveLikes(Protocol):
    """The likes of live rooms. What a broadcast has is in ``LiveRoom.likes``, and in the recovery store within a
    second.
    """

    async def add(self, like: LikeCall) -> int:
        """Count the likes once; return how many the broadcast has then. A batch that was counted before adds none.

        Returns when they are written, together with all that came for the room meanwhile: at most five times a second.
        Raises ``RoomNotFound``, ``NotInRoom``, ``RateLimited``, ``LiveUnavailable``.
        """
