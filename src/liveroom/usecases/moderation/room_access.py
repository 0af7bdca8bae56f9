"""Changing a user's access record in a room: appointments, invitations, mutes, bans.

One transaction locks the room's row, checks the actor's right by what is stored, and writes the access record, the
audit and the events; simultaneous changes take turns. The relay brings the record to the live store.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User, present
from liveroom.domain.errors import PermissionDenied, QuotaExceeded, RoomNotFound
from liveroom.domain.events import moderation as moderation_events
from liveroom.domain.events import rooms as room_events
from liveroom.domain.events.outbox import OutboxRow, RoomAccessChanged, RoomChanged
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.room_access import APPOINTED_MAX, ROOM_ACCESS_MAX, RoomAccess, utc_text
from liveroom.domain.operators.caller import Operator
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.permissions import LEAST, Rank, Right, check_outranks, rank_of
from liveroom.ports import Clock, Database, Live, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.ranks import check_in
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

Change = Callable[[RoomAccess], RoomAccess]
CHANGES: Final = 200
"""Changes of a room's people and options that one user may ask for within ``WINDOW``: most are published to the whole
room at once, and written to the audit."""
WINDOW: Final = timedelta(seconds=10)
_DROPPED: Final = 1000
"""How many expired access records are dropped at a time to make room for a new one."""


class ModerationAction(NamedTuple):
    """Who does what to whom, in which room and why."""

    actor: Actor | Operator
    """The operator outranks everybody, and their calls are in the audit already."""
    path: str
    """The method's path, for the audit: ``base/v1/moderation/ban``."""
    room: RoomId
    target: UserId
    right: Right
    """What it takes."""
    reason: str = ""
    over: bool = True
    """The actor has to outrank the target."""

    @property
    def by(self) -> UserId:
        """Return whose doing it is; "" for the operator's."""
        return user_of(self.actor)


def user_of(actor: Actor | Operator) -> UserId:
    """Return which user acts; "" for the operator, who is none."""
    return actor.user if isinstance(actor, Actor) else UserId("")


class ModerationContext(NamedTuple):
    """A moderation action that may be done, as far as the caller's transaction knows; the room's row is locked."""

    action: ModerationAction
    room: Room
    target: User
    access: RoomAccess
    """The target's."""
    now: datetime


class AccessChange(NamedTuple):
    """An access record before and after a change, and its room."""

    before: RoomAccess
    after: RoomAccess
    room: Room


@dataclass(frozen=True, slots=True)
class AccessChanges:
    """Changes access records."""

    db: Database
    live: Live
    clock: Clock
    trail: Audit
    recorder: EventRecorder
    vendor_tasks: VendorTaskQueue
    relay: OutboxRelay

    async def make(self, action: ModerationAction, change: Change) -> AccessChange:
        """Change the target's access record; if it already is as asked, nothing is written.

        Raises ``RateLimited``, ``RoomNotFound`` for a room that is neither live nor reserved, ``PermissionDenied``,
        ``UserNotFound``, ``QuotaExceeded``.
        """
        if isinstance(action.actor, Actor):
            await self.count(action.actor)
        seen = await self.role_in(action)

        async def work(tx: Tx) -> tuple[AccessChange, Sequence[OutboxRow]]:
            context = await self.judge(tx, action, seen)
            after = change(context.access)
            if after == context.access:
                return AccessChange(context.access, after, context.room), ()
            return await self._write(tx, context, after)

        changed, rows = await self.db.transact(work)
        if isinstance(action.actor, Operator):
            action.actor.change.note(_noted(changed.before), _noted(changed.after))
        faults.point("access.committed")
        await self.relay.deliver_later(rows)
        return changed

    async def count(self, actor: Actor) -> None:
        """Count a change that the actor asks for. Raises ``RateLimited``."""
        await check_rate(self.live, f"access:{actor.user}", limit=CHANGES, window=WINDOW)

    async def role_in(self, action: ModerationAction) -> Role | None:
        """Return the actor's role as a member if the right can depend on it: most rights come from stored roles."""
        if LEAST[action.right] > Rank.ANCHOR or isinstance(action.actor, Operator):
            return None
        member = await self.live.member(action.room, action.actor.user)
        return None if member is None else member.role

    async def judge(self, tx: Tx, action: ModerationAction, seen: Role | None = None) -> ModerationContext:
        """Lock the room and return the context. Raises ``RoomNotFound``, ``PermissionDenied``, ``UserNotFound``."""
        room = await tx.rooms.lock(action.room)
        if room is None or room.tenant != action.actor.tenant.name or room.state is RoomStatus.CLOSED:
            raise RoomNotFound
        actor = action.actor
        rank = await check_in(tx, room, actor, action.right, seen) if isinstance(actor, Actor) else None
        target = present(await tx.users.get(action.target), room.tenant)
        access = await tx.room_access.get(room.id, target.id)
        if action.over and rank is not None:
            check_outranks(rank, _rank_of_target(room, target, access))
        if action.right is Right.BAN and target.id == room.holder:
            raise PermissionDenied  # nobody is banned from a room that they may open
        return ModerationContext(
            action, room, target, access or RoomAccess(room.id, target.id, room.tenant), self.clock.now()
        )

    async def note(self, tx: Tx, context: ModerationContext) -> None:
        """Write down who did it, to whom and why; what the operator does is written down before."""
        action, room, target = context.action, context.room, context.target.id
        if isinstance(action.actor, Operator):
            return
        by = action.by
        entry = self.trail.entry(room.tenant, by, action.path, target=target, room=room.id, reason=action.reason)
        await tx.audit.add([entry])

    async def note_kick(self, action: ModerationAction) -> None:
        """Write down that somebody is about to be put out of a live room. Raises as ``judge``."""

        async def work(tx: Tx) -> None:
            context = await self.judge(tx, action)
            await self.write_kick(tx, context.room, context.target, by=action.by, reason=action.reason)
            await self.note(tx, context)

        await self.db.transact(work)

    async def write_kick(self, tx: Tx, room: Room, target: User, *, by: UserId, reason: str) -> None:
        """Write within the caller's transaction what a kick tells. Raises ``RoomNotFound`` for a room that is not live.

        ``by``: "" for the operator.
        """
        if room.state is not RoomStatus.LIVE:
            raise RoomNotFound
        now = self.clock.now()
        event = moderation_events.kicked(room, target.id, by, reason, at=now)
        await self.recorder.record_for_room(tx, room, event)
        await self.vendor_tasks.user_kicked(tx, target, room.id, now)

    async def _write(
        self, tx: Tx, context: ModerationContext, after: RoomAccess
    ) -> tuple[AccessChange, Sequence[OutboxRow]]:
        written = await self.write(tx, context.room, context.access, after, by=context.action.by)
        await self.note(tx, context)
        return written

    async def write(
        self, tx: Tx, room: Room, before: RoomAccess, after: RoomAccess, *, by: UserId
    ) -> tuple[AccessChange, Sequence[OutboxRow]]:
        """Write a changed access record of a locked room within the caller's transaction, and what it tells.

        ``by``: "" for the operator. Raises ``QuotaExceeded``.
        """
        now = self.clock.now()
        if after.role is not None and before.role is None:
            await _check_appointed(tx, room)
        if not before.rev:
            await _check_number(tx, room.id, now)
        after = after.written_by(by, now)
        await tx.room_access.put(after)
        room, rows = await self._guard(tx, room, now)
        if room.state is RoomStatus.LIVE:
            rows.append(await tx.outbox.add(room.tenant, RoomAccessChanged(room.id, after.user, by), now))
        await self.recorder.record_for_room(tx, room, *moderation_events.changes(room, before, after))
        await self.vendor_tasks.room_access_changed(tx, before, after)
        return AccessChange(before, after, room), rows

    async def _guard(self, tx: Tx, room: Room, now: datetime) -> tuple[Room, list[OutboxRow]]:
        """Mark the room as guarded: it has access records, which have to be looked up."""
        if room.options.guarded:
            return room, []
        guarded = replace(room, options=replace(room.options, guarded=True), rev=room.rev + 1)
        await tx.rooms.put(guarded)
        await self.recorder.record_for_room(tx, guarded, room_events.updated(guarded)._replace(at=now))
        is_live = room.state is RoomStatus.LIVE
        return guarded, [await tx.outbox.add(room.tenant, RoomChanged(room.id), now)] if is_live else []


def _noted(access: RoomAccess) -> dict[str, str]:
    """Return what the audit says of an access record."""
    return {
        "role": access.role or "",
        "banned": _span(access.banned_until),
        "banReason": access.ban_reason,
        "muted": _span(access.muted_until),
        "muteReason": access.mute_reason,
    }


def _span(until: datetime | None) -> str:
    return "" if until is None else utc_text(until) or "for ever"


def _rank_of_target(room: Room, target: User, access: RoomAccess | None) -> Rank:
    """Return what it takes to act on somebody: whoever hosts without being appointed is outranked by all who may."""
    appointed = access.role if access is not None else None
    return rank_of(target.id, owner=room.owner, role=None, appointed=appointed, admin=target.admin)


async def _check_appointed(tx: Tx, room: Room) -> None:
    if len(await tx.room_access.appointed(room.id)) >= APPOINTED_MAX:
        raise QuotaExceeded(f"at most {APPOINTED_MAX} moderators and anchors")


async def _check_number(tx: Tx, room: RoomId, now: datetime) -> None:
    """Make room for one more access record by dropping expired ones."""
    is_full = await tx.room_access.count(room) >= ROOM_ACCESS_MAX
    if is_full and not await tx.room_access.drop_over(room, now, _DROPPED):
        raise QuotaExceeded(f"at most {ROOM_ACCESS_MAX} users banned, muted, invited or appointed")


async def free_owner(tx: Tx, recorder: EventRecorder, room: Room, now: datetime) -> Sequence[OutboxRow]:
    """Lift ban and mute of a room's new owner within the caller's transaction; return the rows that tell of it.

    A mute by the operator stays: else a host would lift it by opening their room again.
    """
    known = await tx.room_access.get(room.id, room.owner) if room.options.guarded else None
    if known is None or (known.banned_until is None and known.muted_until is None):
        return ()
    freed = known.banned(None).muted(None) if known.updated_by else known.banned(None)
    if freed == known:
        return ()
    freed = freed.written_by(room.owner, now)
    await tx.room_access.put(freed)
    row = await tx.outbox.add(room.tenant, RoomAccessChanged(room.id, room.owner, room.owner), now)
    await recorder.record_for_room(tx, room, *moderation_events.changes(room, known, freed))
    return [row]
