"""Known addresses in memory: `ports.KnownAddresses`. They are forgotten with the process."""

from liveroom.ports import Clock
from liveroom.store.live.address_filter import PART_BITS, half_of, spot_of


class MemoryKnownAddresses:
    """Two halves of a filter; a part begins with its first pair."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._parts: dict[tuple[int, int], bytearray] = {}

    async def knows(self, pair: str) -> bool:
        half, spot = half_of(self._clock.now()), spot_of(pair)
        parts = (self._parts.get((half, spot.part)), self._parts.get((half - 1, spot.part)))
        return any(all(part[bit >> 3] >> (bit & 7) & 1 for bit in spot.bits) for part in parts if part is not None)

    def note(self, pair: str) -> None:
        half, spot = half_of(self._clock.now()), spot_of(pair)
        part = self._parts.get((half, spot.part))
        if part is None:
            self._parts = {key: kept for key, kept in self._parts.items() if key[0] >= half - 1}
            part = self._parts[half, spot.part] = bytearray(PART_BITS // 8)
        for bit in spot.bits:
            part[bit >> 3] |= 1 << (bit & 7)
