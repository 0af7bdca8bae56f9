"""Known addresses on Redis: `ports.KnownAddresses`, each part of the filter a string of bits."""

from liveroom.ports import Known
from liveroom.store.live.address_filter import HALF, half_of, spot_of
from liveroom.store.live.redis.core import Core
from liveroom.store.live.redis.keys import known_addresses_key
from liveroom.store.live.redis.records import milliseconds


class KnownAddresses:
    """Two halves of a filter, each in parts that end by themselves."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def recall(self, pair: str) -> Known:
        half, spot = half_of(self._core.clock.now()), spot_of(pair)
        keys = (known_addresses_key(spot.part, half), known_addresses_key(spot.part, half - 1))
        return Known(await self._core.caller.run("recall_address", keys, *spot.bits))

    async def note(self, pair: str) -> None:
        half, spot = half_of(self._core.clock.now()), spot_of(pair)
        key = known_addresses_key(spot.part, half)
        await self._core.caller.run("note_address", (key,), milliseconds(2 * HALF), *spot.bits)
