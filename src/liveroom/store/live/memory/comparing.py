"""Compares the index of a single process with its members."""

import asyncio
from collections.abc import Sequence

from liveroom.domain.ids import ROOM_BUCKETS, RoomId
from liveroom.domain.presence.members import PresenceEntry
from liveroom.ports import Difference, Repair, SeenOutside
from liveroom.store.live.judging import Named, judged
from liveroom.store.live.memory.rooms import MemoryRooms
from liveroom.store.live.memory.users import MemoryUsers


class MemoryComparing:
    """See ``ports.Comparing``."""

    def __init__(self, users: MemoryUsers, rooms: MemoryRooms) -> None:
        self._users = users
        self._rooms = rooms

    async def claim(self, who: str) -> str | None:
        return ""

    async def differences(self, part: int) -> Sequence[Difference]:
        if part < ROOM_BUCKETS:
            return [one for entry in await self._rooms.walk(part) for one in await self._compared(entry)]
        found: list[Difference] = []
        for entry in await self._users.walk(part - ROOM_BUCKETS):
            room = await self._rooms.record(entry.room)
            if room is not None and not await self._holds(entry):
                found.append(Difference(entry, Repair.DROP))
        await asyncio.sleep(0)
        return found

    async def rooms(self, bucket: int) -> Sequence[RoomId]:
        return await self._rooms.of_bucket(bucket)

    async def seen(self, bucket: int) -> Sequence[SeenOutside]:
        return await self._users.seen(bucket)

    async def _compared(self, entry: PresenceEntry) -> Sequence[Difference]:
        index = [
            Named(known.value(entry.user), known.replaced_by, known.going > 0)
            for known in await self._users.known_entries(entry.user)
        ]
        vouched = any(
            source.alive and source.vouches_for(entry.session, entry.room)
            for source in await self._users.sources(entry.user)
        )
        repair, heir = judged(entry, index, reloaded=False, vouched=vouched)
        if repair is None or (heir is not None and not await self._holds(heir)):
            return ()
        return [Difference(entry, repair)]

    async def _holds(self, entry: PresenceEntry) -> bool:
        room = await self._rooms.record(entry.room)
        member = None if room is None else room.members.get(entry.user)
        return member is not None and (entry.session, entry.id) in member.entries
