"""What moderators and admins look at: who is banned or muted, and the trail of who did what to whom and why."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import RoomNotFound, RoomUnnamed
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.audit import AuditEntry, AuditId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.rooms.paging import cut
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Clock, Database
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.rooms.ranks import Ranks, is_admin

Find = Callable[[RoomId, datetime, UserId, int], Awaitable[Sequence[RoomAccess]]]


class BannedOrMuted(NamedTuple):
    """Somebody who is banned or muted; ``user`` None: the account is gone."""

    access: RoomAccess
    user: User | None


@dataclass(frozen=True, slots=True)
class Oversight:
    """Reads, and changes nothing."""

    db: Database
    clock: Clock
    ranks: Ranks
    trail: Audit

    async def banned(
        self, actor: Actor, room: RoomId, *, cursor: str, limit: int
    ) -> tuple[Sequence[BannedOrMuted], str]:
        """Return who is banned, and the next page's cursor. Raises ``RoomNotFound``, ``PermissionDenied``."""
        return await self._page(actor, room, self.db.room_access.banned, cursor=cursor, limit=limit)

    async def muted(
        self, actor: Actor, room: RoomId, *, cursor: str, limit: int
    ) -> tuple[Sequence[BannedOrMuted], str]:
        """Return who is muted, and the next page's cursor. Raises as ``banned``."""
        return await self._page(actor, room, self.db.room_access.muted, cursor=cursor, limit=limit)

    async def audit(
        self, actor: Actor, room: RoomId | None, *, cursor: str, limit: int
    ) -> tuple[Sequence[AuditEntry], str]:
        """Return what was done in a live room, or to admins in the tenant, the newest first. Raises as ``banned``."""
        await self.check(actor, room)
        found = await self.trail.page(actor.tenant.name, room=room, before=AuditId(cursor), limit=limit + 1)
        return cut(found, limit, lambda entry: entry.id)

    async def check(self, actor: Actor, room: RoomId | None) -> None:
        """Raise ``RoomNotFound`` or ``PermissionDenied`` unless the actor oversees the room, or for None the tenant.

        Admins may also look at rooms that are no longer live.
        """
        if room is None:
            if not await is_admin(self.db, actor.user):
                raise RoomUnnamed
            return
        try:
            await self.ranks.check(actor, room, Right.OVERSEE)
        except RoomNotFound:
            known = await self.db.rooms.get(room)
            if known is None or known.tenant != actor.tenant.name or not await is_admin(self.db, actor.user):
                raise

    async def _page(
        self, actor: Actor, room: RoomId, find: Find, *, cursor: str, limit: int
    ) -> tuple[Sequence[BannedOrMuted], str]:
        await self.check(actor, room)
        found = await find(room, self.clock.now(), UserId(cursor), limit + 1)
        page, following = cut(found, limit, lambda one: one.user)
        users = {user.id: user for user in await self.db.users.list([one.user for one in page])}
        return [BannedOrMuted(one, users.get(one.user)) for one in page], following
