"""Known addresses in memory: `ports.KnownAddresses`. They are forgotten with the process."""

from liveroom.ports import Clock, Known
from liveroom.store.live.address_filter import PART_BITS, half_of, spot_of


class KnownAddresses:
    """Two halves of a filter; a part begins with its first pair."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._parts: dict[tuple[int, int], bytearray] = {}

    async def recall(self, pair: str) -> Known:
        half = half_of(self._clock.now())
        if self._has(half, pair):
            return Known.LATELY
        return Known.BEFORE if self._has(half - 1, pair) else Known.NO

    async def note(self, pair: str) -> None:
        half, spot = half_of(self._clock.now()), spot_of(pair)
        for old in [key for key in self._parts if key[0] < half - 1]:
            del self._parts[old]
        part = self._parts.setdefault((half, spot.part), bytearray())
        if not part:
            part.extend(bytes(PART_BITS // 8))
        for bit in spot.bits:
            part[bit >> 3] |= 1 << (bit & 7)

    def _has(self, half: int, pair: str) -> bool:
        spot = spot_of(pair)
        part = self._parts.get((half, spot.part))
        return part is not None and all(part[bit >> 3] >> (bit & 7) & 1 for bit in spot.bits)
