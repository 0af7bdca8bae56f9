"""What is counted in activities, on Redis: `ports.LiveActivities`. The rules are in ``lua/tell_tally.lua``."""

from collections.abc import Mapping
from typing import Final

import msgspec

from liveroom.domain.ids import RoomId, TenantName
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.schema.arguments.activities import TellTallyArguments
from liveroom.store.live.redis.schema.kept import TallyRow

_decode: Final = msgspec.msgpack.Decoder(tuple[TallyRow, ...]).decode


class RedisActivities:
    """Tells rooms of it; ``pacing`` is told what waits to be published."""

    def __init__(self, core: RedisCore, pacing: Pacing) -> None:
        self._core = core
        self._pacing = pacing

    async def tell(self, room: RoomId, tenant: TenantName, activity: str, votes: int, data: bytes) -> None:
        args = TellTallyArguments(tenant=tenant, activity=activity, votes=votes, data=data)
        self._pacing.gathered(room, await self._core.members("tell_tally", room, *args))


def read_tallies(packed: bytes) -> Mapping[str, bytes]:
    """Return what a room was told last of each of its activities."""
    return {row.activity: row.data.encode() for row in _decode(packed)}
