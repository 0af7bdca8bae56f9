"""Battles on Redis: `ports.LiveBattles`. The rules are in ``lua/tell_battle.lua`` and ``lua/like.lua``."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from liveroom.domain.ids import RoomId, TenantName
from liveroom.ports import CountedLive
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import RoomKeys
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.schema.arguments.battles import TellBattleArguments
from liveroom.store.live.redis.schema.kept import BattleRow

_decode: Final = msgspec.msgpack.Decoder(BattleRow).decode
_NOTHING: Final = BattleRow("", 0, 0, "")


class RedisBattles:
    """Tells of scores; ``pacing`` is told what waits to be published."""

    def __init__(self, core: RedisCore, pacing: Pacing) -> None:
        self._core = core
        self._pacing = pacing

    async def tell(self, room: RoomId, tenant: TenantName, battle: str, version: int, data: bytes) -> None:
        args = TellBattleArguments(tenant=tenant, battle=battle, version=version, data=data)
        self._pacing.gathered(room, await self._core.members("tell_battle", room, *args))

    async def read(self, rooms: Sequence[RoomId], battle: str) -> Mapping[RoomId, CountedLive]:
        found = await asyncio.gather(*map(self._read, rooms))
        return {
            room: row.value() if row.id == battle else CountedLive() for room, row in zip(rooms, found, strict=True)
        }

    async def _read(self, room: RoomId) -> BattleRow:
        keys = RoomKeys(room)
        packed = await self._core.in_room_bucket("read_battle", keys.number, (keys.facts, keys.room))
        return _NOTHING if packed is None else _decode(packed)


def read_told_score(packed: bytes) -> bytes | None:
    """Return the scores that a room was told last."""
    return _decode(packed).value().told
