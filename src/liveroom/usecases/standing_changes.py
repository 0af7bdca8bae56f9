"""Changing what somebody is to a room: appointed, invited, muted, banned.

One transaction holds the room's row, judges by what is stored there and then, and writes the standing, the audit and
what is told of it; two who act at once take turns. The relay brings it to the live store.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom import faults
from liveroom.domain import moderation_events, room_events
from liveroom.domain.errors import PermissionDenied, QuotaExceeded, RoomNotFound
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.members import Role
from liveroom.domain.outbox import OutboxRow, RoomChanged, StandingChanged
from liveroom.domain.permissions import LEAST, Rank, Right, check_outranks, rank_of
from liveroom.domain.rooms import Room, RoomState
from liveroom.domain.sessions import Actor
from liveroom.domain.standings import APPOINTED_MAX, STANDINGS_MAX, Standing
from liveroom.domain.users import User, present
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.audit import Audit
from liveroom.usecases.chronicle import Chronicle
from liveroom.usecases.ranks import check_in
from liveroom.usecases.rates import check_rate
from liveroom.usecases.relay import Relay
from liveroom.usecases.vendors import VendorDesk

Change = Callable[[Standing], Standing]
CHANGES: Final = 200
"""Changes of a room's people and options that one user may ask for within ``WINDOW``: most are told to the whole room
at once, and written to the audit.
"""
WINDOW: Final = timedelta(seconds=10)
_DROPPED: Final = 1000
"""Standings that mean nothing any more and make room for another, at a time."""


class Deed(NamedTuple):
    """Who does what to whom, in which room and why."""

    actor: Actor
    action: str
    """The method's path, for the audit: ``base/v1/moderation/ban``."""
    room: RoomId
    target: UserId
    right: Right
    """What it takes."""
    reason: str = ""
    over: bool = True
    """The actor has to outrank the target."""


class Case(NamedTuple):
    """A deed that may be done, as far as the caller's transaction knows; the room's row is locked."""

    deed: Deed
    room: Room
    target: User
    standing: Standing
    """The target's."""
    now: datetime


class Changed(NamedTuple):
    """What a change has made of a standing."""

    before: Standing
    after: Standing
    room: Room


@dataclass(frozen=True, slots=True)
class StandingChanges:
    """Changes standings."""

    db: Database
    live: Live
    clock: Clock
    trail: Audit
    chronicle: Chronicle
    desk: VendorDesk
    relay: Relay

    async def make(self, deed: Deed, change: Change) -> Changed:
        """Change the target's standing; one that is so already stays as it is, and nothing is written.

        Raises ``RateLimited``, ``RoomNotFound`` for a room that is neither live nor reserved, ``PermissionDenied``,
        ``UserNotFound``, ``QuotaExceeded``.
        """
        await self.count(deed.actor)
        seen = await self.role_in(deed)

        async def work(tx: Tx) -> tuple[Changed, Sequence[OutboxRow]]:
            case = await self.judge(tx, deed, seen)
            after = change(case.standing)
            if after == case.standing:
                return Changed(case.standing, after, case.room), ()
            return await self._write(tx, case, after)

        changed, rows = await self.db.transact(work)
        faults.point("standing.committed")
        await self.relay.deliver_later(rows)
        return changed

    async def count(self, actor: Actor) -> None:
        """Count a change that the actor asks for. Raises ``RateLimited``."""
        await check_rate(self.live, f"standing:{actor.user}", limit=CHANGES, window=WINDOW)

    async def role_in(self, deed: Deed) -> Role | None:
        """Return as what the actor is in the room, where that can make a difference: most rights are stored ones."""
        if LEAST[deed.right] > Rank.ANCHOR:
            return None
        member = await self.live.member(deed.room, deed.actor.user)
        return None if member is None else member.role

    async def judge(self, tx: Tx, deed: Deed, seen: Role | None = None) -> Case:
        """Lock the room and return the case. Raises ``RoomNotFound``, ``PermissionDenied``, ``UserNotFound``."""
        room = await tx.rooms.lock(deed.room)
        if room is None or room.tenant != deed.actor.tenant.name or room.state is RoomState.CLOSED:
            raise RoomNotFound
        rank = await check_in(tx, room, deed.actor, deed.right, seen)
        target = present(await tx.users.get(deed.target), room.tenant)
        standing = await tx.standings.get(room.id, target.id)
        if deed.over:
            check_outranks(rank, _rank_of_target(room, target, standing))
        if deed.right is Right.BAN and target.id == room.holder:
            raise PermissionDenied  # nobody is kept out of the room that is theirs to open
        return Case(deed, room, target, standing or Standing(room.id, target.id, room.tenant), self.clock.now())

    async def note(self, tx: Tx, case: Case) -> None:
        """Write down who did it, to whom and why."""
        deed, room, target = case.deed, case.room, case.target.id
        by, action = deed.actor.user, deed.action
        entry = self.trail.entry(room.tenant, by, action, target=target, room=room.id, reason=deed.reason)
        await tx.audit.add([entry])

    async def _write(self, tx: Tx, case: Case, after: Standing) -> tuple[Changed, Sequence[OutboxRow]]:
        if after.role is not None and case.standing.role is None:
            await _check_appointed(tx, case.room)
        if not case.standing.rev:
            await _check_number(tx, case)
        by, now = case.deed.actor.user, case.now
        after = after.written_by(by, now)
        await tx.standings.put(after)
        room, rows = await self._guard(tx, case.room, now)
        if room.state is RoomState.LIVE:
            rows.append(await tx.outbox.add(room.tenant, StandingChanged(room.id, after.user, by), now))
        await self.note(tx, case)
        await self.chronicle.about_room(tx, room, *moderation_events.changes(room, case.standing, after))
        await self.desk.standing_changed(tx, case.standing, after)
        return Changed(case.standing, after, room), rows

    async def _guard(self, tx: Tx, room: Room, now: datetime) -> tuple[Room, list[OutboxRow]]:
        """Note at the room that there are standings to look at."""
        if room.options.guarded:
            return room, []
        guarded = replace(room, options=replace(room.options, guarded=True), rev=room.rev + 1)
        await tx.rooms.put(guarded)
        await self.chronicle.about_room(tx, guarded, room_events.updated(guarded)._replace(at=now))
        is_live = room.state is RoomState.LIVE
        return guarded, [await tx.outbox.add(room.tenant, RoomChanged(room.id), now)] if is_live else []


def _rank_of_target(room: Room, target: User, standing: Standing | None) -> Rank:
    """Return what it takes to act on somebody: whoever hosts without being appointed is outranked by all who may."""
    appointed = standing.role if standing is not None else None
    return rank_of(target.id, owner=room.owner, role=None, appointed=appointed, admin=target.admin)


async def _check_appointed(tx: Tx, room: Room) -> None:
    if len(await tx.standings.appointed(room.id)) >= APPOINTED_MAX:
        raise QuotaExceeded(f"at most {APPOINTED_MAX} moderators and anchors")


async def _check_number(tx: Tx, case: Case) -> None:
    """Make place for one more standing: those that are over make way."""
    is_full = await tx.standings.count(case.room.id) >= STANDINGS_MAX
    if is_full and not await tx.standings.drop_over(case.room.id, case.now, _DROPPED):
        raise QuotaExceeded(f"at most {STANDINGS_MAX} users banned, muted, invited or appointed")
