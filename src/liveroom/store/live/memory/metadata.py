"""Metadata of live rooms: `ports.LiveMetadata` in memory."""

from liveroom.domain.errors import NotInRoom
from liveroom.domain.events.model import Announcement
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.metadata import Metadata
from liveroom.domain.rooms.model import present_room
from liveroom.ports import Clock
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.room_publisher import RoomPublisher
from liveroom.store.live.memory.rooms import MemoryRooms


class MemoryMetadata:
    """Reads and keeps it, at the room's record."""

    def __init__(self, rooms: MemoryRooms, publisher: RoomPublisher, clock: Clock) -> None:
        self._rooms = rooms
        self._publisher = publisher
        self._clock = clock

    async def read(self, tenant: TenantName, room: RoomId, user: UserId) -> Metadata | None:
        record = present_room(await self._rooms.record(room), tenant)
        if user not in record.members:
            raise NotInRoom
        return record.metadata

    async def put(
        self, room: RoomId, broadcast: BroadcastId, metadata: Metadata, announcement: Announcement | None = None
    ) -> None:
        record = await self._rooms.record(room)
        if record is None or record.broadcast != broadcast:
            return
        kept = record.metadata
        if kept is not None and kept.version > metadata.version:
            return
        record.metadata = metadata
        if announcement is not None and record.announced_metadata < metadata.version:
            record.announced_metadata = metadata.version
            self._publisher.announce(record, announcement, read(self._clock))
