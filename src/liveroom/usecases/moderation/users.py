"""What is done to users: by moderators in a room, by admins in the whole tenant, and by the operator.

Moderators mute, kick and ban; the relay carries what is committed to the live store, which evicts whoever is banned
when it applies the access record.

Admins ban, and the operator also names admins, signs out and deletes. An operator's command only writes to SQL, and
running services pick it up; a server's call is applied at once. If ``tenant`` is given, users of other tenants are not
found.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor, SessionEnd
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import (
    LiveUnavailable,
    MemberNotFound,
    PermissionDenied,
    RoomNotFound,
    RoomUnnamed,
    UserNotFound,
)
from liveroom.domain.events import users as user_events
from liveroom.domain.events.outbox import OutboxRow, SessionsEnded
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moderation.room_access import FOREVER, RoomAccess, utc_text
from liveroom.domain.operators.caller import NotedChange, Operator
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.accounts.profiles import note_user
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.moderation.address_bans import AddressBans
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.moderation.room_access import AccessChanges, ModerationAction, user_of
from liveroom.usecases.privacy.erasures import AccountDeletion
from liveroom.usecases.rooms.leaving import Departures
from liveroom.usecases.rooms.ranks import Ranks, is_admin
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

Also = Callable[[Tx, User], Awaitable[None]]
"""What belongs into the same transaction; it may refuse, and is asked before anything is written."""
HandOver = Callable[[Sequence[OutboxRow]], Awaitable[None]]
"""What is done with rows just committed."""
_METHODS: Final = "base/v1/moderation/"


async def nothing_more(_: Tx, __: User) -> None:
    """Do nothing beside."""


async def leave_to_others(_: Sequence[OutboxRow]) -> None:
    """Leave rows to the relay of a running service, which applies them within a second."""


@dataclass(frozen=True, slots=True)
class Moderation:
    """What the operator does to users."""

    db: Database
    clock: Clock
    address_bans: AddressBans
    vendor_tasks: VendorTaskQueue
    recorder: EventRecorder
    deletion: AccountDeletion
    hand_over: HandOver = leave_to_others

    async def name_admin(
        self, user_id: UserId, *, admin: bool, tenant: TenantName | None = None, noted: NotedChange | None = None
    ) -> User:
        """Make a user an admin, or an ordinary user again. Raises ``UserNotFound``."""
        return await self._change(user_id, tenant, lambda user: replace(user, admin=admin), noted=noted)

    async def call_adult(
        self, user_id: UserId, *, adult: bool | None, tenant: TenantName | None = None, noted: NotedChange | None = None
    ) -> User:
        """Note whether a user is an adult; None: nobody knows. Raises ``UserNotFound``."""
        return await self._change(user_id, tenant, lambda user: replace(user, adult=adult), noted=noted)

    async def unban(
        self,
        user_id: UserId,
        *,
        tenant: TenantName | None = None,
        also: Also = nothing_more,
        noted: NotedChange | None = None,
    ) -> User:
        """Let a user sign in again. Raises ``UserNotFound``."""
        return await self.db.transact(lambda tx: self.unban_in(tx, user_id, tenant=tenant, also=also, noted=noted))

    async def unban_in(
        self,
        tx: Tx,
        user_id: UserId,
        *,
        tenant: TenantName | None = None,
        also: Also = nothing_more,
        noted: NotedChange | None = None,
    ) -> User:
        """Do the same within the caller's transaction."""

        def change(user: User) -> User:
            return replace(user, banned_until=None, ban_reason="")

        async def both(tx: Tx, user: User) -> None:
            await also(tx, user)
            await self.address_bans.uncover(tx, user)

        return await self._change_in(tx, user_id, tenant, change, both, noted)

    async def ban(
        self,
        user_id: UserId,
        until: datetime,
        reason: str,
        *,
        tenant: TenantName | None = None,
        also: Also = nothing_more,
        with_address: bool = False,
        noted: NotedChange | None = None,
    ) -> User:
        """Ban a user until then, and end their sessions and presence entries. Raises ``UserNotFound``.

        ``with_address``: for at most a day, accounts made from now on are refused from the addresses where they signed
        in.
        """

        async def work(tx: Tx) -> tuple[User, OutboxRow]:
            return await self.ban_in(
                tx, user_id, until, reason, tenant=tenant, also=also, with_address=with_address, noted=noted
            )

        banned, row = await self.db.transact(work)
        await self.hand_over([row])
        return banned

    async def ban_in(
        self,
        tx: Tx,
        user_id: UserId,
        until: datetime,
        reason: str,
        *,
        tenant: TenantName | None = None,
        also: Also = nothing_more,
        with_address: bool = False,
        noted: NotedChange | None = None,
    ) -> tuple[User, OutboxRow]:
        """Do the same within the caller's transaction; return what the relay has to be given."""
        user = await _locked(tx, user_id, tenant)
        await also(tx, user)
        now = self.clock.now()
        banned = replace(user, banned_until=until, ban_reason=reason, ended=now, updated=now)
        note_user(noted, user, banned)
        if with_address:
            await self.address_bans.cover(tx, user, now, until)
        row = await _end_sessions(tx, banned, now, SessionEnd.BANNED)
        await self.vendor_tasks.user_evicted(tx, banned, now)
        await self.recorder.record_for_user(tx, banned, *user_events.changes(user, banned))
        return banned, row

    async def accept_timeless(self, user_id: UserId, *, tenant: TenantName | None = None) -> bool:
        """Accept a user's login signatures without a time again, until one carries a time.

        Returns False if they are accepted already. Raises ``UserNotFound``.
        """

        async def work(tx: Tx) -> bool:
            user = await _locked(tx, user_id, tenant)
            return await tx.users.forget_timed(user.id) > 0

        return await self.db.transact(work)

    async def sign_out(self, user_id: UserId, *, tenant: TenantName | None = None) -> None:
        """End every session of a user, and the presence entries with them; they can sign in again. Raises
        ``UserNotFound``.
        """

        async def work(tx: Tx) -> OutboxRow:
            now = self.clock.now()
            user = replace(await _locked(tx, user_id, tenant), ended=now)
            return await _end_sessions(tx, user, now, SessionEnd.LOGOUT)

        await self.hand_over([await self.db.transact(work)])

    async def delete(self, user_id: UserId, *, tenant: TenantName | None = None) -> None:
        """Delete a user's account as they could themselves. Raises ``UserNotFound``."""

        async def work(tx: Tx) -> Sequence[OutboxRow]:
            return await self.deletion.delete_in(tx, await _locked(tx, user_id, tenant))

        await self.hand_over(await self.db.transact(work))

    async def _change(
        self, user_id: UserId, tenant: TenantName | None, change: Callable[[User], User], noted: NotedChange | None
    ) -> User:
        return await self.db.transact(lambda tx: self._change_in(tx, user_id, tenant, change, nothing_more, noted))

    async def _change_in(
        self,
        tx: Tx,
        user_id: UserId,
        tenant: TenantName | None,
        change: Callable[[User], User],
        also: Also,
        noted: NotedChange | None,
    ) -> User:
        user = await _locked(tx, user_id, tenant)
        await also(tx, user)
        changed = replace(change(user), updated=self.clock.now())
        note_user(noted, user, changed)
        await tx.users.put(changed)
        await self.recorder.record_for_user(tx, changed, *user_events.changes(user, changed))
        return changed


async def _locked(tx: Tx, user_id: UserId, tenant: TenantName | None) -> User:
    user = await tx.users.lock(user_id)
    if user is None or user.deleted is not None or tenant not in (None, user.tenant):
        raise UserNotFound(f"no user {user_id}")
    return user


async def _end_sessions(tx: Tx, user: User, now: datetime, why: SessionEnd) -> OutboxRow:
    """End all of the user's sessions, and write the changed user."""
    sessions = tuple(await tx.sessions.open_of(user.id))
    await tx.sessions.end_all(user.id, now, why)
    await tx.users.put(user)
    return await tx.outbox.add(user.tenant, SessionsEnded(user.id, sessions, now, everything=True, why=why), now)


@dataclass(frozen=True, slots=True)
class RoomModeration:
    """What a room's owner, its moderators and the operator do to people. The audit has each action of users with it."""

    live: Live
    clock: Clock
    ranks: Ranks
    changes: AccessChanges
    departures: Departures
    notifier: UserNotifier

    async def mute(
        self, actor: Actor | Operator, room: RoomId, target: UserId, *, lasts: timedelta | None, reason: str
    ) -> datetime:
        """Mute somebody until a time, which is returned (None: for ever). Muting again sets the new time.

        Raises ``RoomNotFound``, ``PermissionDenied``, ``UserNotFound``, ``QuotaExceeded``.
        """
        end = until(lasts, self.clock.now())
        action = ModerationAction(actor, _METHODS + "mute", room, target, Right.MUTE, reason)
        await self.changes.make(action, lambda access: access.muted(end, reason))
        return end

    async def unmute(self, actor: Actor | Operator, room: RoomId, target: UserId) -> None:
        """Unmute somebody; nothing changes for one who is not muted. Raises as ``mute``."""
        action = ModerationAction(actor, _METHODS + "unmute", room, target, Right.MUTE)
        await self.changes.make(action, lambda access: access.muted(None))

    async def ban(
        self, actor: Actor | Operator, room: RoomId, target: UserId, *, lasts: timedelta | None, reason: str
    ) -> datetime:
        """Put somebody out and let them come in no more until a time, which is returned. Raises as ``mute``."""
        end = until(lasts, self.clock.now())
        was_in = await self._is_in(room, target)
        action = ModerationAction(actor, _METHODS + "ban", room, target, Right.BAN, reason)
        changed = await self.changes.make(action, lambda access: access.banned(end, reason))
        if was_in and changed.after is not changed.before:
            await self._notify_banned(actor, room, changed.after)
        return end

    async def unban(self, actor: Actor | Operator, room: RoomId, target: UserId) -> None:
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

    async def _notify_banned(self, actor: Actor | Operator, room: RoomId, ban: RoomAccess) -> None:
        text, until = ban.ban_reason, utc_text(ban.banned_until)
        await self.notifier.notify_removed(ban.user, room, "banned", text=text, until=until, by=user_of(actor) or None)


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
