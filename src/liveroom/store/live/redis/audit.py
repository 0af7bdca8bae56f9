"""The audit: members whose user's record does not name their place, so that nothing would ever end it."""

import asyncio
from collections.abc import Sequence
from typing import Final

from liveroom.domain.ids import ROOM_BUCKETS, RoomId, UserId
from liveroom.domain.members import Place
from liveroom.domain.parts import parts
from liveroom.store.live.redis.core import Core
from liveroom.store.live.redis.keys import ROOMS, room_keys
from liveroom.store.live.redis.records import read_member
from liveroom.store.live.redis.users import Users

_PART: Final = 200
_ROOMS_AT_ONCE: Final = 50
"""Rooms whose reads travel together: one by one, those of 100,000 rooms took a twentieth of a processor."""


class Audit:
    """Goes round all room buckets, some at each call."""

    def __init__(self, core: Core, users: Users) -> None:
        self._core = core
        self._users = users
        self._next = 0

    async def go_on(self, buckets: int) -> Sequence[Place]:
        """Look through the next buckets; return the places that no record names."""
        found: list[Place] = []
        for bucket in range(self._next, self._next + buckets):
            for some in parts(await self._rooms(bucket % ROOM_BUCKETS), _ROOMS_AT_ONCE):
                for places in await asyncio.gather(*(self._walk(room) for room in some)):
                    found += places
        self._next = (self._next + buckets) % ROOM_BUCKETS
        return found

    async def _rooms(self, bucket: int) -> Sequence[RoomId]:
        found: list[RoomId] = []
        keys, cursor = ROOMS[bucket], b""
        while cursor != b"0":
            read = (keys.facts, keys.rooms)
            cursor, rooms = await self._core.in_room_bucket("walk_rooms", bucket, read, cursor or b"0", _PART)
            found += [RoomId(room.decode()) for room in rooms]
        return found

    async def _walk(self, room: RoomId) -> Sequence[Place]:
        found: list[Place] = []
        keys, cursor = room_keys(room), b""
        while cursor != b"0":
            read = (keys.facts, keys.members)
            answer = await self._core.in_room_bucket("walk_members", keys.number, read, cursor or b"0", _PART)
            cursor, pairs = answer
            found += await self._unnamed(room, pairs)
        return found

    async def _unnamed(self, room: RoomId, pairs: Sequence[bytes]) -> Sequence[Place]:
        """Return those places of members that their users' records do not name.

        A record names a place before the room has it, and these records are read later than the members.
        """
        places: list[Place] = []
        for user, packed in zip(pairs[::2], pairs[1::2], strict=True):
            places += read_member(packed).named(UserId(user.decode()), room)
        records = await self._users.records([place.user for place in places])
        named = {user: {place.id for place in row.places} for user, (row, _) in records.items()}
        return [place for place in places if place.id not in named.get(place.user, ())]
