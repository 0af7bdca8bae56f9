"""What moderators do to people of a room: mute, kick, ban; and admins to people of the whole tenant.

The relay carries what is committed to the live store, which evicts whoever is banned when it applies the access record.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import LiveUnavailable, MemberNotFound, PermissionDenied, RoomNotFound, RoomUnnamed
from liveroom.domain.events import moderation as moderation_events
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.room_access import FOREVER, RoomAccess, utc_text
from liveroom.domain.rooms.model import RoomStatus
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Live, Tx
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.moderation.room_access import AccessChanges, ModerationAction
from liveroom.usecases.moderation.users import Also, Moderation
from liveroom.usecases.rooms.entering import Rooms
from liveroom.usecases.rooms.ranks import Ranks, is_admin

_METHODS: Final = "base/v1/moderation/"


@dataclass(frozen=True, slots=True)
class RoomModeration:
    """What a room's owner and moderators do to people. Each action is in the audit, written with the change."""

    live: Live
    ranks: Ranks
    changes: AccessChanges
    rooms: Rooms
    notifier: UserNotifier
    everywhere: Moderation

    async def mute(
        self, actor: Actor, room: RoomId, target: UserId, *, lasts: timedelta | None, reason: str
    ) -> datetime:
        """Mute somebody until a time, which is returned (None: for ever). Muting again sets the new time.

        Raises ``RoomNotFound``, ``PermissionDenied``, ``UserNotFound``, ``QuotaExceeded``.
        """
        until = self._until(lasts)
        action = ModerationAction(actor, _METHODS + "mute", room, target, Right.MUTE, reason)
        await self.changes.make(action, lambda access: access.muted(until, reason))
        return until

    async def unmute(self, actor: Actor, room: RoomId, target: UserId) -> None:
        """Unmute somebody; nothing changes for one who is not muted. Raises as ``mute``."""
        action = ModerationAction(actor, _METHODS + "unmute", room, target, Right.MUTE)
        await self.changes.make(action, lambda access: access.muted(None))

    async def ban(
        self, actor: Actor, room: RoomId, target: UserId, *, lasts: timedelta | None, reason: str
    ) -> datetime:
        """Ban somebody from the room until a time, which is returned, and evict them. Raises as ``mute``."""
        until = self._until(lasts)
        was_in = await self._is_in(room, target)
        action = ModerationAction(actor, _METHODS + "ban", room, target, Right.BAN, reason)
        changed = await self.changes.make(action, lambda access: access.banned(until, reason))
        if was_in and changed.after is not changed.before:
            await self._notify_banned(actor, room, changed.after)
        return until

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

        async def work(tx: Tx) -> None:
            context = await self.changes.judge(tx, action)
            if context.room.state is not RoomStatus.LIVE:
                raise RoomNotFound
            event = moderation_events.kicked(context.room, target, actor.user, reason, at=context.now)
            await self.changes.note(tx, context)
            await self.changes.recorder.record_for_room(tx, context.room, event)
            await self.changes.vendor_tasks.user_kicked(tx, context.target, room, context.now)

        await self.changes.db.transact(work)
        if not await self.rooms.kick(room, target):
            raise MemberNotFound
        await self.notifier.notify_removed(target, room, "kicked", text=reason, by=actor.user)

    async def ban_everywhere(
        self, actor: Actor, target: UserId, *, lasts: timedelta | None, reason: str, with_address: bool = False
    ) -> datetime:
        """Ban somebody from the whole tenant, as an admin, and end their sessions and presence entries.

        Raises ``PermissionDenied``, ``UserNotFound``.
        """
        until = self._until(lasts)
        also = self._admins_action(actor, "ban", reason)
        await self.everywhere.ban(target, until, reason, tenant=actor.tenant.name, also=also, with_address=with_address)
        return until

    async def unban_everywhere(self, actor: Actor, target: UserId) -> None:
        """Lift such a ban, as an admin. Raises as ``ban_everywhere``."""
        also = self._admins_action(actor, "unban", "")
        await self.everywhere.unban(target, tenant=actor.tenant.name, also=also)

    def _admins_action(self, actor: Actor, action: str, reason: str) -> Also:
        async def check_and_note(tx: Tx, target: User) -> None:
            if not await is_admin(tx, actor.user):
                raise RoomUnnamed
            if target.admin:
                raise PermissionDenied
            trail, path = self.changes.trail, _METHODS + action
            await tx.audit.add([trail.entry(target.tenant, actor.user, path, target=target.id, reason=reason)])

        return check_and_note

    async def _is_in(self, room: RoomId, user: UserId) -> bool:
        try:
            return await self.live.member(room, user) is not None
        except (LiveUnavailable, RoomNotFound):
            return False

    async def _notify_banned(self, actor: Actor, room: RoomId, ban: RoomAccess) -> None:
        text, until = ban.ban_reason, utc_text(ban.banned_until)
        await self.notifier.notify_removed(ban.user, room, "banned", text=text, until=until, by=actor.user)

    def _until(self, lasts: timedelta | None) -> datetime:
        return FOREVER if lasts is None else self.changes.clock.now() + lasts
