"""Maintenance jobs: each does what is due and returns (DESIGN.md 3). ``app.jobs`` says when they run."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from liveroom import faults
from liveroom.domain.ids import RoomId
from liveroom.domain.presence.members import LeaveReason
from liveroom.domain.rooms.model import CloseReason
from liveroom.ports import FIRST_KEPT, AlarmKind, Clock, Database, Kept, Live, Orphan
from liveroom.usecases.accounts.codes import KEPT as CODES_KEPT
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.partition_workers import PartitionWorkers
from liveroom.usecases.presence.comparing import Comparison
from liveroom.usecases.presence.recovery import REMEMBERED
from liveroom.usecases.privacy.erasures import DeletedUsers
from liveroom.usecases.privacy.retention import Retention
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.rooms.entering import Rooms
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.rooms.schedules import Schedules
from liveroom.usecases.seats.maps import SeatMapEditor
from liveroom.usecases.tenants.operator_configuration import OperatorConfiguration
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.tenants.server_keys import ServerKeys
from liveroom.usecases.vendors.queue import VendorQueue
from liveroom.usecases.vendors.review import VendorReview
from liveroom.usecases.webhooks.queue import EventQueue
from liveroom.usecases.webhooks.replays import Replays

log = structlog.get_logger("liveroom.maintenance_jobs")

EXPIRY_GAP: Final = timedelta(seconds=30)
"""Where expiry runs every second: a bucket that went longer without it had an outage."""
TICK_GAP: Final = timedelta(seconds=150)
"""The same where a timer runs it every minute."""
_BATCH: Final = 1000
_PURGE_BATCH: Final = 1000
EVENTS_KEPT: Final = timedelta(days=8)
"""How long delivered events are kept."""
_EVENTS_AT_ONCE: Final = 60_000
_EVENTS_TIMEOUT: Final = timedelta(seconds=20)
_DONE_KEPT: Final = timedelta(days=1)
"""How long an outbox row stays after it was applied."""


@dataclass(frozen=True, slots=True)
class MaintenanceJobs:
    """Work that no call asks for."""

    db: Database
    live: Live
    clock: Clock
    rooms: Rooms
    broadcasts: Broadcasts
    listings: Listings
    relay: OutboxRelay
    tenants: Tenancy
    vendors: PartitionWorkers[VendorQueue]
    configuration: OperatorConfiguration
    server_keys: ServerKeys
    trail: Audit
    outward: PartitionWorkers[EventQueue]
    replays: Replays
    screening: Screening
    deleted_users: DeletedUsers
    retention: Retention
    vendor_review: VendorReview
    schedules: Schedules
    seat_maps: SeatMapEditor
    comparison: Comparison

    async def flush(self) -> int:
        """Send waiting renewals, write the journal, bring the lists up to date; return how many stays were written."""
        written = await self.live.flush()
        await self.listings.catch_up()
        return written

    async def expire_places(self, gap: timedelta = EXPIRY_GAP) -> int:
        """End presence entries without signs of life, and those whose end an outage interrupted; return how many."""
        ended = await self.rooms.end_unfinished()
        entries = await self.live.expired(_BATCH, gap=gap)
        if entries:
            await self.rooms.end_entries(entries, LeaveReason.LOST)
        return len(entries) + ended

    async def gather(self) -> int:
        """Publish gathered events that a process left unpublished when it died; return of how many rooms."""
        return await self.live.channels.gathered()

    async def end_deserted(self) -> int:
        """End presence entries of members who no longer subscribe to their room; return how many.

        A member whom an outside source sees in the room stays.
        """
        entries = await self.live.channels.deserted(_BATCH)
        if not entries:
            return 0
        seen = set(await self.live.outside.seen(entries))
        over = [entry for entry in entries if entry not in seen]
        if over:
            await self.rooms.end_deserted(over)
        return len(over)

    async def resolve_orphans(self) -> int:
        """Hand rooms whose host's grace is over to their heirs, or close them; return how many."""
        orphans = await self.live.orphans(_BATCH)
        for orphan in orphans:
            await self._resolve(orphan)
        return len(orphans)

    async def end_overdue(self) -> int:
        """Close broadcasts whose time is over, and end requests for seats that nobody answered; return of how many
        rooms.
        """
        ended = 0
        for room, kind in await self.live.alarms(_BATCH):
            ended += await (self._end(room) if kind is AlarmKind.END else self.seat_maps.tidy(room))
        return ended

    async def relay_rows(self) -> int:
        """Apply what committed transactions left behind; return how many rows."""
        return await self.relay.run()

    async def audit(self) -> int:
        """Compare the index with members for a moment, and put right what was found twice; return how much was."""
        return await self.comparison.go_on()

    async def purge(self) -> int:
        """Drop what nothing can refer to any more; return how many rows."""
        now = self.clock.now()
        dropped = await self.db.sessions.purge(now - REMEMBERED, _PURGE_BATCH)
        dropped += await self.db.codes.purge(now - CODES_KEPT, _PURGE_BATCH)
        dropped += await self.trail.purge(_PURGE_BATCH)
        dropped += await self.retention.purge()
        dropped += await self.outward.queue.purge()
        dropped += await self._purge_events(now - EVENTS_KEPT)
        return dropped + await self.db.outbox.purge(now - _DONE_KEPT, _PURGE_BATCH)

    async def _purge_events(self, before: datetime) -> int:
        """Drop old events in batches, skipping those that still wait for delivery, until none is left."""
        dropped, began = 0, self.clock.now()
        more: Kept | None = FIRST_KEPT
        while more is not None and dropped < _EVENTS_AT_ONCE and self.clock.now() - began < _EVENTS_TIMEOUT:
            part, more = await self.db.events.purge(before, _PURGE_BATCH, more)
            dropped += part
            await asyncio.sleep(0)  # without it, nobody else gets a turn on SQLite
        return dropped

    async def note_uses(self) -> int:
        """Write how calls with server keys ended, and when keys were last used; return how many calls."""
        await self.server_keys.flush()
        return await self.trail.flush()

    async def live_rooms(self) -> int:
        """Return how many rooms are live in all tenants."""
        return sum([await self.db.rooms.count_live(tenant.name) for tenant in self.tenants.all()])

    async def _end(self, room_id: RoomId) -> bool:
        """Close a room's broadcast if its time is over; say whether it was."""
        room = await self.db.rooms.get(room_id)
        if room is None or not room.options.is_over(self.clock.now()):
            return False
        committed = await self.broadcasts.close(room_id, CloseReason.TIME_OVER, broadcast=room.broadcast)
        faults.point("close.committed")
        if committed is None or committed.row is None:
            return False
        log.info("room.time_over", room=room_id)
        await self.relay.deliver(committed.row, committed.room)
        return True

    async def _resolve(self, orphan: Orphan) -> None:
        if orphan.heir is not None:
            committed = await self.broadcasts.hand_over(orphan.room, orphan.broadcast, orphan.heir)
        else:
            committed = await self.broadcasts.close(orphan.room, CloseReason.OWNER_GONE, broadcast=orphan.broadcast)
        faults.point("orphan.committed")
        if committed is not None and committed.row is not None:
            log.info("room.settled", room=orphan.room, heir=orphan.heir)
            await self.relay.deliver(committed.row, committed.room)
