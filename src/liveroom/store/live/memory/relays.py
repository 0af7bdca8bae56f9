"""The relays of a single process: every bucket is its own."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from liveroom.domain.ids import ROOM_BUCKETS, RoomId

_ALL: Final = frozenset(range(ROOM_BUCKETS))


class MemoryRelays:
    """See ``ports.Relays``."""

    def __init__(self, of_bucket: Callable[[int], Awaitable[Sequence[RoomId]]]) -> None:
        self._of_bucket = of_bucket

    async def claim(self, who: str) -> frozenset[int]:
        return _ALL

    async def give_back(self, who: str) -> None:
        """Nobody else is there."""

    async def rooms(self, buckets: Iterable[int]) -> Sequence[RoomId]:
        return [room for bucket in buckets for room in await self._of_bucket(bucket)]
