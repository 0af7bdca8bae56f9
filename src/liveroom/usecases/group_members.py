"""Mutes and bans of a room, told to its group of messages, for apps whose people write there.

Tencent's AVChatRoom knows mutes and bans, and no kick: whoever is kicked here may come back anyway.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.ids import UserId
from liveroom.domain.room_access import RoomAccess
from liveroom.domain.rooms import Room, RoomStatus
from liveroom.domain.tenants import Tenant
from liveroom.domain.vendors import Achieved, Key, Matter, Vendor, Work, WorkResult, read_removal, removal_from
from liveroom.ports import Clock, Database, GroupMessaging

REMINDED: Final = 200
"""Mutes, and bans, that a new group is told of: those of the room's next broadcast."""
_GIVE_UP_AFTER: Final = timedelta(minutes=1)
"""How long a room's group is waited for."""
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
        """Have the room's new group told of those who are muted or banned."""
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
