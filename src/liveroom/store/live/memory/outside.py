"""Outside sources in memory. What reports make of them says ``domain.presence.sightings``; what they hold,
``user_records.UserRecord``.
"""

from collections.abc import Sequence

from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.outside import Sighting
from liveroom.domain.presence.sightings import received
from liveroom.ports import Clock
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.rooms import MemoryRooms
from liveroom.store.live.memory.user_buckets import UserBucket
from liveroom.store.live.memory.user_records import UserRecord
from liveroom.store.live.memory.users import MemoryUsers


class MemoryOutside:
    """``ports.OutsideStore``."""

    def __init__(self, users: MemoryUsers, rooms: MemoryRooms, clock: Clock) -> None:
        self._users = users
        self._rooms = rooms
        self._clock = clock

    async def receive(self, sightings: Sequence[Sighting]) -> None:
        for word in sightings:
            self._receive(await self._users.ready(word.user), word, read(self._clock))

    def _receive(self, bucket: UserBucket, word: Sighting, now: int) -> None:
        record = bucket.users.get(word.user) or UserRecord()
        had = record.counts()
        record.outside = received(record.outside, word, now)
        if record.is_empty():
            return
        bucket.users[word.user] = record
        if record.counts() and not had:
            record.since = now
            bucket.online += 1
        bucket.arm(word.user, record, record.next_look(self._users.waits, bucket.hold))

    async def seen(self, entries: Sequence[PresenceEntry]) -> Sequence[PresenceEntry]:
        return [
            entry
            for entry in entries
            if (record := await self._users.record(entry.user)) and record.sees(entry.room, read(self._clock))
        ]

    async def spare(self, entries: Sequence[PresenceEntry]) -> None:
        for entry in entries:
            await self._users.spare(entry)

    async def unspared(self, entries: Sequence[PresenceEntry]) -> Sequence[PresenceEntry]:
        """Let those of the presence entries stay whose user is subscribed to the room; return the others."""
        over: list[PresenceEntry] = []
        for entry in entries:
            room = await self._rooms.record(entry.room)
            if room is not None and room.subscribers.has(entry.user):
                await self._users.spare(entry)
            else:
                over.append(entry)
        return over
