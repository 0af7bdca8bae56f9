"""The durable life of a room: reserved, opened, changed, handed over, closed.

Each is one transaction with its outbox row.
Nothing here touches the live store; whoever calls gives the row to the relay.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, PermissionDenied, QuotaExceeded, RoomNotFound, TooManyRooms
from liveroom.domain.events import rooms as room_events
from liveroom.domain.events.outbox import OutboxRow, RoomChanged, RoomHanded, rooms_changed
from liveroom.domain.events.records import NewEvent
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId, new_id
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.alerts import AlertKind, cancelled_alert, may_be_told, opening_alert
from liveroom.domain.rooms.model import (
    CloseReason,
    Room,
    RoomChanges,
    RoomStatus,
    limit_time,
    open_again,
    present_room,
    running_room,
)
from liveroom.domain.rooms.options import RoomOptions
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.accounts.registration import fresh_id
from liveroom.usecases.connections import rows as connections
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.moderation.room_access import free_owner
from liveroom.usecases.recordings.announcing import RecordingStart
from liveroom.usecases.rooms.noting import note_change
from liveroom.usecases.rooms.ranks import Judge, is_admin
from liveroom.usecases.streams import rows as streams
from liveroom.usecases.vendors.task_queue import VendorTaskQueue


@dataclass(frozen=True, slots=True)
class Committed:
    """A room as committed, and its outbox row (None: nothing had to change)."""

    room: Room
    row: OutboxRow | None
    behind: Sequence[OutboxRow] = ()
    """Further outbox rows committed with it; the relay applies those that the caller does not."""


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """Writes rooms."""

    db: Database
    clock: Clock
    vendor_tasks: VendorTaskQueue
    recorder: EventRecorder
    recording: RecordingStart
    capacity_max: int = 0
    """The most members that any room may hold; 0 is unlimited. A tenant's quota may be lower."""
    timer: timedelta = timedelta(0)
    """How long broadcasts of time-limited rooms last by default; 0: no limit."""

    async def reserve(self, actor: Actor, changes: RoomChanges, *, most: int = 0) -> Room:
        """Give the actor a fresh room id, or, if they have reserved ``most`` already (0: no limit), the oldest of
        those."""

        async def work(tx: Tx) -> Room:
            now, former = self.clock.now(), await self._oldest_reserved(tx, actor, most)
            room_id = former.id if former is not None else RoomId(await fresh_id(tx, actor.tenant, actor.user))
            room = changes.apply(blank(actor, room_id, RoomStatus.RESERVED, now), by=actor.user, now=now)
            if former is None:
                room = replace(room, rev=0)
                await tx.rooms.add(room)
            else:
                room = replace(room, rev=former.rev + 1, delisted=former.delisted, placement=former.placement)
                await tx.rooms.put(room)
            return room

        return await self.db.transact(work)

    async def open(self, actor: Actor, room_id: RoomId, changes: RoomChanges, kind: str, *, most: int = 0) -> Committed:
        """Begin a broadcast in the room, making the room where there is none.

        A room that is live already stays as it is. ``most``: how many live rooms the actor may own, 0 for any number;
        a room that was live before may always be opened again. Raises ``BadRequest`` for an id that nobody may choose,
        ``PermissionDenied`` for one that was given to somebody else, ``QuotaExceeded``, ``TooManyRooms``.
        """

        async def work(tx: Tx) -> Committed:
            if most:
                await tx.users.lock(actor.user)
            holder, tenant = await tx.ids.claim(room_id, actor.tenant.name, actor.user)
            room = await tx.rooms.lock(room_id)
            if holder != actor.user or tenant != actor.tenant.name:
                await self._check_admin(tx, actor, tenant)
            if room is not None and room.state is RoomStatus.LIVE:
                return Committed(room, None)
            await self._check_quota(tx, actor.tenant)
            if most and (room is None or room.state is RoomStatus.RESERVED):
                await _check_owned(tx, actor.user, most)
            return await self._begin(tx, actor, room_id, room, changes, kind)

        self._check_choice(actor, room_id)
        return await self.db.transact(work)

    async def change(self, actor: Actor | Operator, room_id: RoomId, changes: RoomChanges) -> Committed:
        """Change a live room. Raises ``RoomNotFound``; ``PermissionDenied`` for all but its owner and admins."""

        async def work(tx: Tx) -> Committed:
            room = running_room(await tx.rooms.lock(room_id), actor.tenant.name)
            by = await self._name_of(tx, actor, room)
            changed = self._bounded(changes.apply(room, by=by, now=self.clock.now()), actor.tenant)
            note_change(actor, room, changed)
            await tx.rooms.put(changed)
            await self.vendor_tasks.room_changed(tx, room, changed)
            await self.recorder.record_for_room(tx, changed, room_events.updated(changed))
            return Committed(changed, await self._add_outbox_row(tx, changed))

        return await self.db.transact(work)

    async def change_options(
        self, tenant: TenantName, room_id: RoomId, change: Callable[[RoomOptions], RoomOptions], may: Judge
    ) -> Committed:
        """Change the options of a room that is live or reserved; ``may`` judges, once its row is locked, whether to.

        When and by whom the room was changed last stays as it is: that is of its title and the like. Raises
        ``RoomNotFound``, and what ``change`` and ``may`` raise.
        """

        async def work(tx: Tx) -> Committed:
            room = await tx.rooms.lock(room_id)
            if room is None or room.tenant != tenant or room.state is RoomStatus.CLOSED:
                raise RoomNotFound
            await may(tx, room)
            options = change(room.options)
            if options == room.options:
                return Committed(room, None)
            now = self.clock.now()
            if options.takes_covers and not room.options.takes_covers:
                await streams.want_cover(tx, options, now)
            changed = replace(room, options=options, rev=room.rev + 1)
            await tx.rooms.put(changed)
            if options.recording is not None and not options.shows_members:
                await tx.recordings.seclude(options.recording.id)
            if room.state is RoomStatus.RESERVED:
                return Committed(changed, None)
            await self.recorder.record_for_room(tx, changed, room_events.updated(changed)._replace(at=now))
            return Committed(changed, await tx.outbox.add(tenant, RoomChanged(room.id), now))

        return await self.db.transact(work)

    async def delist(self, operator: Operator, room_id: RoomId, *, delisted: bool) -> Committed:
        """Keep a room off every list in all its broadcasts, or let it be listed again. Raises ``RoomNotFound``."""

        def change(room: Room) -> Room:
            return replace(room, delisted=delisted)

        return await self._keep_off(operator, room_id, change, room_events.delisted)

    async def set_aside(self, operator: Operator, room_id: RoomId, *, aside: bool) -> Committed:
        """Keep the running broadcast off every list, or let it be listed again. Raises ``RoomNotFound``."""

        def change(room: Room) -> Room:
            if room.state is not RoomStatus.LIVE:
                raise RoomNotFound
            return replace(room, aside=aside)

        return await self._keep_off(operator, room_id, change, room_events.updated)

    async def _keep_off(
        self,
        operator: Operator,
        room_id: RoomId,
        change: Callable[[Room], Room],
        event: Callable[[Room], NewEvent],
    ) -> Committed:
        tenant = operator.tenant.name

        async def work(tx: Tx) -> Committed:
            room = present_room(await tx.rooms.lock(room_id), tenant)
            changed = change(room)
            note_change(operator, room, changed)
            if changed == room:
                return Committed(room, None)
            changed, now = replace(changed, rev=room.rev + 1), self.clock.now()
            await tx.rooms.put(changed)
            await self.recorder.record_for_room(tx, changed, event(changed)._replace(at=now))
            is_live = room.state is RoomStatus.LIVE
            return Committed(changed, await tx.outbox.add(tenant, RoomChanged(room.id), now) if is_live else None)

        return await self.db.transact(work)

    async def close_as(self, actor: Actor | Operator, room_id: RoomId) -> Committed | None:
        """Close the room for its owner, an admin or the operator; None when there is nothing to close."""

        async def work(tx: Tx) -> Committed | None:
            room = await tx.rooms.lock(room_id)
            if room is None or room.tenant != actor.tenant.name or room.state is RoomStatus.CLOSED:
                return None
            by = await self._name_of(tx, actor, room)
            is_own = isinstance(actor, Actor) and room.owner == actor.user
            reason = CloseReason.DESTROYED if is_own else CloseReason.CLOSED_BY_ADMIN
            closed = await self.close_in(tx, room, by=by, reason=reason)
            note_change(actor, room, closed.room)
            return closed

        return await self.db.transact(work)

    async def close(self, room_id: RoomId, reason: CloseReason, *, broadcast: BroadcastId | None) -> Committed | None:
        """Close a live room for the service itself; with ``broadcast`` only while that one runs.

        Because its time is over: only if it still is, for somebody may have given it more by now.
        """

        async def work(tx: Tx) -> Committed | None:
            room = await tx.rooms.lock(room_id)
            if room is None or room.state is not RoomStatus.LIVE or broadcast not in (None, room.broadcast):
                return None
            if reason is CloseReason.TIME_OVER and not room.options.is_over(self.clock.now()):
                return None
            return await self.close_in(tx, room, by=room.owner, reason=reason)

        return await self.db.transact(work)

    async def close_in(self, tx: Tx, room: Room, *, by: UserId, reason: CloseReason) -> Committed:
        """Close a locked room within the caller's transaction."""
        now = self.clock.now()
        room, others = await connections.close(tx, self.recorder, room, now)
        await tx.envelopes.close([one.id for one in room.options.envelopes], now)
        await tx.activities.close([one.id for one in room.options.activities], now)
        ended = await streams.close(tx, room, now) if room.options.streams else []
        if room.options.recording is not None:
            await tx.recordings.hurry(room.options.recording.id, now)
        options = replace(
            room.options, starts=None, pinned=None, envelopes=(), streams=(), recording=None, activities=()
        ).without_live_cover()
        closed = replace(room, state=RoomStatus.CLOSED, updated=now, updated_by=by, options=options, rev=room.rev + 1)
        await tx.rooms.put(closed)
        if room.broadcast:
            await tx.rooms.close_broadcast(room.broadcast, now, reason)
            await self.vendor_tasks.room_closed(tx, closed)
            await self.recorder.record_for_room(tx, closed, *ended, room_events.closed(closed, reason))
        if room.state is RoomStatus.RESERVED and room.options.starts is not None:
            await tx.room_alerts.add(cancelled_alert(room, room.options.starts, now))
        row = await tx.outbox.add(room.tenant, rooms_changed(room.id, others, reason), now)
        return Committed(closed, row)

    async def hand_over(self, room_id: RoomId, broadcast: BroadcastId, heir: UserId) -> Committed | None:
        """Make the heir the owner of the running broadcast; None when it is over."""

        async def work(tx: Tx) -> Committed | None:
            room = await tx.rooms.lock(room_id)
            if room is None or room.state is not RoomStatus.LIVE or room.broadcast != broadcast:
                return None
            return await self.hand_over_in(tx, room, heir, by=heir)

        return await self.db.transact(work)

    async def hand_over_in(self, tx: Tx, room: Room, heir: UserId, *, by: UserId) -> Committed:
        """Give a locked live room to another owner within the caller's transaction."""
        now = self.clock.now()
        handed = replace(room, owner=heir, updated=now, updated_by=by, rev=room.rev + 1)
        await tx.rooms.put(handed)
        handed, others = await connections.hand_over(tx, self.recorder, handed, now)
        await self.vendor_tasks.owner_changed(tx, handed, room.owner)
        await self.recorder.record_for_room(tx, handed, room_events.owner_changed(handed, room.owner))
        row = await tx.outbox.add(handed.tenant, RoomHanded(handed.id, others=others, heir=heir), now)
        return Committed(handed, row, await free_owner(tx, self.recorder, handed, now))

    async def _oldest_reserved(self, tx: Tx, actor: Actor, most: int) -> Room | None:
        if not most:
            return None
        await tx.users.lock(actor.user)
        reserved = await tx.rooms.reserved(actor.user)
        room = await tx.rooms.lock(reserved[0]) if len(reserved) >= most else None
        return room if room is not None and room.state is RoomStatus.RESERVED else None

    async def _begin(
        self, tx: Tx, actor: Actor, room_id: RoomId, room: Room | None, changes: RoomChanges, kind: str
    ) -> Committed:
        now = self.clock.now()
        known = room or blank(actor, room_id, RoomStatus.CLOSED, now)
        begun = open_again(known, by=actor.user, broadcast=BroadcastId(new_id(now)), now=now)
        reserved = room if room is not None and room.state is RoomStatus.RESERVED else None
        if reserved is not None:
            begun = _as_reserved(begun, reserved)
        begun = replace(changes.apply(begun, by=actor.user, now=now), rev=begun.rev, kind=kind)
        begun = limit_time(self._bounded(begun, actor.tenant), self.timer)
        begun, told = await self.recording.at_opening(tx, begun)
        await (tx.rooms.add(begun) if room is None else tx.rooms.put(begun))
        await tx.rooms.open_broadcast(begun)
        await self.vendor_tasks.room_opened(tx, begun)
        await self.recorder.record_for_room(tx, begun, room_events.opened(begun))
        if may_be_told(begun) and await tx.follows.has_fans(begun.owner):
            await tx.room_alerts.add(opening_alert(begun, AlertKind.FOLLOW))
        if reserved is not None and reserved.options.starts is not None:
            await tx.room_alerts.add(opening_alert(begun, AlertKind.LIVE))
        row = await self._add_outbox_row(tx, begun)
        return Committed(begun, row, [*await free_owner(tx, self.recorder, begun, now), *told])

    def _bounded(self, room: Room, tenant: Tenant) -> Room:
        """Return the room with no more capacity than the installation and the tenant's quota allow."""
        bounds = [most for most in (room.capacity, tenant.quotas.members, self.capacity_max) if most]
        return replace(room, capacity=min(bounds, default=0))

    async def _add_outbox_row(self, tx: Tx, room: Room) -> OutboxRow:
        return await tx.outbox.add(room.tenant, RoomChanged(room.id), room.updated)

    async def _name_of(self, tx: Tx, caller: Actor | Operator, room: Room) -> UserId:
        """Return in whose name the caller changes the room: the operator's server does it in the owner's.

        Raises ``PermissionDenied`` for a user who is neither its owner nor an admin.
        """
        if isinstance(caller, Operator):
            return room.owner
        if room.owner != caller.user:
            await self._check_admin(tx, caller, room.tenant)
        return caller.user

    async def _check_admin(self, tx: Tx, actor: Actor, tenant: TenantName) -> None:
        if tenant != actor.tenant.name or not await is_admin(tx, actor.user):
            raise PermissionDenied

    async def _check_quota(self, tx: Tx, tenant: Tenant) -> None:
        most = tenant.quotas.rooms
        if most and await tx.rooms.count_live(tenant.name) >= most:
            raise QuotaExceeded(f"at most {most} live rooms")

    def _check_choice(self, actor: Actor, room_id: RoomId) -> None:
        if str(room_id) != actor.user and not actor.tenant.may_choose(room_id):
            raise BadRequest("roomId: must be a whole number from 1 to 2147483647")


def _as_reserved(begun: Room, reserved: Room) -> Room:
    """Return a room that opens, with the texts and options that were set since it was reserved."""
    return replace(
        begun,
        category=reserved.category,
        title=reserved.title,
        cover=reserved.cover,
        subject=reserved.subject,
        description=reserved.description,
        capacity=reserved.capacity,
    )


def blank(actor: Actor, room_id: RoomId, state: RoomStatus, now: datetime) -> Room:
    """Return an empty room of the actor's."""
    return Room(
        id=room_id,
        tenant=actor.tenant.name,
        holder=actor.user,
        owner=actor.user,
        state=state,
        created_by=actor.user,
        updated_by=actor.user,
        opened=now,
        updated=now,
    )


async def _check_owned(tx: Tx, owner: UserId, most: int) -> None:
    rooms = await tx.rooms.owned_live(owner)
    if len(rooms) >= most:
        raise TooManyRooms(rooms)
