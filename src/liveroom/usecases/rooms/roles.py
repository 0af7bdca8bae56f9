"""Who is what in a room by its owner's word: moderators and anchors, and the next owner.

An appointment is an access record, and lasts until it is taken back; ownership is the running broadcast's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import MemberNotFound, RoomNotFound, TokenInvalid
from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.presence.members import Role
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.rooms.model import LiveRoom, Room, RoomStatus
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Clock, Database, Live, PresenceClaim, Tx
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.follows.reaching import check_reaches
from liveroom.usecases.hooks.calls import HookCall, HookCalls
from liveroom.usecases.moderation.room_access import AccessChanges, ModerationAction
from liveroom.usecases.rooms.broadcasts import Broadcasts, Committed
from liveroom.usecases.rooms.ranks import Ranked, Ranks

SET_ROLE: Final = "base/v1/rooms/set_role"
TRANSFER: Final = "base/v1/rooms/transfer_owner"


class HeldRole(NamedTuple):
    """Somebody with a role in a room; whether they are in it is another matter."""

    user: User
    role: Role


@dataclass(frozen=True, slots=True)
class RoleHooks:
    """Asks the operator's server before somebody is given a role."""

    db: Database
    hook_calls: HookCalls

    def concerns(self, tenant: TenantName) -> bool:
        """Say whether there is anybody to ask."""
        return self.hook_calls.concerns(tenant)

    async def ask(self, actor: Actor, found: Ranked, target: UserId, role: Role) -> None:
        """Raise ``HookRefused`` unless the target may be given the role."""
        room, user = await self.db.rooms.get(found.room.id), await self.db.users.get(actor.user)
        await self.hook_calls.ask(_question(actor, user, found.room, room, target=target, role=role))


@dataclass(frozen=True, slots=True)
class HostEntries:
    """Has the index know of whoever has become a host that their presence entries are not ended by entering
    elsewhere.
    """

    live: Live
    clock: Clock

    async def note(self, room: RoomId, user: UserId) -> None:
        """Look whether somebody is a host in the room, and note it where they have entered as something else."""
        member = await self.live.member(room, user)
        if member is None or not member.role.is_host:
            return
        now = self.clock.now()
        for entry in await self.live.entries(user):
            if entry.room == room and not entry.host:
                heartbeat = Heartbeat(user, entry.session, now, keepalive=False, by_socket=True)
                try:
                    await self.live.claim_presence(PresenceClaim(heartbeat, room, entry.id, host=True))
                except TokenInvalid:
                    continue


@dataclass(frozen=True, slots=True)
class Roles:
    """Gives roles."""

    db: Database
    ranks: Ranks
    changes: AccessChanges
    role_hooks: RoleHooks
    host_entries: HostEntries

    async def give(self, actor: Actor, room: RoomId, target: UserId, role: Role) -> None:
        """Make somebody a moderator or an anchor, or with ``audience`` neither.

        Raises ``RoomNotFound``, ``PermissionDenied``, ``HookRefused``, ``UserNotFound``, ``QuotaExceeded``.
        """
        given = None if role is Role.AUDIENCE else role
        if given is not None and self.role_hooks.concerns(actor.tenant.name):
            found, _ = await self.ranks.check_over(actor, room, Right.APPOINT, target)
            await self.role_hooks.ask(actor, found, target, role)
        action = ModerationAction(actor, SET_ROLE, room, target, Right.APPOINT)
        await self.changes.make(action, lambda access: access.appointed(given))
        await self.host_entries.note(room, target)

    async def list(self, actor: Actor, room: RoomId) -> Sequence[HeldRole]:
        """Return the owner, and whom they have appointed, to members, the owner and admins.

        Raises ``RoomNotFound``, ``NotInRoom``.
        """
        found = await self.ranks.check_reader(actor, room)
        roles = {found.room.owner: Role.OWNER}
        for access in await self.db.room_access.appointed(room) if found.room.options.guarded else ():
            if access.role is not None:
                roles.setdefault(access.user, access.role)
        users = {user.id: user for user in await self.db.users.list(roles) if user.deleted is None}
        return [HeldRole(users[id], role) for id, role in roles.items() if id in users]


@dataclass(frozen=True, slots=True)
class OwnerTransfers:
    """Gives rooms to other owners."""

    db: Database
    ranks: Ranks
    changes: AccessChanges
    broadcasts: Broadcasts
    relay: OutboxRelay
    role_hooks: RoleHooks
    host_entries: HostEntries

    async def transfer(self, actor: Actor, room: RoomId, heir: UserId) -> LiveRoom:
        """Give the running broadcast to another member.

        Raises ``MemberNotFound`` for who is none, ``UserRefuses`` for who has blocked the actor, and as ``Roles.give``.
        """
        await self.changes.count(actor)
        found = await self.ranks.check(actor, room, Right.TRANSFER)
        if not await self.ranks.is_member(room, heir):
            raise MemberNotFound
        await check_reaches(self.db, actor.user, [heir])
        if self.role_hooks.concerns(actor.tenant.name):
            await self.role_hooks.ask(actor, found, heir, Role.OWNER)
        action = ModerationAction(actor, TRANSFER, room, heir, Right.TRANSFER, over=False)

        async def work(tx: Tx) -> Committed:
            context = await self.changes.judge(tx, action)
            if context.room.state is not RoomStatus.LIVE:
                raise RoomNotFound
            if context.access.is_banned(context.now):
                raise MemberNotFound  # evicted meanwhile
            if context.room.owner == heir:
                return Committed(context.room, None)
            handed = await self.broadcasts.hand_over_in(tx, context.room, heir, by=actor.user)
            await self.changes.note(tx, context)
            return handed

        committed = await self.db.transact(work)
        live = await self.relay.bring_up(committed.room, committed.row)
        await self.relay.deliver_later(committed.behind)
        await self.host_entries.note(room, heir)
        if live is None:
            raise RoomNotFound
        return live


def _question(
    actor: Actor, user: User | None, live: LiveRoom, room: Room | None, *, target: UserId, role: Role
) -> HookCall:
    data: dict[str, Any] = {
        "userId": actor.user,
        "name": user.name if user is not None else "",
        "avatar": user.avatar if user is not None else "",
        "roomId": live.id,
        "category": live.category,
        "title": room.title if room is not None else "",
        "ownerId": live.owner,
        "broadcastId": live.broadcast,
        "targetId": target,
        "role": role.value,
    }
    return HookCall(HookType.ROLE, actor.tenant.name, live.category, data)
