"""Known addresses on Redis: `ports.KnownAddresses`, each part of the filter a string of bits."""

from typing import Final

from liveroom import deadlines
from liveroom.domain.moments import milliseconds
from liveroom.domain.parts import parts
from liveroom.store.live.address_filter import HALF, half_of, spot_of
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import known_addresses_key
from liveroom.store.live.redis.limits import TIMEOUT
from liveroom.store.live.redis.schema.arguments.buckets import NoteAddressesArguments

_WAITING_MAX: Final = 16_384
"""Pairs that wait for Redis; while it is down for long, further ones are not noted."""
_AT_ONCE: Final = 200


class RedisKnownAddresses:
    """Two halves of a filter, each in parts that end by themselves."""

    def __init__(self, core: RedisCore) -> None:
        self._core = core
        self._waiting: set[str] = set()

    async def knows(self, pair: str) -> bool:
        half, spot = half_of(self._core.clock.now()), spot_of(pair)
        keys = (known_addresses_key(spot.part, half), known_addresses_key(spot.part, half - 1))
        with deadlines.at_most(TIMEOUT):
            return bool(await self._core.caller.run("knows_address", keys, *spot.bits))

    def note(self, pair: str) -> None:
        if len(self._waiting) < _WAITING_MAX:
            self._waiting.add(pair)

    async def flush(self) -> None:
        """Write what waits; what cannot be written waits on. Raises ``LiveUnavailable``."""
        half = half_of(self._core.clock.now())
        by_part: dict[int, list[str]] = {}
        for pair in self._waiting:
            by_part.setdefault(spot_of(pair).part, []).append(pair)
        for part, pairs in by_part.items():
            for some in parts(pairs, _AT_ONCE):
                bits = [bit for pair in some for bit in spot_of(pair).bits]
                key = known_addresses_key(part, half)
                args = NoteAddressesArguments(lasts=milliseconds(2 * HALF))
                await self._core.caller.run("note_addresses", (key,), *args, *bits)
                self._waiting.difference_update(some)
