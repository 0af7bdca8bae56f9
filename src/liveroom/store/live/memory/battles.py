"""Battles in memory: `ports.LiveBattles`."""

from collections.abc import Mapping, Sequence

from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import RoomId, TenantName
from liveroom.ports import Clock, CountedLive
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.room_publisher import RoomPublisher
from liveroom.store.live.memory.rooms import MemoryRooms


class MemoryBattles:
    """Keeps scores and likes at the room's record."""

    def __init__(self, rooms: MemoryRooms, publisher: RoomPublisher, clock: Clock) -> None:
        self._rooms = rooms
        self._publisher = publisher
        self._clock = clock

    async def tell(self, room: RoomId, tenant: TenantName, battle: str, version: int, data: bytes) -> None:
        record = await self._rooms.record(room)
        if record is None or record.tenant != tenant:
            return
        running = record.options.battle
        if running is None or not running.is_running or running.id != battle:
            return
        told = record.battle_of(battle)
        if told.version > version or told.data == data:
            return
        told.version, told.data = version, data
        self._publisher.announce(record, Announcement("", EventKind.BATTLE_SCORE, data, paced=True), read(self._clock))

    async def read(self, rooms: Sequence[RoomId], battle: str) -> Mapping[RoomId, CountedLive]:
        found = {}
        for room in rooms:
            record = await self._rooms.record(room)
            known = None if record is None else record.told_battle
            has = known is not None and known.id == battle
            found[room] = CountedLive(known.likes, known.data) if known is not None and has else CountedLive()
        return found
