"""Gifts in memory: `ports.LiveGifts`."""

from collections.abc import Sequence

from liveroom.domain.gifts.events import GiftBatch, GiftRank, GiftTotals
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.rooms.model import present_room
from liveroom.ports import Clock
from liveroom.store.live.memory.gift_counts import GiftCounts, ranking
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.room_publisher import RoomPublisher
from liveroom.store.live.memory.rooms import MemoryRooms


class MemoryGifts:
    """Counts gifts at the room's record."""

    def __init__(self, rooms: MemoryRooms, publisher: RoomPublisher, clock: Clock) -> None:
        self._rooms = rooms
        self._publisher = publisher
        self._clock = clock

    async def tell(self, batch: GiftBatch) -> GiftTotals | None:
        room = await self._rooms.record(batch.room)
        if room is None or (room.tenant, room.broadcast) != (batch.tenant, batch.broadcast):
            return None
        now = read(self._clock)
        if room.log.gifts.take(batch, now):
            self._publisher.give(room, () if batch.late else batch.gifts, now)
        return room.log.gifts.totals

    async def totals(self, room: RoomId, tenant: TenantName) -> GiftTotals:
        return (await self._of(room, tenant)).totals

    async def senders(self, room: RoomId, tenant: TenantName, limit: int) -> Sequence[GiftRank]:
        return ranking((await self._of(room, tenant)).senders, limit)

    async def receivers(self, room: RoomId, tenant: TenantName, limit: int) -> Sequence[GiftRank]:
        return ranking((await self._of(room, tenant)).receivers, limit)

    async def _of(self, room: RoomId, tenant: TenantName) -> GiftCounts:
        return present_room(await self._rooms.record(room), tenant).log.gifts
