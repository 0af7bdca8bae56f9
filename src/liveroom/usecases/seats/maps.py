"""Changing a room's seat map, which every call about seats goes through, and what is configured of it.

The rule decides on what was read, and what it decides is put if that still is so; else it decides again. Of one
process the calls about one room wait for each other, so that two hundred applicants do not make each other begin anew.

How many seats a room has, how the audience gets one, and which are locked are stored options of the room. Whoever has
a seat that is removed or locked leaves it when the live store applies the options.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import LiveUnavailable, NotInRoom, PermissionDenied, RoomNotFound
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.media.model import publishes
from liveroom.domain.moderation.audit import AuditEntry
from liveroom.domain.presence.members import Member
from liveroom.domain.rooms.model import LiveRoom
from liveroom.domain.rooms.options import RoomOptions, SeatMode
from liveroom.domain.rooms.permissions import Rank, Right, check_outranks, may, rank_of
from liveroom.domain.seats.model import SeatDecision, SeatMap, with_lock, with_seats
from liveroom.domain.seats.requests import expire_requests
from liveroom.ports import Clock, Live, SeatMapView
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.media.participants import PublishPermissions
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.rooms.ranks import Judge, Ranks, judge

CALLS: Final = 20
"""Changes of seats that one user may ask for within ``WINDOW``."""
WINDOW: Final = timedelta(seconds=10)
_TOO_FAST: Final = "the seats of this room change too fast"
_SLACK: Final = timedelta(seconds=2)
"""How far this process's clock may be behind the live store's."""
_TRIES: Final = 50
"""How often a change is tried: each failure is another process's success, and fewer processes change one room at
once."""
_CONFIGURE: Final = "base/v1/seats/configure"
_LOCK: Final = "base/v1/seats/lock"


class SeatContext(NamedTuple):
    """What a rule decides on: a room, its seat map without what is over, and who is in question."""

    room: LiveRoom
    seat_map: SeatMap
    members: Mapping[UserId, Member]
    now: datetime

    @property
    def options(self) -> RoomOptions:
        return self.room.options

    def rank(self, user: UserId) -> Rank:
        """Return what a user is to the room, as far as it shows there: which hosts were appointed does not."""
        member = self.members.get(user)
        return rank_of(user, owner=self.room.owner, role=member.role if member else None, appointed=None)

    def names(self) -> Mapping[UserId, tuple[str, str]]:
        """Return the name and picture of everybody in question who is in the room."""
        return {user: (member.name, member.avatar) for user, member in self.members.items()}


Rule = Callable[[SeatContext], Awaitable[SeatDecision]]


@dataclass(frozen=True, slots=True)
class SeatMapEditor:
    """Reads seat maps, and lets rules change them."""

    live: Live
    clock: Clock
    ranks: Ranks
    publish_permissions: PublishPermissions
    trail: Audit
    _turns: WeakValueDictionary[RoomId, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def read(self, tenant: TenantName, room: RoomId, *users: UserId) -> SeatContext:
        """Return a room's seat map. Raises ``RoomNotFound``."""
        view = await self._view(tenant, room, users)
        now = self.clock.now()
        return SeatContext(view.room, expire_requests(view.seat_map, view.members, now).seat_map, view.members, now)

    async def change(
        self, actor: Actor, room: RoomId, rule: Rule, *users: UserId, note: AuditEntry | None = None
    ) -> SeatContext:
        """Let a rule change the seat map for the actor; return the new seat map.

        ``users``: whose membership the rule needs, beside the actor's and that of everybody with a seat or request.
        ``note``: what is recorded when the rule allows it, before it takes effect. Raises ``RateLimited``,
        ``RoomNotFound``, and what the rule raises.
        """
        await self.count(actor)
        turn = self._turns.setdefault(room, asyncio.Lock())
        async with turn:
            before, after = await self._change(actor, room, rule, (actor.user, *users), note)
        await self._permissions_changed(before, after)
        return after

    async def count(self, actor: Actor) -> None:
        """Count a call of the actor's that is to change something. Raises ``RateLimited``."""
        await check_rate(self.live, f"seats:{actor.user}", limit=CALLS, window=WINDOW)

    async def tidy(self, room: RoomId) -> bool:
        """End requests that are over, as the live store's clock has it; say whether there were any."""
        for _ in range(_TRIES):
            view = await self.live.seat_maps.read(room, ())
            if view is None:
                return False
            decision = expire_requests(view.seat_map, view.members, self._when(view.seat_map))
            if not decision.answered:
                return False
            if await self.live.seat_maps.put(view, decision, None):
                return True
        raise LiveUnavailable(_TOO_FAST)

    async def may_seat(self, actor: Actor, context: SeatContext) -> bool:
        """Say whether the actor may seat people, and be seated whatever the mode."""
        try:
            await self.check_seat(actor, context)
        except PermissionDenied:
            return False
        return True

    async def check_seat(self, actor: Actor, context: SeatContext) -> Rank:
        """Return the actor's rank if they may seat people. Raises ``PermissionDenied``."""
        rank = context.rank(actor.user)
        if not may(rank, Right.SEAT):
            rank = (await self.ranks.check(actor, context.room.id, Right.SEAT)).rank
        return rank

    async def check_over(self, rank: Rank, context: SeatContext, target: UserId) -> None:
        """Raise ``PermissionDenied`` unless somebody of that rank may act on the target: on an admin nobody may."""
        check_outranks(rank, Rank.ADMIN if await self.ranks.is_admin(target) else await self._rank(context, target))

    async def _rank(self, context: SeatContext, user: UserId) -> Rank:
        member = context.members.get(user)
        if member is None or not member.role.is_host:
            return context.rank(user)
        return (await self.ranks.of(context.room.tenant, context.room.id, user)).rank

    async def _change(
        self, actor: Actor, room: RoomId, rule: Rule, users: tuple[UserId, ...], note: AuditEntry | None
    ) -> tuple[SeatMapView, SeatContext]:
        for _ in range(_TRIES):
            view = await self._view(actor.tenant.name, room, users)
            now = self.clock.now()
            current = expire_requests(view.seat_map, view.members, now)
            decided = await rule(SeatContext(view.room, current.seat_map, view.members, now))
            if note is not None:
                await self.trail.write(note)
                note = None
            decision = decided._replace(answered=(*current.answered, *decided.answered))
            if decision == SeatDecision(view.seat_map) or await self.live.seat_maps.put(view, decision, actor.user):
                return view, SeatContext(view.room, decision.seat_map, view.members, now)
        raise LiveUnavailable(_TOO_FAST)

    def _when(self, seat_map: SeatMap) -> datetime:
        """Return the time by which the next request is over, unless this process finds it far ahead."""
        now = self.clock.now()
        next_over = min((request.expires for request in seat_map.requests), default=now)
        return min(max(now, next_over), now + _SLACK)

    async def _view(self, tenant: TenantName, room: RoomId, users: tuple[UserId, ...]) -> SeatMapView:
        view = await self.live.seat_maps.read(room, users)
        if view is None or view.room.tenant != tenant:
            raise RoomNotFound
        return view

    async def _permissions_changed(self, before: SeatMapView, after: SeatContext) -> None:
        """Queue work at media providers for those who may send more, or less, than before."""
        room, was, now = after.room, before.seat_map, after.seat_map
        for user in sorted(was.users() | now.users()):
            former, latter = was.seat_of(user), now.seat_of(user)
            member = before.members.get(user)
            if member is None or former == latter:
                continue
            moved = member._replace(seat=latter.number if latter else 0, mutes=latter.mutes if latter else 0)
            if publishes(member) != publishes(moved):
                await self.publish_permissions.changed(room.tenant, room.id, user)


def check_member(context: SeatContext, user: UserId) -> Member:
    """Return the member; raises ``NotInRoom`` for who is none."""
    member = context.members.get(user)
    if member is None:
        raise NotInRoom
    return member


@dataclass(frozen=True, slots=True)
class SeatPlans:
    """Changes how many seats there are, and which are locked.

    Both raise ``RateLimited``, ``RoomNotFound``, ``PermissionDenied``.
    """

    seat_maps: SeatMapEditor
    publish_permissions: PublishPermissions
    ranks: Ranks
    broadcasts: Broadcasts
    relay: OutboxRelay
    trail: Audit

    async def configure(self, actor: Actor, room: RoomId, number: int | None, mode: SeatMode | None) -> SeatContext:
        """Change the number of seats, or the mode; None leaves it as it is."""
        await self.seat_maps.count(actor)
        ranked = await self.ranks.check(actor, room, Right.ARRANGE)
        may = judge(self.trail, actor, _CONFIGURE, Right.ARRANGE, ranked)
        return await self.change_options(
            actor.tenant.name, room, may, lambda options: with_seats(options, number, mode)
        )

    async def lock(self, actor: Actor, room: RoomId, number: int, *, locked: bool) -> SeatContext:
        """Lock a seat, which removes its user, or unlock it. Raises ``SeatsMissing``, ``SeatNotFound``."""
        await self.seat_maps.count(actor)
        ranked = await self.ranks.check(actor, room, Right.SEAT)
        if locked:
            await self._check_holder(actor, room, number, ranked.rank)
        may = judge(self.trail, actor, _LOCK, Right.SEAT, ranked)
        return await self.change_options(
            actor.tenant.name, room, may, lambda options: with_lock(options, number, locked=locked)
        )

    async def _check_holder(self, actor: Actor, room: RoomId, number: int, rank: Rank) -> None:
        context = await self.seat_maps.read(actor.tenant.name, room)
        for one in context.seat_map.seated:
            if one.number == number and one.user != actor.user:
                await self.seat_maps.check_over(rank, context, one.user)

    async def change_options(
        self, tenant: TenantName, room: RoomId, may: Judge, change: Callable[[RoomOptions], RoomOptions]
    ) -> SeatContext:
        """Change options of a live room; who loses a seat by it loses the right to publish. ``may`` judges."""
        before = await self.seat_maps.read(tenant, room)
        committed = await self.broadcasts.change_options(tenant, room, change, may)
        if await self.relay.bring_up(committed.room, committed.row) is None:
            raise RoomNotFound
        after = await self.seat_maps.read(tenant, room)
        for user in sorted(_seated(before) - _seated(after)):
            await self.publish_permissions.taken_off_seat(tenant, room, user)
        return after


def _seated(context: SeatContext) -> set[UserId]:
    return {one.user for one in context.seat_map.seated}
