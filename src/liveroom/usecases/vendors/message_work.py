"""Work at the provider of messages: the group of a room, those whom it mutes or bans, and the account of a user.

Each piece reads the room's or the user's row right before it calls, so that a room that is live again never loses its
group to the end of a former broadcast. What to do about a group is a rule (``domain.vendors.groups``). Tencent's
AVChatRoom knows mutes and bans, and no kick: whoever is kicked here may come back anyway.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.groups import GroupStep, after_step, next_step
from liveroom.domain.vendors.model import (
    Achieved,
    Key,
    Matter,
    Trouble,
    Vendor,
    VendorFailure,
    Work,
    WorkResult,
    read_removal,
    removal_from,
)
from liveroom.ports import Clock, Database, GroupMessaging

REMINDED: Final = 200
"""How many mutes, and how many bans, of the room are copied to a new group."""
_GIVE_UP_AFTER: Final = timedelta(minutes=1)
"""How long work waits for a room's group to be made."""
_LOOK: Final = timedelta(seconds=5)
_NONE: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class GroupMembers:
    """Does pieces of work about members of groups."""

    db: Database
    clock: Clock
    messages: GroupMessaging

    async def do(self, work: Work, tenant: Tenant) -> WorkResult:
        """Do one piece: what holds now is read right before. Raises ``VendorFailure``."""
        access, now = await self._access(work), self.clock.now()
        room = await self.db.rooms.get(access.room) if access is not None else None
        if access is None or room is None or room.tenant != tenant.name or room.state is not RoomStatus.LIVE:
            return WorkResult(asked=False)
        if work.key.matter is Matter.MUTE:
            lasts = _left(access.muted_until, now)
            is_there = await self.messages.mute_member(tenant, room.id, access.user, lasts)
        else:
            lasts = _left(access.banned_until, now)
            is_there = await self.messages.ban_member(tenant, room.id, access.user, lasts)
        if is_there or now > work.changed + _GIVE_UP_AFTER:
            return WorkResult()
        return WorkResult(Achieved(tenant.sdk_app_id), now + _LOOK)

    async def remind(self, room: Room) -> None:
        """Copy the room's mutes and bans to its new group."""
        if not room.options.guarded:
            return
        now, first = self.clock.now(), UserId("")
        banned = await self.db.room_access.banned(room.id, now, first, REMINDED)
        muted = await self.db.room_access.muted(room.id, now, first, REMINDED)
        for matter, room_access in ((Matter.BAN, banned), (Matter.MUTE, muted)):
            for access in room_access:
                key = Key(Vendor.IM, matter, removal_from(access.user, room.id))
                await self.db.vendor_work.want(key, room.tenant, now)

    async def _access(self, work: Work) -> RoomAccess | None:
        user, is_meant = read_removal(work.key.subject)
        rooms = [room for room in await self.db.room_access.rooms_of(user) if is_meant(room)]
        return await self.db.room_access.get(rooms[0], user) if rooms else None


def _left(until: datetime | None, now: datetime) -> timedelta:
    return until - now if until is not None and until > now else _NONE


NO_ACCOUNT: Final = "10019"
"""Tencent's code for a group whose owner has no account."""


@dataclass(frozen=True, slots=True)
class MessageWork:
    """Does pieces of work about groups and accounts."""

    db: Database
    clock: Clock
    messages: GroupMessaging
    members: GroupMembers

    async def do(self, work: Work, tenant: Tenant) -> WorkResult:
        """Do one piece. Raises ``VendorFailure``."""
        if work.key.matter is Matter.ACCOUNT:
            return await self._account(work, tenant)
        if work.key.matter in (Matter.MUTE, Matter.BAN):
            return await self.members.do(work, tenant)
        return await self._group(work, tenant)

    async def _group(self, work: Work, tenant: Tenant) -> WorkResult:
        room = await self.db.rooms.get(RoomId(work.key.subject))
        if room is None or room.tenant != tenant.name or room.state is RoomStatus.RESERVED:
            return WorkResult(asked=False)
        known, wanted = work.achieved, wanted_group(room, tenant)
        step, until = next_step(known, wanted, self.clock.now())
        if step is GroupStep.FORGET:
            return WorkResult(asked=False)
        if step in (GroupStep.NOTHING, GroupStep.WAIT):
            return WorkResult(known, until, asked=False)
        reached = await self._take(step, room, tenant)
        now = self.clock.now()
        stands = after_step(known, reached or Achieved(tenant.sdk_app_id, dissolved=now), now)
        return WorkResult(stands, next_step(stands, wanted, now).until)

    async def _take(self, step: GroupStep, room: Room, tenant: Tenant) -> Achieved | None:
        """Take a step; return the group that is there after it."""
        if step is GroupStep.DISSOLVE:
            await self.messages.dissolve_group(tenant, room.id)
            return None
        if step is GroupStep.MAKE and await self._make(room, tenant):
            await self.members.remind(room)
            return wanted_group(room, tenant)
        # In use: by the room's host, whose app makes it too, or by us. Where it is gone after all, Tencent still keeps
        # its id from being used.
        is_there = await self.messages.rename_group(tenant, room.id, room.title)
        return wanted_group(room, tenant) if is_there else None

    async def _make(self, room: Room, tenant: Tenant) -> bool:
        account = await self.db.vendor_work.get(Key(Vendor.IM, Matter.ACCOUNT, room.owner))
        if account is None or account.achieved.app != tenant.sdk_app_id:
            await self._add_account(room.owner, tenant)
        try:
            return await self.messages.make_group(tenant, room.id, room.owner, room.title)
        except VendorFailure as failure:
            if failure.code != NO_ACCOUNT:
                raise
        await self._add_account(room.owner, tenant)
        return await self.messages.make_group(tenant, room.id, room.owner, room.title)

    async def _add_account(self, id: UserId, tenant: Tenant) -> None:
        user = await self.db.users.get(id)
        if user is None or user.deleted is not None:
            raise VendorFailure(Trouble.SUBJECT, f"the room's owner {id} has no account here any more")
        await self.messages.add_account(tenant, id, user.profile)

    async def _account(self, work: Work, tenant: Tenant) -> WorkResult:
        user = await self.db.users.get(UserId(work.key.subject))
        if user is None or user.tenant != tenant.name:
            return WorkResult(asked=False)
        if user.deleted is not None:
            await self.messages.remove_account(tenant, user.id)
            return WorkResult()
        is_there = work.achieved.app == tenant.sdk_app_id
        if not (is_there and await self.messages.change_account(tenant, user.id, user.profile)):
            await self.messages.add_account(tenant, user.id, user.profile)
        return WorkResult(Achieved(tenant.sdk_app_id))


def wanted_group(room: Room, tenant: Tenant) -> Achieved | None:
    """Return the group that the room should have; a closed one has none."""
    if room.state is not RoomStatus.LIVE:
        return None
    return Achieved(tenant.sdk_app_id, room.broadcast, room.title)
