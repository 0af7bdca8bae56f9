"""What moderators do to people of a room: mute, kick, ban; and admins to people of the whole tenant.

The relay carries what is committed to the live store, which evicts whoever is banned when it applies the access record.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import LiveUnavailable, MemberNotFound, PermissionDenied, RoomNotFound, RoomUnnamed
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.room_access import FOREVER, RoomAccess, utc_text
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Clock, Live, Tx
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.moderation.room_access import AccessChanges, ModerationAction
from liveroom.usecases.moderation.users import Also, Moderation
from liveroom.usecases.rooms.leaving import Departures
from liveroom.usecases.rooms.ranks import Ranks, is_admin

_METHODS: Final = "base/v1/moderation/"


@dataclass(frozen=True, slots=True)
class RoomModeration:
    """What a room's owner and moderators do to people. Each action is in the audit, written with the change."""

    live: Live
    clock: Clock
    ranks: Ranks
    changes: AccessChanges
    departures: Departures
    notifier: UserNotifier

    async def mute(
        self, actor: Actor, room: RoomId, target: UserId, *, lasts: timedelta | None, reason: str
    ) -> datetime:
        """Mute somebody until a time, which is returned (None: for ever). Muting again sets the new time.

        Raises ``RoomNotFound``, ``PermissionDenied``, ``UserNotFound``, ``QuotaExceeded``.
        """
        end = until(lasts, self.clock.now())
        action = ModerationAction(actor, _METHODS + "mute", room, target, Right.MUTE, reason)
        await self.changes.make(action, lambda access: access.muted(end, reason))
        return end

    async def unmute(self, actor: Actor, room: RoomId, target: UserId) -> None:
        """Unmute somebody; nothing changes for one who is not muted. Raises as ``mute``."""
        action = ModerationAction(actor, _METHODS + "unmute", room, target, Right.MUTE)
        await self.changes.make(action, lambda access: access.muted(None))

    async def ban(
        self, actor: Actor, room: RoomId, target: UserId, *, lasts: timedelta | None, reason: str
    ) -> datetime:
        """Put somebody out and let them come in no more until a time, which is returned. Raises as ``mute``."""
        end = until(lasts, self.clock.now())
        was_in = await self._is_in(room, target)
        action = ModerationAction(actor, _METHODS + "ban", room, target, Right.BAN, reason)
        changed = await self.changes.make(action, lambda access: access.banned(end, reason))
        if was_in and changed.after is not changed.before:
            await self._notify_banned(actor, room, changed.after)
        return end

    async def unban(self, actor: Actor, room: RoomId, target: UserId) -> None:
        """Unban somebody; nothing changes for one who is not banned. Raises as ``mute``."""
        action = ModerationAction(actor, _METHODS + "unban", room, target, Right.BAN)
        await self.changes.make(action, lambda access: access.banned(None))

    async def kick(self, actor: Actor, room: RoomId, target: UserId, reason: str) -> None:
        """Evict somebody from the room and its media, on every device; they may enter again.

        Raises ``RoomNotFound``, ``PermissionDenied``, ``MemberNotFound`` for somebody who is not in it.
        """
        await self.changes.count(actor)
        _, found = await self.ranks.check_over(actor, room, Right.KICK, target)
        if found.member is None:
            raise MemberNotFound
        action = ModerationAction(actor, _METHODS + "kick", room, target, Right.KICK, reason)
        await self.changes.note_kick(action)
        if not await self.departures.kick(room, target):
            raise MemberNotFound
        await self.notifier.notify_removed(target, room, "kicked", text=reason, by=actor.user)

    async def _is_in(self, room: RoomId, user: UserId) -> bool:
        try:
            return await self.live.member(room, user) is not None
        except (LiveUnavailable, RoomNotFound):
            return False

    async def _notify_banned(self, actor: Actor, room: RoomId, ban: RoomAccess) -> None:
        text, until = ban.ban_reason, utc_text(ban.banned_until)
        await self.notifier.notify_removed(ban.user, room, "banned", text=text, until=until, by=actor.user)


@dataclass(frozen=True, slots=True)
class TenantBans:
    """The hand of admins, which reaches through the whole tenant."""

    clock: Clock
    trail: Audit
    everywhere: Moderation

    async def ban(
        self, actor: Actor, target: UserId, *, lasts: timedelta | None, reason: str, with_address: bool = False
    ) -> datetime:
        """Keep somebody out of the whole tenant, for an admin; their sessions and places end.

        Raises ``PermissionDenied``, ``UserNotFound``.
        """
        end = until(lasts, self.clock.now())
        also = self._admins_action(actor, "ban", reason)
        await self.everywhere.ban(target, end, reason, tenant=actor.tenant.name, also=also, with_address=with_address)
        return end

    async def unban(self, actor: Actor, target: UserId) -> None:
        """Let somebody sign in again, for an admin. Raises as ``ban``."""
        also = self._admins_action(actor, "unban", "")
        await self.everywhere.unban(target, tenant=actor.tenant.name, also=also)

    def _admins_action(self, actor: Actor, action: str, reason: str) -> Also:
        async def check_and_note(tx: Tx, target: User) -> None:
            if not await is_admin(tx, actor.user):
                raise RoomUnnamed
            if target.admin:
                raise PermissionDenied
            trail, path = self.trail, _METHODS + action
            await tx.audit.add([trail.entry(target.tenant, actor.user, path, target=target.id, reason=reason)])

        return check_and_note


def until(lasts: timedelta | None, now: datetime) -> datetime:
    """Return when something is over that lasts so long; None: never."""
    return FOREVER if lasts is None else now + lasts
