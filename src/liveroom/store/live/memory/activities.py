"""What is counted in activities, in memory: `ports.LiveActivities`."""

from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import RoomId, TenantName
from liveroom.ports import Clock
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.room_publisher import RoomPublisher
from liveroom.store.live.memory.room_records import ToldTally
from liveroom.store.live.memory.rooms import MemoryRooms


class MemoryActivities:
    """Keeps it at the room's record."""

    def __init__(self, rooms: MemoryRooms, publisher: RoomPublisher, clock: Clock) -> None:
        self._rooms = rooms
        self._publisher = publisher
        self._clock = clock

    async def tell(self, room: RoomId, tenant: TenantName, activity: str, votes: int, data: bytes) -> None:
        record = await self._rooms.record(room)
        if record is None or record.tenant != tenant:
            return
        running = {one.id for one in record.options.activities}
        if activity not in running:
            return
        known = record.tallies.get(activity)
        if known is not None and (known.votes > votes or known.data == data):
            return
        kept = {id: tally for id, tally in record.tallies.items() if id in running}
        record.tallies = {**kept, activity: ToldTally(votes, data)}
        news = Announcement("", EventKind.ACTIVITY_TALLY, data, paced=True)
        self._publisher.announce(record, news, read(self._clock))
