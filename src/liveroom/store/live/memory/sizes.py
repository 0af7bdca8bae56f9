"""How many people are in rooms, in memory."""

from collections.abc import Iterable, Sequence

from liveroom.ports.sizes import RoomSize
from liveroom.store.live.memory.rooms import MemoryRooms


class MemoryRoomSizes:
    """See ``ports.RoomSizes``."""

    def __init__(self, rooms: MemoryRooms) -> None:
        self._rooms = rooms

    async def of(self, buckets: Iterable[int]) -> Sequence[RoomSize]:
        found: list[RoomSize] = []
        for bucket in buckets:
            for room in await self._rooms.of_bucket(bucket):
                if (record := self._rooms.known(room)) is not None:
                    found.append(RoomSize(room, record.tenant, len(record.members)))
        return found
