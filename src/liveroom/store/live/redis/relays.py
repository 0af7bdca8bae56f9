"""The relays of any number of processes: one key says whose each bucket is, and which processes are there."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import ROOM_BUCKETS, RoomId
from liveroom.domain.moments import milliseconds
from liveroom.ports.relays import RELAY_LEASE
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import RELAYS, ROOMS
from liveroom.store.live.redis.schema.arguments.buckets import ClaimRelaysArguments, WalkArguments

_PART: Final = 200


class RedisRelays:
    """See ``ports.Relays``."""

    def __init__(self, core: RedisCore) -> None:
        self._core = core

    async def claim(self, who: str) -> frozenset[int]:
        return frozenset(int(bucket) for bucket in await self._share(who, milliseconds(RELAY_LEASE)))

    async def give_back(self, who: str) -> None:
        await self._share(who, 0)

    async def _share(self, who: str, lease: int) -> Sequence[bytes]:
        """Let a process be there for so long; return its buckets."""
        args = ClaimRelaysArguments(who=who, lease=lease, buckets=ROOM_BUCKETS)
        held: Sequence[bytes] = await self._core.caller.run("claim_relays", (RELAYS,), self._core.offset(), *args)
        return held

    async def rooms(self, buckets: Iterable[int]) -> Sequence[RoomId]:
        answers = await asyncio.gather(*(self._rooms_unless_down(bucket) for bucket in buckets))
        down = [answer for answer in answers if isinstance(answer, LiveUnavailable)]
        if down and len(down) == len(answers):
            raise down[0]
        return [room for answer in answers if not isinstance(answer, LiveUnavailable) for room in answer]

    async def _rooms_unless_down(self, bucket: int) -> Sequence[RoomId] | LiveUnavailable:
        try:
            return await self._rooms(bucket)
        except LiveUnavailable as failure:
            return failure

    async def _rooms(self, bucket: int) -> Sequence[RoomId]:
        found: list[RoomId] = []
        keys, cursor = ROOMS[bucket], b""
        while cursor != b"0":
            read, walk = (keys.facts, keys.rooms), WalkArguments(cursor=cursor or b"0", most=_PART)
            cursor, rooms = await self._core.in_room_bucket("walk_rooms", bucket, read, *walk)
            found += [RoomId(room.decode()) for room in rooms]
        return found
