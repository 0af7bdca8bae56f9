"""How many rooms are live and how many people are in them, by tenant: some buckets at a time.

To count 10,000 rooms at once takes a process some 50 ms; a fifth of them each second, a hundredth of its time. So the
sums are up to five seconds old.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest
from typing import Final

from liveroom.domain.ids import ROOM_BUCKETS, TenantName, room_bucket
from liveroom.domain.operators.overview import RoomTotals
from liveroom.ports import Clock, Live, RoomSize

TOP: Final = 10
"""Rooms that an overview names."""
_PART: Final = 52
"""Buckets that are counted at a time: all of them in five seconds."""
_PAUSE: Final = timedelta(milliseconds=800)
_STALE: Final = timedelta(seconds=15)
"""After so long without a look all of them are counted anew."""


@dataclass(slots=True)
class RoomSurvey:
    """The newest counts of each bucket."""

    live: Live
    clock: Clock
    _found: dict[int, Mapping[TenantName, RoomTotals]] = field(default_factory=dict)
    _next: int = 0
    _looked: datetime | None = None

    async def go_on(self) -> None:
        """Count some buckets; all of them where nobody has looked for a while. Raises ``LiveUnavailable``."""
        now = self.clock.now()
        if self._looked is not None and timedelta(0) <= now - self._looked < _PAUSE:
            return
        if self._looked is None or not timedelta(0) <= now - self._looked < _STALE:
            await self._count(range(ROOM_BUCKETS))
        else:
            await self._count([bucket % ROOM_BUCKETS for bucket in range(self._next, self._next + _PART)])
            self._next = (self._next + _PART) % ROOM_BUCKETS
        self._looked = now

    async def _count(self, buckets: Sequence[int]) -> None:
        found: dict[int, list[RoomSize]] = {bucket: [] for bucket in buckets}
        for size in await self.live.sizes.of(buckets):
            found[room_bucket(size.room)].append(size)
        self._found |= {bucket: _by_tenant(sizes) for bucket, sizes in found.items()}

    def totals(self, tenant: TenantName | None) -> RoomTotals:
        """Return the sums of a tenant, or for None of all."""
        several = [
            totals
            for found in self._found.values()
            for name, totals in found.items()
            if tenant is None or name == tenant
        ]
        return _together(several)

    def tenants(self) -> frozenset[TenantName]:
        """Return the tenants that have live rooms."""
        return frozenset(name for found in self._found.values() for name in found)


def _by_tenant(sizes: Iterable[RoomSize]) -> Mapping[TenantName, RoomTotals]:
    rooms: dict[TenantName, list[RoomSize]] = {}
    for size in sizes:
        rooms.setdefault(size.tenant, []).append(size)
    return {
        tenant: RoomTotals(
            len(some),
            sum(size.members for size in some),
            [(size.room, size.members) for size in nlargest(TOP, some, key=lambda size: size.members)],
        )
        for tenant, some in rooms.items()
    }


def _together(several: Iterable[RoomTotals]) -> RoomTotals:
    some = list(several)
    top = nlargest(TOP, (room for totals in some for room in totals.top), key=lambda room: room[1])
    return RoomTotals(sum(totals.rooms for totals in some), sum(totals.viewers for totals in some), top)
