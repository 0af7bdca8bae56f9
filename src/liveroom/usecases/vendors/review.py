"""Repairs what no transaction asked for: a vendor was switched on, a process of an older release closed a room.

Live rooms are compared with what the work has achieved, some buckets at a time. Which ones follows from the time, so
that short-lived processes cover all of them as long-lived ones do.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from liveroom.domain.ids import ROOM_BUCKETS, TenantName
from liveroom.domain.rooms.model import Room
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Key, Matter, Vendor, Work
from liveroom.ports import Clock, Database, VendorsOf
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.vendors.message_work import wanted_group

EVERY: Final = timedelta(seconds=5)
REVIEWED: Final = 5
"""Buckets at a time: every five seconds, all of them come round in under five minutes."""
TICK_EVERY: Final = timedelta(seconds=60)
TICK_REVIEWED: Final = 52
FAILED_AGAIN: Final = timedelta(hours=1)
"""After so long it is tried again what was given up: somebody may have bought a package."""
_FAILED_AT_ONCE: Final = 100
_LEASE: Final = "vendors"


@dataclass(frozen=True, slots=True)
class VendorReview:
    """Compares groups with rooms."""

    db: Database
    clock: Clock
    tenants: Tenancy
    vendors_of: VendorsOf
    _holder: str = field(default_factory=lambda: secrets.token_hex(8))

    async def run(self, every: timedelta = EVERY, buckets: int = REVIEWED) -> int:
        """Look through the buckets whose turn it is, unless another process does; return what was found wrong."""
        if not any(self.vendors_of(tenant) for tenant in self.tenants.all()):
            return 0
        now = self.clock.now()
        if not await self.db.leases.claim(_LEASE, self._holder, now, now + every):
            return 0
        first = int(now.timestamp() // every.total_seconds()) * buckets
        found = sum([await self._bucket((first + step) % ROOM_BUCKETS) for step in range(buckets)])
        return found + await self._try_failed_again()

    async def _bucket(self, bucket: int) -> int:
        rooms = {str(room.id): room for room in await self.db.rooms.live_in_bucket(bucket)}
        rows = {work.key.subject: work for work in await self.db.vendor_work.of_rooms(bucket)}
        wrong = {id: room.tenant for id, room in rooms.items() if self._lacks(room, rows)}
        wrong |= {id: work.tenant for id, work in rows.items() if id not in rooms and self._is_left(work)}
        for id, name in wrong.items():
            await self.db.vendor_work.want(Key(Vendor.IM, Matter.ROOM, id), name, self.clock.now())
        return len(wrong)

    def _lacks(self, room: Room, rows: Mapping[str, Work]) -> bool:
        """Say whether a live room has no group as it should be, and nobody is about to make it."""
        tenant, work = self._served(room.tenant), rows.get(room.id)
        if tenant is None or (work is not None and _is_under_way(work)):
            return False
        return work is None or work.achieved != wanted_group(room, tenant)

    def _is_left(self, work: Work) -> bool:
        """Say whether the group of a room that is not live is still there, and nobody is about to end it."""
        return self._served(work.tenant) is not None and not _is_under_way(work)

    def _served(self, name: TenantName) -> Tenant | None:
        tenant = self.tenants.get(name)
        return tenant if tenant is not None and Vendor.IM in self.vendors_of(tenant) else None

    async def _try_failed_again(self) -> int:
        before = self.clock.now() - FAILED_AGAIN
        failed = await self.db.vendor_work.failed(_FAILED_AT_ONCE)
        old = [work for work in failed if work.failed is not None and work.failed < before]
        for work in old:
            await self.db.vendor_work.want(work.key, work.tenant, self.clock.now())
        return len(old)


def _is_under_way(work: Work) -> bool:
    return work.waits or work.failed is not None
