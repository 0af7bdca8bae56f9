"""How many people are in rooms, bucket by bucket."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.parts import parts
from liveroom.ports.sizes import RoomSize
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import ROOMS, RoomKeys
from liveroom.store.live.redis.relays import RedisRelays

_WAVE: Final = 32
"""Buckets that are counted at a time."""
_PART: Final = 200
"""Rooms of a bucket that one script counts."""


class RedisRoomSizes:
    """See ``ports.RoomSizes``."""

    def __init__(self, core: RedisCore, relays: RedisRelays) -> None:
        self._core = core
        self._relays = relays

    async def of(self, buckets: Iterable[int]) -> Sequence[RoomSize]:
        found: list[RoomSize] = []
        for wave in parts(list(buckets), _WAVE):
            for sizes in await asyncio.gather(*map(self._in, wave)):
                found += sizes
        return found

    async def _in(self, bucket: int) -> Sequence[RoomSize]:
        found: list[RoomSize] = []
        for some in parts(await self._relays.rooms([bucket]), _PART):
            keys = [key for room in map(RoomKeys, some) for key in (room.room, room.members)]
            read = (ROOMS[bucket].facts,)
            answer = await self._core.in_room_bucket("count_members", bucket, read, *keys, more=len(keys))
            found += _read(some, answer)
        return found


def _read(rooms: Sequence[RoomId], answer: Sequence[bytes | int | None]) -> Sequence[RoomSize]:
    pairs = zip(rooms, answer[::2], answer[1::2], strict=True)
    return [
        RoomSize(room, TenantName(tenant.decode()), int(members or 0))
        for room, tenant, members in pairs
        if isinstance(tenant, bytes)
    ]
