"""The maintenance jobs, which every installation has: what each does, how often, and in which processes."""

from datetime import timedelta
from typing import Any, Final

from liveroom.app.activities import ACTIVITY_JOBS
from liveroom.app.background import MaintenanceJob, Processes
from liveroom.app.battles import BATTLE_JOBS
from liveroom.app.connecting import UNANSWERED
from liveroom.app.drift import DRIFT
from liveroom.app.envelopes import ENVELOPES
from liveroom.app.live_covers import LIVE_COVERS
from liveroom.app.recordings import RECORDINGS
from liveroom.app.streams import STREAMS
from liveroom.app.vendor_jobs import VENDOR_JOBS
from liveroom.usecases.accounts.searching import UserIndex
from liveroom.usecases.charges.reversing import ChargeReversals
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.gifts.rank_counting import RankCounting
from liveroom.usecases.ledger.auditing import LedgerAudit
from liveroom.usecases.ledger.expiring import ExpiredCoins
from liveroom.usecases.ledger.folding import Folding
from liveroom.usecases.ledger.sealing import Sealing
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.moderation.audit import KeyUses
from liveroom.usecases.moderation.notices import SentNotices
from liveroom.usecases.partitions import TICK_TIMEOUT, PartitionWorkers
from liveroom.usecases.presence.callback_notes import CallbackNotes
from liveroom.usecases.presence.comparing import Comparison
from liveroom.usecases.presence.recovery import LiveBacklog
from liveroom.usecases.privacy.erasures import DeletedUsers
from liveroom.usecases.privacy.purging import RowPurge
from liveroom.usecases.protection.minor_refunds import MinorRefunds
from liveroom.usecases.receipts.polling import EVERY as REFUNDS_EVERY
from liveroom.usecases.receipts.polling import GoogleRefunds
from liveroom.usecases.rooms.alerts import RoomAlerts
from liveroom.usecases.rooms.leaving import TICK_GAP, Expiry
from liveroom.usecases.rooms.listings import GATHERED, UNSEEN, Listings
from liveroom.usecases.rooms.placements import Placements
from liveroom.usecases.rooms.schedules import OrphanedRooms, OverdueRooms, Schedules
from liveroom.usecases.settlement.closing import Settlements
from liveroom.usecases.statistics.counting import StatisticsCounting
from liveroom.usecases.tenants.operator_configuration import OperatorConfiguration
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.uploads.unused import UnusedFiles
from liveroom.usecases.webhooks.queue import EventQueue, Replays

_QUARTER: Final = timedelta(milliseconds=250)
_HALF: Final = timedelta(milliseconds=500)
_SECOND: Final = timedelta(seconds=1)


MAINTENANCE: Final[tuple[MaintenanceJob[Any], ...]] = (
    MaintenanceJob(
        "tenants",
        "reads which tenants there are",
        Tenancy.refresh,
        Processes.EACH,
        timedelta(seconds=2),
        beside_calls=timedelta(seconds=2),
        on=Tenancy,
    ),
    MaintenanceJob(
        "configuration",
        "reads what operators have configured: webhooks, hooks, keys, secrets, words, bans of addresses",
        OperatorConfiguration.refresh,
        Processes.EACH,
        timedelta(seconds=2),
        beside_calls=timedelta(seconds=2),
        on=OperatorConfiguration,
    ),
    MaintenanceJob(
        "words",
        "reads the file of blocked words again when it has changed",
        Screening.refresh,
        Processes.EACH,
        timedelta(seconds=2),
        beside_calls=timedelta(seconds=2),
        on=Screening,
    ),
    MaintenanceJob(
        "relay",
        "applies to the live store what committed transactions left behind",
        OutboxRelay.run,
        Processes.ANY,
        _QUARTER,
        beside_calls=_SECOND,
        counted="relayed",
        on=OutboxRelay,
    ),
    MaintenanceJob(
        "expiry",
        "ends presences whose lease is over",
        Expiry.end_expired,
        Processes.ANY,
        _SECOND,
        beside_calls=_SECOND,
        at_once=lambda expiry: expiry.end_expired(TICK_GAP),
        counted="swept",
        on=Expiry,
    ),
    MaintenanceJob(
        "gather",
        "publishes events that rooms have gathered",
        LiveBacklog.publish,
        Processes.ANY,
        _QUARTER,
        beside_calls=_SECOND,
        counted="gathered",
        on=LiveBacklog,
    ),
    MaintenanceJob(
        "deserted",
        "ends presences of members whose socket is gone",
        Expiry.end_deserted,
        Processes.ANY,
        _SECOND,
        beside_calls=_SECOND,
        counted="deserted",
        on=Expiry,
    ),
    MaintenanceJob(
        "orphans",
        "hands rooms on whose host does not come back, or closes them",
        OrphanedRooms.resolve,
        Processes.ANY,
        _SECOND,
        beside_calls=_SECOND,
        counted="settled",
        on=OrphanedRooms,
    ),
    MaintenanceJob(
        "ends",
        "closes broadcasts whose time is over, and ends requests for seats that nobody answered",
        OverdueRooms.end,
        Processes.ANY,
        _SECOND,
        beside_calls=_SECOND,
        counted="ended",
        on=OverdueRooms,
    ),
    MaintenanceJob(
        "placements",
        "unpins rooms when their time is over",
        Placements.end_overdue,
        Processes.ANY,
        timedelta(seconds=5),
        counted="unplaced",
        on=Placements,
    ),
    MaintenanceJob(
        "schedules",
        "closes rooms that were announced and not opened",
        Schedules.call_off,
        Processes.ANY,
        timedelta(seconds=30),
        counted="called_off",
        on=Schedules,
    ),
    UNANSWERED,
    *BATTLE_JOBS,
    ENVELOPES,
    STREAMS,
    LIVE_COVERS,
    RECORDINGS,
    *ACTIVITY_JOBS,
    MaintenanceJob(
        "notices",
        "sends notices to the rooms that do not have them yet",
        SentNotices.go_on,
        Processes.ONE,
        _SECOND,
        beside_calls=_SECOND,
        on=SentNotices,
    ),
    MaintenanceJob(
        "uses",
        "writes the audit of calls with server keys",
        KeyUses.flush,
        Processes.EACH,
        _HALF,
        beside_calls=_SECOND,
        on=KeyUses,
    ),
    MaintenanceJob(
        "callbacks",
        "writes what vendors said of rooms, for their timelines",
        CallbackNotes.flush,
        Processes.EACH,
        _SECOND,
        beside_calls=_SECOND,
        on=CallbackNotes,
    ),
    MaintenanceJob(
        "audit",
        "compares presences with members, and puts right what is different twice",
        Comparison.go_on,
        Processes.ONE,
        _HALF,
        at_once=Comparison.at_once,
        counted="audited",
        on=Comparison,
    ),
    DRIFT,
    MaintenanceJob(
        "flush",
        "sends renewals that wait for their batch, and writes the journal of stays",
        LiveBacklog.write,
        Processes.EACH,
        _HALF,
        beside_calls=_SECOND,
        counted="journaled",
        on=LiveBacklog,
    ),
    MaintenanceJob(
        "lists",
        "brings changed rooms up to date in the lists",
        lambda listings: listings.catch_up(UNSEEN),
        Processes.ANY,
        GATHERED,
        beside_calls=_SECOND,
        at_once=Listings.catch_up,
        on=Listings,
    ),
    MaintenanceJob(
        "purge",
        "drops rows that nothing refers to any more",
        RowPurge.run,
        Processes.ANY,
        timedelta(seconds=60),
        counted="purged",
        on=RowPurge,
    ),
    MaintenanceJob(
        "erasures",
        "erases what is left of deleted users",
        DeletedUsers.erase,
        Processes.ANY,
        timedelta(seconds=5),
        counted="erased",
        on=DeletedUsers,
    ),
    MaintenanceJob(
        "unused files",
        "removes uploaded files that nothing shows",
        UnusedFiles.remove,
        Processes.ANY,
        timedelta(seconds=30),
        counted="files_removed",
        on=UnusedFiles,
    ),
    MaintenanceJob(
        "room alerts",
        "tells followers that a host is live, and who wants to be reminded of a broadcast",
        RoomAlerts.tell,
        Processes.ANY,
        _SECOND,
        counted="alerted",
        on=RoomAlerts,
    ),
    MaintenanceJob(
        "user index",
        "writes what operators find users by",
        UserIndex.follow,
        Processes.ANY,
        _SECOND,
        on=UserIndex,
    ),
    *VENDOR_JOBS,
    MaintenanceJob(
        "webhooks",
        "delivers events to webhooks and to the event log",
        PartitionWorkers[EventQueue].run,
        Processes.ANY,
        _QUARTER,
        at_once=PartitionWorkers[EventQueue].run_once,
        counted="told_outside",
        on=PartitionWorkers[EventQueue],
    ),
    MaintenanceJob(
        "replays",
        "delivers events again that an operator has asked for",
        Replays.run,
        Processes.ANY,
        timedelta(seconds=2),
        at_once=lambda replays: replays.run_once(TICK_TIMEOUT),
        counted="told_outside",
        on=Replays,
    ),
    MaintenanceJob(
        "ledger",
        "adds to balances of the house and of receivers what was moved there",
        Folding.look,
        Processes.ONE,
        _HALF,
        beside_calls=_SECOND,
        at_once=Folding.run,
        counted="folded",
        on=Folding,
    ),
    MaintenanceJob(
        "gift ranks",
        "adds gifts and refunds to rankings",
        RankCounting.run,
        Processes.ONE,
        timedelta(seconds=5),
        beside_calls=timedelta(seconds=2),
        counted="ranked",
        on=RankCounting,
    ),
    MaintenanceJob(
        "ledger audit",
        "compares what was moved a minute ago with balances; freezes and tells what differs",
        LedgerAudit.look,
        Processes.ONE,
        _SECOND,
        on=LedgerAudit,
    ),
    MaintenanceJob(
        "seals",
        "seals each hour what was moved, and computes an old seal anew each day",
        Sealing.run,
        Processes.ONE,
        timedelta(seconds=60),
        on=Sealing,
    ),
    MaintenanceJob(
        "charges",
        "has the operator's wallet reverse charges of which nobody knows, and give back what was refunded",
        ChargeReversals.run,
        Processes.ANY,
        _SECOND,
        counted="reversed",
        on=ChargeReversals,
    ),
    MaintenanceJob(
        "store refunds",
        "asks Google Play what it has refunded, and takes it back",
        GoogleRefunds.run,
        Processes.ONE,
        REFUNDS_EVERY,
        counted="store_refunds",
        on=GoogleRefunds,
    ),
    MaintenanceJob(
        "minor refunds",
        "takes back gifts and purchases of minors' periods",
        MinorRefunds.run,
        Processes.ANY,
        _SECOND,
        counted="minor_lines",
        on=MinorRefunds,
    ),
    MaintenanceJob(
        "expired coins",
        "takes away promotional coins that have expired, and what deleted users left",
        ExpiredCoins.run,
        Processes.ANY,
        timedelta(seconds=5),
        counted="expired_coins",
        on=ExpiredCoins,
    ),
    MaintenanceJob(
        "settlement",
        "goes on with settlements that a call has begun",
        Settlements.run,
        Processes.ONE,
        _SECOND,
        counted="settled_periods",
        on=Settlements,
    ),
    MaintenanceJob(
        "statistics",
        "counts broadcasts that have changed, and the days on which they ran",
        StatisticsCounting.go_on,
        Processes.ANY,
        timedelta(seconds=2),
        at_once=StatisticsCounting.run_all,
        counted="counted",
        on=StatisticsCounting,
    ),
)
"""In the order in which calls and the tick run what is due."""
