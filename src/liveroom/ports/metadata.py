"""The seams to the metadata of rooms: rows in SQL, and what a live room's members read."""

from typing import Protocol

from liveroom.domain.events.model import Announcement
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.metadata import Metadata, MetadataRow


class MetadataRows(Protocol):
    """One row a room. Whoever changes it holds the room's lock."""

    async def get(self, room: RoomId) -> MetadataRow | None: ...
    async def put(self, row: MetadataRow) -> None:
        """Add the row, or replace the one that there is."""


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
