"""Queues work at vendors: in the transaction of the change that causes it, and later what no transaction asked for.

Without a vendor for the tenant nothing is written, and the transaction costs no more than before.

The review finds what is missing because a vendor was switched on, or a process of an older release closed a room. Live
rooms are compared with what the work has achieved, some buckets at a time. Which ones follows from the time, so that
short-lived processes cover all of them as long-lived ones do.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.accounts.users import User
from liveroom.domain.ids import ROOM_BUCKETS, RoomId, TenantName, UserId
from liveroom.domain.media.model import REMEMBERED, RemovedParticipant
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import Room
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Key, Matter, Vendor, Work, removal_from
from liveroom.ports import Clock, Database, Tx, VendorsOf
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.vendors.message_work import wanted_group

APPLIED: Final = timedelta(seconds=1)
"""After this delay the live store has what was committed: what somebody may send is read from there."""
EVERY: Final = timedelta(seconds=5)
"""Between two runs of the review."""
REVIEWED: Final = 5
"""Buckets at a time: every five seconds, all of them come round in under five minutes."""
TICK_EVERY: Final = timedelta(seconds=60)
TICK_REVIEWED: Final = 52
FAILED_AGAIN: Final = timedelta(hours=1)
"""After so long it is tried again what was given up: somebody may have bought a package."""
_FAILED_AT_ONCE: Final = 100
_LEASE: Final = "vendors"


@dataclass(frozen=True, slots=True)
class VendorTaskQueue:
    """Queues work, which ``PartitionWorkers`` do."""

    tenants: Tenancy
    vendors_of: VendorsOf
    takes_streams: bool = False
    """There is a server of streams: whoever has to leave a room stops pushing to it. Streams have their own list of
    what is to be done (``usecases.streams.due``)."""

    async def room_opened(self, tx: Tx, room: Room) -> None:
        await self._about_group(tx, room)

    async def room_changed(self, tx: Tx, before: Room, after: Room) -> None:
        if before.title != after.title:
            await self._about_group(tx, after)

    async def room_closed(self, tx: Tx, room: Room) -> None:
        """End the group, and the media room with everybody in it."""
        for vendor in sorted(self._vendors(room.tenant)):
            await tx.vendor_work.want(Key(vendor, Matter.ROOM, room.id), room.tenant, room.updated)

    async def signed_in(self, tx: Tx, user: UserId, tenant: TenantName, at: datetime) -> None:
        """Make the user's account unless that was done, or tried, before."""
        if Vendor.IM in self._vendors(tenant):
            await tx.vendor_work.want_once(Key(Vendor.IM, Matter.ACCOUNT, user), tenant, at)

    async def profile_changed(self, tx: Tx, user: User, at: datetime) -> None:
        if Vendor.IM in self._vendors(user.tenant):
            await tx.vendor_work.want(Key(Vendor.IM, Matter.ACCOUNT, user.id), user.tenant, at)

    async def user_evicted(self, tx: Tx, user: User, at: datetime) -> None:
        """Take a user who was banned or deleted out of all media rooms, and their account away with them."""
        if user.deleted is not None:
            await self.profile_changed(tx, user, at)
        for vendor in sorted(self._vendors(user.tenant) - {Vendor.IM}):
            await tx.vendor_work.want(Key(vendor, Matter.REMOVAL, user.id), user.tenant, at)
        if self.takes_streams:
            await tx.push_streams.cut_off(user.id)

    def carries_media(self, tenant: TenantName) -> bool:
        """Say whether somebody can be taken out of media rooms of the tenant, or has streams that are cut."""
        return self.takes_streams or bool(self._vendors(tenant) - {Vendor.IM})

    async def user_kicked(self, tx: Tx, user: User, room: RoomId, at: datetime) -> None:
        """Take a user out of one media room, unless they enter the room again; cut off what they push to it."""
        await self._remove(tx, user.id, user.tenant, room, at=at)
        await self._cut_off(tx, user.id, room)

    async def participant_returned(self, tx: Tx, tenant: TenantName, user: UserId, room: RoomId, at: datetime) -> None:
        """Take a user out of a media room again from which they were removed before."""
        await self._remove(tx, user, tenant, room, at=at)

    async def room_access_changed(self, tx: Tx, before: RoomAccess, after: RoomAccess) -> None:
        """Take whoever is banned from a room out of its media; have its group know who is muted or banned."""
        user, tenant, room, at = after.user, after.tenant, after.room, after.updated
        is_same_ban = before.banned_until == after.banned_until
        if after.is_banned(at) and not is_same_ban:
            await self._remove(tx, user, tenant, room, at=at)
            await self._cut_off(tx, user, room)
        if before.role is not after.role and Role.ANCHOR in (before.role, after.role):
            await self.permission_changed(tx, tenant, user, room, at + APPLIED)
        changed = [] if is_same_ban else [Matter.BAN]
        changed += [] if before.muted_until == after.muted_until else [Matter.MUTE]
        for matter in changed if Vendor.IM in self._vendors(tenant) else ():
            await tx.vendor_work.want(Key(Vendor.IM, matter, removal_from(user, room)), tenant, at)

    async def _remove(self, tx: Tx, user: UserId, tenant: TenantName, room: RoomId, *, at: datetime) -> None:
        vendors = sorted(self._vendors(tenant) - {Vendor.IM})
        if vendors:
            await tx.removed_participants.put([RemovedParticipant(room, user, tenant, at + REMEMBERED)])
        for vendor in vendors:
            await tx.vendor_work.want(Key(vendor, Matter.REMOVAL, removal_from(user, room)), tenant, at)

    async def _cut_off(self, tx: Tx, user: UserId, room: RoomId) -> None:
        if self.takes_streams:
            await tx.push_streams.cut_off(user, room)

    def can_change_permissions(self, tenant: TenantName) -> bool:
        """Say whether the tenant's media provider can change what people may publish while they are in the room."""
        return Vendor.LIVEKIT in self._vendors(tenant)

    async def permission_changed(self, tx: Tx, tenant: TenantName, user: UserId, room: RoomId, at: datetime) -> None:
        """Give a user the media permissions that they have now; nothing is done where those cannot be changed."""
        if self.can_change_permissions(tenant):
            await tx.vendor_work.want(Key(Vendor.LIVEKIT, Matter.PERMISSION, removal_from(user, room)), tenant, at)

    async def owner_changed(self, tx: Tx, room: Room, former: UserId) -> None:
        """Give the new owner and the former one the media permissions that they have now."""
        for user in (room.owner, former):
            await self.permission_changed(tx, room.tenant, user, room.id, room.updated + APPLIED)

    async def taken_off_seat(self, tx: Tx, tenant: TenantName, user: UserId, room: RoomId, at: datetime) -> None:
        """Do the same for a user whom a host took off a seat, or who publishes without one. Where permissions cannot be
        changed they are removed from the media room, and come back as audience.
        """
        for vendor in sorted(self._vendors(tenant) - {Vendor.IM}):
            key = Key(vendor, Matter.PERMISSION, removal_from(user, room))
            await tx.vendor_work.want(key, tenant, at)

    async def _about_group(self, tx: Tx, room: Room) -> None:
        if Vendor.IM in self._vendors(room.tenant):
            await tx.vendor_work.want(Key(Vendor.IM, Matter.ROOM, room.id), room.tenant, room.updated)

    def _vendors(self, name: TenantName) -> frozenset[Vendor]:
        tenant = self.tenants.get(name)
        return frozenset() if tenant is None else self.vendors_of(tenant)


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
