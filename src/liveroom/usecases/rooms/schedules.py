"""Broadcasts that begin or end at a set time.

A scheduled broadcast is announced to everybody, opened by its owner, and called off if nobody comes to do it. A
scheduled room is a reserved one with a start, so that entering it as its host is what opens it.

Without anybody asking for it, a broadcast ends when its host stays away, or when its time is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, QuotaExceeded, RoomNotFound
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.rooms.alerts import scheduled_alert
from liveroom.domain.rooms.model import CloseReason, Room, RoomStatus
from liveroom.domain.rooms.options import fresh_link_key
from liveroom.domain.rooms.paging import cut
from liveroom.domain.rooms.schedules import HELD_WITHIN, LISTED_AHEAD, SCHEDULED_MAX, Mark, Plan, schedule
from liveroom.ports import AlarmKind, Clock, Database, Live, Orphan, Tx
from liveroom.usecases.accounts.registration import fresh_id
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.rooms.broadcasts import Broadcasts, Committed, blank
from liveroom.usecases.rooms.passwords import Passwords
from liveroom.usecases.seats.maps import SeatMapEditor

log = structlog.get_logger("liveroom.schedules")
_ending_log = structlog.get_logger("liveroom.ending")

_AT_ONCE: Final = 200
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_DIGITS: Final = 15
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Schedules:
    """What is to come."""

    db: Database
    clock: Clock
    broadcasts: Broadcasts
    passwords: Passwords
    relay: OutboxRelay
    screening: Screening
    remind_before: timedelta
    """How long before a start those are told who want to be reminded."""

    async def schedule(self, actor: Actor, room_id: RoomId | None, plan: Plan, *, password: str | None = None) -> Room:
        """Schedule a broadcast in a room of the actor's that is reserved, in a fresh one, or change one.

        Raises ``RoomNotFound`` for any other room, ``BadRequest``, ``ContentRefused``, ``QuotaExceeded``.
        """
        judged = await self.screening.room(actor.tenant.name, plan.changes, user=actor.user, room=room_id or RoomId(""))
        plan = plan._replace(changes=judged)

        async def work(tx: Tx) -> Room:
            await tx.users.lock(actor.user)
            room = await self._room(tx, actor, room_id)
            if room.options.starts is None and len(await tx.schedules.of(actor.user)) >= SCHEDULED_MAX:
                raise QuotaExceeded(f"at most {SCHEDULED_MAX} scheduled rooms")
            digest = None if password is None else self.passwords.kept(room.id, password)
            options = plan.options._replace(password=digest, link_key=fresh_link_key())
            planned = schedule(room, plan._replace(options=options), by=actor.user, now=self.clock.now())
            await (tx.rooms.add(planned) if room_id is None else tx.rooms.put(planned))
            starts = planned.options.starts
            if starts is not None and starts != room.options.starts:
                await tx.room_alerts.add(scheduled_alert(planned, starts, self.remind_before))
            return planned

        return await self.db.transact(work)

    async def page(self, tenant: TenantName, *, category: str, cursor: str, limit: int) -> tuple[Sequence[Room], str]:
        """Return broadcasts to come that lists may show, soonest first, and the cursor of the next page.

        Those that were to have begun are among them as long as they can be opened. Raises ``BadRequest``.
        """
        now = self.clock.now()
        after = _read_cursor(cursor) if cursor else Mark(now - HELD_WITHIN, RoomId(""))
        found = await self.db.schedules.page(tenant, category, after, now + LISTED_AHEAD, limit + 1)
        return cut(found, limit, _cursor)

    async def call_off(self) -> int:
        """Close what was not held; return how many rooms."""
        overdue = await self.db.schedules.overdue(self.clock.now() - HELD_WITHIN, _AT_ONCE)
        closed = [committed for room in overdue if (committed := await self._call_off(room)) is not None]
        await self.relay.deliver_later([committed.row for committed in closed if committed.row is not None])
        return len(closed)

    async def _call_off(self, room_id: RoomId) -> Committed | None:
        async def work(tx: Tx) -> Committed | None:
            room = await tx.rooms.lock(room_id)
            if room is None or room.state is not RoomStatus.RESERVED or room.options.starts is None:
                return None
            if room.options.starts >= self.clock.now() - HELD_WITHIN:
                return None
            return await self.broadcasts.close_in(tx, room, by=room.holder, reason=CloseReason.NOT_HELD)

        committed = await self.db.transact(work)
        if committed is not None:
            log.info("room.not_held", room=room_id)
        return committed

    async def _room(self, tx: Tx, actor: Actor, room_id: RoomId | None) -> Room:
        if room_id is None:
            fresh = RoomId(await fresh_id(tx, actor.tenant, actor.user))
            return blank(actor, fresh, RoomStatus.RESERVED, self.clock.now())
        room = await tx.rooms.lock(room_id)
        if room is None or room.holder != actor.user or room.state is not RoomStatus.RESERVED:
            raise RoomNotFound
        return room


def _cursor(room: Room) -> str:
    return f"{((room.options.starts or _EPOCH) - _EPOCH) // _MILLISECOND}-{room.id}"


def _read_cursor(cursor: str) -> Mark:
    starts, _, room = cursor.partition("-")
    if not (starts.isascii() and starts.isdigit() and len(starts) <= _DIGITS and room):
        raise BadRequest("cursor: invalid")
    try:
        return Mark(_EPOCH + int(starts) * _MILLISECOND, RoomId(room))
    except OverflowError:
        raise BadRequest("cursor: invalid") from None


@dataclass(frozen=True, slots=True)
class OrphanedRooms:
    """Rooms whose host does not come back."""

    live: Live
    broadcasts: Broadcasts
    relay: OutboxRelay

    async def resolve(self) -> int:
        """Hand rooms whose host's grace is over to their heirs, or close them; return how many."""
        orphans = await self.live.orphans(_BATCH)
        for orphan in orphans:
            await self._resolve(orphan)
        return len(orphans)

    async def _resolve(self, orphan: Orphan) -> None:
        if orphan.heir is not None:
            committed = await self.broadcasts.hand_over(orphan.room, orphan.broadcast, orphan.heir)
        else:
            committed = await self.broadcasts.close(orphan.room, CloseReason.OWNER_GONE, broadcast=orphan.broadcast)
        faults.point("orphan.committed")
        if committed is not None and committed.row is not None:
            _ending_log.info("room.settled", room=orphan.room, heir=orphan.heir)
            await self.relay.deliver(committed.row, committed.room)


@dataclass(frozen=True, slots=True)
class OverdueRooms:
    """Rooms in which something is over at a set time."""

    db: Database
    live: Live
    clock: Clock
    broadcasts: Broadcasts
    relay: OutboxRelay
    seat_maps: SeatMapEditor

    async def end(self) -> int:
        """Close broadcasts whose time is over, and end requests for seats that nobody answered; return of how many
        rooms.
        """
        ended = 0
        for room, kind in await self.live.alarms(_BATCH):
            ended += await (self._end(room) if kind is AlarmKind.END else self.seat_maps.tidy(room))
        return ended

    async def _end(self, room_id: RoomId) -> bool:
        """Close a room's broadcast if its time is over; say whether it was."""
        room = await self.db.rooms.get(room_id)
        if room is None or not room.options.is_over(self.clock.now()):
            return False
        committed = await self.broadcasts.close(room_id, CloseReason.TIME_OVER, broadcast=room.broadcast)
        faults.point("close.committed")
        if committed is None or committed.row is None:
            return False
        _ending_log.info("room.time_over", room=room_id)
        await self.relay.deliver(committed.row, committed.room)
        return True
