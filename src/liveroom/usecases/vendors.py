"""Writes down what has to be looked at at vendors, in the transaction of the change that asks for it.

With no vendor set up for the tenant nothing is written, and the transaction costs what it did.
"""

from dataclasses import dataclass
from datetime import datetime

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.rooms import Room
from liveroom.domain.users import User
from liveroom.domain.vendors import Key, Matter, Vendor, removal_from
from liveroom.ports import Tx, VendorsOf
from liveroom.usecases.tenancy import Tenancy


@dataclass(frozen=True, slots=True)
class VendorDesk:
    """Takes down work; ``VendorWorkers`` do it."""

    tenants: Tenancy
    vendors_of: VendorsOf

    async def room_opened(self, tx: Tx, room: Room) -> None:
        await self._about_group(tx, room)

    async def room_changed(self, tx: Tx, before: Room, after: Room) -> None:
        if before.title != after.title:
            await self._about_group(tx, after)

    async def room_closed(self, tx: Tx, room: Room) -> None:
        """Let the group go, and the media room with everybody in it."""
        for vendor in sorted(self._vendors(room.tenant)):
            await tx.vendor_work.want(Key(vendor, Matter.ROOM, room.id), room.tenant, room.updated)

    async def signed_in(self, tx: Tx, user: UserId, tenant: TenantName, at: datetime) -> None:
        """Make the user's account unless that was done, or tried, before."""
        if Vendor.IM in self._vendors(tenant):
            await tx.vendor_work.want_once(Key(Vendor.IM, Matter.ACCOUNT, user), tenant, at)

    async def profile_changed(self, tx: Tx, user: User, at: datetime) -> None:
        if Vendor.IM in self._vendors(user.tenant):
            await tx.vendor_work.want(Key(Vendor.IM, Matter.ACCOUNT, user.id), user.tenant, at)

    async def user_put_out(self, tx: Tx, user: User, at: datetime) -> None:
        """Take a user who was banned or deleted out of all media rooms, and their account away with them."""
        if user.deleted is not None:
            await self.profile_changed(tx, user, at)
        for vendor in sorted(self._vendors(user.tenant) - {Vendor.IM}):
            await tx.vendor_work.want(Key(vendor, Matter.REMOVAL, user.id), user.tenant, at)

    def carries_media(self, tenant: TenantName) -> bool:
        """Say whether somebody can be taken out of media rooms of the tenant."""
        return bool(self._vendors(tenant) - {Vendor.IM})

    async def user_kicked(self, tx: Tx, user: User, room: RoomId, at: datetime) -> None:
        """Take a user out of one media room, unless they enter the room again."""
        for vendor in sorted(self._vendors(user.tenant) - {Vendor.IM}):
            await tx.vendor_work.want(Key(vendor, Matter.REMOVAL, removal_from(user.id, room)), user.tenant, at)

    async def _about_group(self, tx: Tx, room: Room) -> None:
        if Vendor.IM in self._vendors(room.tenant):
            await tx.vendor_work.want(Key(Vendor.IM, Matter.ROOM, room.id), room.tenant, room.updated)

    def _vendors(self, name: TenantName) -> frozenset[Vendor]:
        tenant = self.tenants.get(name)
        return frozenset() if tenant is None else self.vendors_of(tenant)
