"""Who is banned: from the tenant, from rooms, and with which addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.accounts.users import FOR_EVER, User
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.moments import at, moment
from liveroom.domain.rooms.model import present_room
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database
from liveroom.usecases.accounts.records import HELD
from liveroom.usecases.moderation.address_bans import AddressBans

_ROOMS_MAX: Final = 100
"""Rooms that are named from which one user is banned."""
_SEPARATOR: Final = "_"


class Banned(NamedTuple):
    """A ban."""

    user: UserId
    until: datetime
    reason: str = ""
    room: RoomId = RoomId("")
    """"" for the whole tenant."""
    by: UserId = UserId("")
    """Who changed a room's last; "" is the operator."""
    since: datetime | None = None
    """Of a ban of addresses: accounts made there later are refused."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class BanLists:
    """Lists bans."""

    db: Database
    clock: Clock
    address_bans: AddressBans

    async def everywhere(self, tenant: TenantName, *, cursor: str, limit: int) -> tuple[Sequence[Banned], str]:
        """Return who is banned from the tenant, those first whose bans end first, and the next page's cursor."""
        found = await self.db.users.banned(tenant, self.clock.now(), limit + 1, after=_read_cursor(cursor))
        users, following = cut(found, limit, _cursor_of)
        return [_ban(user) for user in users], following

    def of_addresses(self, tenant: TenantName) -> Sequence[Banned]:
        """Return because of whom accounts from which addresses are refused: one ban for each address."""
        return [
            Banned(ban.user, ban.until, since=ban.made)
            for ban in self.address_bans.all()
            if ban.tenant == tenant and ban.until > self.clock.now()
        ]

    async def of_room(
        self, tenant: TenantName, room: RoomId, *, cursor: str, limit: int
    ) -> tuple[Sequence[Banned], str]:
        """Return who is banned from a room, by their ids, and the next page's cursor. Raises ``RoomNotFound``."""
        present_room(await self.db.rooms.get(room), tenant)
        found = await self.db.room_access.banned(room, self.clock.now(), UserId(cursor), limit + 1)
        page, following = cut(found, limit, lambda access: access.user)
        users = {user.id: user.name for user in await self.db.users.list([access.user for access in page])}
        return [_room_ban(access, users.get(access.user, "")) for access in page], following

    async def of_user(self, tenant: TenantName, id: UserId) -> Sequence[Banned]:
        """Return from where a user is banned: the tenant first, then at most a hundred rooms."""
        now, user = self.clock.now(), await self.db.users.get(id)
        if user is None or user.tenant != tenant:
            return ()
        found = [_ban(user)] if user.is_banned(now) else []
        held = [access for access in await self.db.room_access.held(id, now, HELD) if access.is_banned(now)]
        return found + [_room_ban(access, user.name) for access in held[:_ROOMS_MAX]]


def _ban(user: User) -> Banned:
    return Banned(user.id, user.banned_until or FOR_EVER, user.ban_reason, name=user.name)


def _room_ban(access: RoomAccess, name: str) -> Banned:
    until = access.banned_until or FOR_EVER
    return Banned(access.user, until, access.ban_reason, access.room, access.updated_by, name=name)


def _cursor_of(user: User) -> str:
    return f"{moment(user.banned_until or FOR_EVER)}{_SEPARATOR}{user.id}"


def _read_cursor(cursor: str) -> tuple[datetime, UserId] | None:
    if not cursor:
        return None
    number, _, user = cursor.partition(_SEPARATOR)
    if not (number.isascii() and number.isdigit() and int(number) <= moment(FOR_EVER) and user):
        raise BadRequest("cursor: invalid")
    return at(int(number)), UserId(user)
