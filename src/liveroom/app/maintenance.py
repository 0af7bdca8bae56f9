"""What the maintenance jobs work on (``app.maintenance_jobs`` says when)."""

from dataclasses import dataclass

from liveroom.app.services import Services
from liveroom.app.wiring import Wiring
from liveroom.usecases.accounts.searching import UserIndex
from liveroom.usecases.connections.requests import ConnectionRequests
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.follows.alerts import FollowAlerts
from liveroom.usecases.ledger.auditing import LedgerAudit, StuckDues, late_payouts
from liveroom.usecases.ledger.expiring import ExpiredCoins
from liveroom.usecases.ledger.folding import Folding
from liveroom.usecases.ledger.sealing import Sealing
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.moderation.audit import KeyUses
from liveroom.usecases.moderation.notices import SentNotices
from liveroom.usecases.partitions import PartitionWorkers
from liveroom.usecases.presence.callback_notes import CallbackNotes
from liveroom.usecases.presence.comparing import Comparison
from liveroom.usecases.presence.recovery import LiveBacklog
from liveroom.usecases.privacy.erasures import DeletedUsers
from liveroom.usecases.privacy.purging import RowPurge
from liveroom.usecases.privacy.retention import Retention
from liveroom.usecases.rooms.leaving import Expiry
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.rooms.placements import Placements
from liveroom.usecases.rooms.schedules import OrphanedRooms, OverdueRooms, Schedules
from liveroom.usecases.statistics.counting import StatisticsCounting
from liveroom.usecases.tenants.operator_configuration import OperatorConfiguration
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.uploads.unused import UnusedFiles
from liveroom.usecases.vendors.queue import VendorQueue
from liveroom.usecases.vendors.task_queue import VendorReview
from liveroom.usecases.webhooks.queue import EventQueue, Replays


@dataclass(frozen=True, slots=True)
class MaintenanceWork:
    """The use cases behind the jobs; each job is given the one that it names the type of."""

    tenants: Tenancy
    configuration: OperatorConfiguration
    screening: Screening
    relay: OutboxRelay
    expiry: Expiry
    backlog: LiveBacklog
    orphaned_rooms: OrphanedRooms
    overdue_rooms: OverdueRooms
    placements: Placements
    schedules: Schedules
    connection_requests: ConnectionRequests
    notices: SentNotices
    key_uses: KeyUses
    callback_notes: CallbackNotes
    comparison: Comparison
    listings: Listings
    follow_alerts: FollowAlerts
    user_index: UserIndex
    purge: RowPurge
    deleted_users: DeletedUsers
    vendor_review: VendorReview
    vendors: PartitionWorkers[VendorQueue]
    outward: PartitionWorkers[EventQueue]
    replays: Replays
    statistics: StatisticsCounting
    folding: Folding
    expired_coins: ExpiredCoins
    ledger_audit: LedgerAudit
    sealing: Sealing
    unused_files: UnusedFiles


def make_maintenance(wiring: Wiring, services: Services, configuration: OperatorConfiguration) -> MaintenanceWork:
    """Build them."""
    settings, clock, db, live = wiring.settings, wiring.clock, wiring.db, wiring.live
    broadcasts, relay, tenants = wiring.broadcasts, wiring.relay, wiring.tenants
    keep = {"messages": settings.messages_keep, "reports": settings.reports_keep, "stays": settings.stays_keep}
    retention, events = Retention(db, clock, **keep), wiring.outward.workers
    return MaintenanceWork(
        tenants=tenants,
        configuration=configuration,
        screening=wiring.screening,
        relay=relay,
        expiry=Expiry(live, services.departures),
        backlog=LiveBacklog(live, wiring.listings),
        orphaned_rooms=OrphanedRooms(live, broadcasts, relay),
        overdue_rooms=OverdueRooms(db, live, clock, broadcasts, relay, services.seating.seat_maps),
        placements=services.room_settings.placements,
        schedules=services.room_settings.schedules,
        connection_requests=services.connecting.requests,
        notices=services.moderators.notices,
        key_uses=KeyUses(services.server_keys, services.audit),
        callback_notes=CallbackNotes(db, clock),
        comparison=Comparison(live, services.departures, clock),
        listings=wiring.listings,
        follow_alerts=services.following.alerts,
        user_index=UserIndex(db),
        purge=RowPurge(db, clock, services.audit, retention, events.queue),
        deleted_users=DeletedUsers(db, live, clock, wiring.recorder, services.messages.board),
        vendor_review=VendorReview(db, clock, tenants, wiring.vendors.of),
        vendors=wiring.vendors.workers(db, live, clock, tenants),
        outward=events,
        replays=wiring.outward.replays,
        statistics=StatisticsCounting(db, clock, tenants, settings.stays_keep),
        folding=Folding(db, clock, services.money.ledger),
        ledger_audit=LedgerAudit(db, clock, services.money.findings, (StuckDues().look, late_payouts)),
        sealing=Sealing(db, clock, services.money.findings),
        expired_coins=ExpiredCoins(db, clock, services.money.ledger),
        unused_files=services.uploads.unused,
    )
