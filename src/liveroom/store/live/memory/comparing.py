"""Compares the index of a single process with its members."""

import asyncio
from collections.abc import Sequence

from liveroom.domain.ids import ROOM_BUCKETS
from liveroom.domain.members import Place
from liveroom.ports import Difference, Repair
from liveroom.store.live.judging import Named, judged
from liveroom.store.live.memory.rooms import MemoryRooms
from liveroom.store.live.memory.users import MemoryUsers


class MemoryComparing:
    """See ``ports.MemoryComparing``."""

    def __init__(self, users: MemoryUsers, rooms: MemoryRooms) -> None:
        self._users = users
        self._rooms = rooms

    async def claim(self, who: str) -> str | None:
        return ""

    async def differences(self, part: int) -> Sequence[Difference]:
        if part < ROOM_BUCKETS:
            return [one for place in await self._rooms.walk(part) for one in await self._compared(place)]
        found: list[Difference] = []
        for place in await self._users.walk(part - ROOM_BUCKETS):
            room = await self._rooms.record(place.room)
            if room is not None and not await self._holds(place):
                found.append(Difference(place, Repair.DROP))
        await asyncio.sleep(0)
        return found

    async def _compared(self, place: Place) -> Sequence[Difference]:
        index = [
            Named(known.value(place.user), known.superseded_by, known.going > 0)
            for known in await self._users.known_places(place.user)
        ]
        vouched = any(
            source.alive and source.vouches_for(place.session, place.room)
            for source in await self._users.sources(place.user)
        )
        repair, heir = judged(place, index, reloaded=False, vouched=vouched)
        if repair is None or (heir is not None and not await self._holds(heir)):
            return ()
        return [Difference(place, repair)]

    async def _holds(self, place: Place) -> bool:
        room = await self._rooms.record(place.room)
        member = None if room is None else room.members.get(place.user)
        return member is not None and (place.session, place.id) in member.places
