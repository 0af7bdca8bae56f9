"""What the maintenance jobs work on (``app.maintenance_jobs`` says when)."""

from dataclasses import dataclass

from liveroom.app.live_covers import make_live_covers
from liveroom.app.recordings import make_recording_work
from liveroom.app.services import Services
from liveroom.app.wiring import Wiring
from liveroom.usecases.accounts.searching import UserIndex
from liveroom.usecases.activities.departed import DepartedPeople
from liveroom.usecases.activities.ending import DueActivities
from liveroom.usecases.activities.goal_counting import GoalCounting
from liveroom.usecases.activities.tallies import TallyNews
from liveroom.usecases.battles.ending import BattleEnds
from liveroom.usecases.battles.immediate import ImmediateBattles
from liveroom.usecases.battles.scoring import BattleScoring
from liveroom.usecases.charges.reversing import ChargeReversals, late_charges
from liveroom.usecases.connections.requests import ConnectionRequests
from liveroom.usecases.drift.reconciling import Reconciliation
from liveroom.usecases.envelopes.ending import EnvelopeEndings, late_envelopes
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.gifts.rank_counting import RankCounting
from liveroom.usecases.ledger.auditing import LedgerAudit
from liveroom.usecases.ledger.expiring import ExpiredCoins
from liveroom.usecases.ledger.folding import Folding
from liveroom.usecases.ledger.sealing import Sealing
from liveroom.usecases.ledger.watching import StuckDues, UntoldGifts, late_payouts, miscounted_rooms
from liveroom.usecases.media.returning import ReturnedParticipants, Returning
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.moderation.audit import KeyUses
from liveroom.usecases.moderation.notices import SentNotices
from liveroom.usecases.partitions import PartitionWorkers
from liveroom.usecases.presence.callback_notes import CallbackNotes
from liveroom.usecases.presence.comparing import Comparison
from liveroom.usecases.presence.media_check import MediaCheck
from liveroom.usecases.presence.recovery import LiveBacklog
from liveroom.usecases.privacy.erasures import DeletedUsers
from liveroom.usecases.privacy.purging import RowPurge
from liveroom.usecases.privacy.retention import Retention
from liveroom.usecases.protection.minor_refunds import MinorRefunds
from liveroom.usecases.receipts.polling import GoogleRefunds
from liveroom.usecases.recordings.stepping import RecordingSteps
from liveroom.usecases.rooms.alerts import RoomAlerts
from liveroom.usecases.rooms.leaving import Expiry
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.rooms.placements import Placements
from liveroom.usecases.rooms.schedules import OrphanedRooms, OverdueRooms, Schedules
from liveroom.usecases.settlement.closing import Settlements
from liveroom.usecases.statistics.counting import StatisticsCounting
from liveroom.usecases.streams.covers import LiveCovers
from liveroom.usecases.streams.due import DueStreams
from liveroom.usecases.tenants.operator_configuration import OperatorConfiguration
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.tenants.served import ServedTenants
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
    battle_ends: BattleEnds
    opponents: ImmediateBattles
    battle_scoring: BattleScoring
    envelopes: EnvelopeEndings
    streams: DueStreams
    recordings: RecordingSteps
    due_activities: DueActivities
    tally_news: TallyNews
    departed_people: DepartedPeople
    goal_counting: GoalCounting
    notices: SentNotices
    key_uses: KeyUses
    callback_notes: CallbackNotes
    comparison: Comparison
    listings: Listings
    room_alerts: RoomAlerts
    user_index: UserIndex
    purge: RowPurge
    deleted_users: DeletedUsers
    vendor_review: VendorReview
    vendors: PartitionWorkers[VendorQueue]
    returned_participants: ReturnedParticipants
    outward: PartitionWorkers[EventQueue]
    replays: Replays
    statistics: StatisticsCounting
    folding: Folding
    rank_counting: RankCounting
    expired_coins: ExpiredCoins
    charge_reversals: ChargeReversals
    google_refunds: GoogleRefunds
    ledger_audit: LedgerAudit
    sealing: Sealing
    minor_refunds: MinorRefunds
    settlements: Settlements
    unused_files: UnusedFiles
    live_covers: LiveCovers
    drift: Reconciliation


def make_maintenance(wiring: Wiring, services: Services, configuration: OperatorConfiguration) -> MaintenanceWork:
    """Build them."""
    settings, clock, db, live = wiring.settings, wiring.clock, wiring.db, wiring.live
    broadcasts, relay, tenants = wiring.broadcasts, wiring.relay, wiring.tenants
    keep = {"messages": settings.messages_keep, "reports": settings.reports_keep, "stays": settings.stays_keep}
    retention, events = Retention(db, clock, **keep), wiring.outward.workers
    watches = (StuckDues().look, UntoldGifts(live).look, late_payouts, late_charges, late_envelopes, miscounted_rooms)
    return MaintenanceWork(
        tenants=tenants,
        configuration=configuration,
        screening=wiring.screening,
        relay=relay,
        expiry=_make_expiry(wiring, services),
        backlog=LiveBacklog(live, wiring.listings),
        orphaned_rooms=OrphanedRooms(live, broadcasts, relay),
        overdue_rooms=OverdueRooms(db, live, clock, broadcasts, relay, services.seating.seat_maps),
        placements=services.room_settings.placements,
        schedules=services.room_settings.schedules,
        connection_requests=services.connecting.requests,
        battle_ends=services.connecting.battling.ends,
        opponents=services.connecting.battling.immediate,
        battle_scoring=wiring.battle_scoring,
        envelopes=services.money.envelopes.endings,
        streams=services.media.streams.due_streams,
        recordings=services.recordings.steps,
        due_activities=services.connecting.activities.due,
        tally_news=services.connecting.activities.tallies,
        departed_people=services.connecting.activities.departed,
        goal_counting=services.connecting.activities.goal_counting,
        notices=services.moderators.notices,
        key_uses=KeyUses(services.server_keys, services.audit),
        callback_notes=CallbackNotes(db, clock),
        comparison=Comparison(live, services.departures, clock),
        listings=wiring.listings,
        room_alerts=services.following.alerts,
        user_index=UserIndex(db),
        purge=RowPurge(db, clock, services.audit, retention, events.queue, services.money.gifts.rank_counting),
        deleted_users=DeletedUsers(db, live, clock, wiring.recorder, services.messages.board),
        vendor_review=VendorReview(db, clock, tenants, wiring.vendors.of),
        returned_participants=_make_returned_participants(wiring),
        vendors=wiring.vendors.workers(db, live, clock, tenants, make_recording_work(wiring)),
        outward=events,
        replays=wiring.outward.replays,
        statistics=StatisticsCounting(db, clock, tenants, settings.stays_keep),
        folding=Folding(db, clock, services.money.ledger),
        rank_counting=services.money.gifts.rank_counting,
        ledger_audit=LedgerAudit(db, clock, services.money.findings, watches),
        settlements=services.money.settlement.settlements,
        sealing=Sealing(db, clock, services.money.findings),
        minor_refunds=services.money.minor_refunds,
        expired_coins=ExpiredCoins(db, clock, services.money.ledger),
        google_refunds=services.money.receipts.google_refunds,
        charge_reversals=services.money.charges.reversals,
        unused_files=services.uploads.unused,
        live_covers=make_live_covers(settings, services.media.streams, services.uploads.uploads.publishing),
        drift=services.console.drift.reconciliation,
    )


def _make_expiry(wiring: Wiring, services: Services) -> Expiry:
    check = MediaCheck(wiring.live, wiring.clock, _served(wiring), wiring.vendors.livekit_lists)
    return Expiry(wiring.live, services.departures, check)


def _make_returned_participants(wiring: Wiring) -> ReturnedParticipants:
    returning = Returning(wiring.db, wiring.live, wiring.clock, wiring.vendor_tasks)
    return ReturnedParticipants(returning, _served(wiring), wiring.vendors.livekit_lists)


def _served(wiring: Wiring) -> ServedTenants:
    return ServedTenants(wiring.tenants, wiring.vendors.of)
