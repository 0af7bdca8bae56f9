"""What people are to a live room, for everything that not everybody may do."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import present
from liveroom.domain.errors import NotInRoom, PermissionDenied
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.presence.members import Member, Role
from liveroom.domain.rooms.model import LiveRoom, Room, RoomStatus, present_room
from liveroom.domain.rooms.permissions import Rank, Right, check_outranks, may, rank_of
from liveroom.ports import Database, Live, Tx
from liveroom.usecases.moderation.audit import Audit

Judge = Callable[[Tx, Room], Awaitable[object]]
"""Raises unless somebody may do something to a room whose row is locked."""


async def is_admin(tx: Tx, user: UserId) -> bool:
    """Say whether the operator has named the user an admin."""
    found = await tx.users.get(user)
    return found is not None and found.admin


class Ranked(NamedTuple):
    """Somebody, as a live room knows them."""

    room: LiveRoom
    member: Member | None
    """None: they are not in it."""
    rank: Rank


@dataclass(frozen=True, slots=True)
class Ranks:
    """Reads ranks: two reads of the live store in one trip.

    SQL is asked only about users who are not in the room, who host it without owning it, or who would be refused.
    """

    db: Database
    live: Live

    async def of(self, tenant: TenantName, room: RoomId, user: UserId) -> Ranked:
        """Return what a user is to a live room, without looking whether they are an admin. Raises ``RoomNotFound``."""
        found, member = await asyncio.gather(self.live.room(room), self.live.member(room, user))
        live = present_room(found, tenant)
        role = None if member is None else member.role
        appointed = await self._appointed(live, user) if role is None or role.is_host else None
        return Ranked(live, member, rank_of(user, owner=live.owner, role=role, appointed=appointed))

    async def is_admin(self, user: UserId) -> bool:
        """Say whether the operator has named the user an admin."""
        return await is_admin(self.db, user)

    async def is_member(self, room: RoomId, user: UserId) -> bool:
        """Say whether a user is in a live room."""
        return await self.live.member(room, user) is not None

    async def check_reader(self, actor: Actor, room: RoomId) -> Ranked:
        """Return what the actor is to the room if they may read its settings: members, its owner, admins.

        Raises ``RoomNotFound``, ``NotInRoom``.
        """
        found = await self.of(actor.tenant.name, room, actor.user)
        if found.member is None and found.rank < Rank.OWNER and not await is_admin(self.db, actor.user):
            raise NotInRoom
        return found

    async def check(self, actor: Actor, room: RoomId, right: Right) -> Ranked:
        """Return what the actor is to the room if they may do this; admins may do everything.

        Raises ``RoomNotFound``, ``PermissionDenied``.
        """
        found = await self.of(actor.tenant.name, room, actor.user)
        if may(found.rank, right):
            return found
        if not await is_admin(self.db, actor.user):
            raise PermissionDenied
        return found._replace(rank=Rank.ADMIN)

    async def check_over(self, actor: Actor, room: RoomId, right: Right, target: UserId) -> tuple[Ranked, Ranked]:
        """Return what the actor and the target are, if the actor may do this to the target.

        Raises ``RoomNotFound``, ``PermissionDenied``; ``UserNotFound`` for a target that the tenant does not have.
        """
        found = await self.check(actor, room, right)
        other = await self.of(actor.tenant.name, room, target)
        if other.member is None:
            present(await self.db.users.get(target), actor.tenant.name)
        check_outranks(found.rank, other.rank)
        return found, other

    async def _appointed(self, room: LiveRoom, user: UserId) -> Role | None:
        is_asked = room.options.guarded and user != room.owner
        access = await self.db.room_access.get(room.id, user) if is_asked else None
        return None if access is None else access.role


async def check_in(tx: Tx, room: Room, actor: Actor, right: Right, seen: Role | None) -> Rank:
    """Return the actor's rank by what the transaction reads, with the room's row locked. Raises ``PermissionDenied``.

    ``seen``: their role as a member in the live store, because an appointed anchor ranks as one only while present as
    one. Somebody dismissed a moment ago has no rank, even if the live store does not know yet.
    """
    access = await tx.room_access.get(room.id, actor.user) if room.options.guarded else None
    role = None if seen is Role.MODERATOR else seen
    rank = rank_of(actor.user, owner=room.owner, role=role, appointed=access.role if access else None)
    if may(rank, right):
        return rank
    if not await is_admin(tx, actor.user):
        raise PermissionDenied
    return Rank.ADMIN


def judge(trail: Audit, actor: Actor, action: str, right: Right, ranked: Ranked | None) -> Judge:
    """Return what judges a change in the transaction of ``Broadcasts.change_options``.

    It raises ``PermissionDenied``, or notes the change. ``action``: the method's path. ``ranked``: the actor's rank a
    moment ago; None: the room was reserved, and whose it is has been looked at.
    """

    async def check(tx: Tx, room: Room) -> None:
        if ranked is not None or room.state is RoomStatus.LIVE:
            await check_in(tx, room, actor, right, role_of(ranked))
        await tx.audit.add([trail.entry(room.tenant, actor.user, action, room=room.id)])

    return check


def role_of(ranked: Ranked | None) -> Role | None:
    """Return the member's role; None for somebody who is not a member."""
    return None if ranked is None or ranked.member is None else ranked.member.role


def check_member(ranked: Ranked) -> Member:
    """Return the member; raises ``NotInRoom`` for whoever is none."""
    if ranked.member is None:
        raise NotInRoom
    return ranked.member
