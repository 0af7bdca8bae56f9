"""The table of background jobs: what runs without being asked for, how often, and in which processes.

A running service schedules every job. In a web function nothing runs in the background: each call runs the jobs that
have a ``beside_calls`` interval, and the timer's tick runs all maintenance jobs once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog

from liveroom.app.background import BackgroundJob, Listens, Looks, MaintenanceJob, Polls, Processes, Sums, Watching
from liveroom.app.request_driven import PACE
from liveroom.app.scheduler import Job
from liveroom.domain.errors import Unavailable
from liveroom.usecases.accounts.searching import UserIndex
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.moderation.audit import KeyUses
from liveroom.usecases.moderation.notices import SentNotices
from liveroom.usecases.partitions import TICK_TIMEOUT, PartitionWorkers
from liveroom.usecases.presence.callback_notes import CallbackNotes
from liveroom.usecases.presence.comparing import Comparison
from liveroom.usecases.presence.recovery import LiveBacklog
from liveroom.usecases.privacy.erasures import DeletedUsers
from liveroom.usecases.privacy.purging import RowPurge
from liveroom.usecases.rooms.leaving import TICK_GAP, Expiry
from liveroom.usecases.rooms.listings import GATHERED, UNSEEN, Listings
from liveroom.usecases.rooms.placements import Placements
from liveroom.usecases.rooms.schedules import OrphanedRooms, OverdueRooms, Schedules
from liveroom.usecases.statistics.counting import StatisticsCounting
from liveroom.usecases.tenants.operator_configuration import OperatorConfiguration
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.vendors.queue import VendorQueue
from liveroom.usecases.vendors.task_queue import EVERY as REVIEW_EVERY
from liveroom.usecases.vendors.task_queue import TICK_EVERY, TICK_REVIEWED, VendorReview
from liveroom.usecases.webhooks.queue import EventQueue, Replays

log = structlog.get_logger("liveroom.jobs")

_QUARTER: Final = timedelta(milliseconds=250)
_HALF: Final = timedelta(milliseconds=500)
_SECOND: Final = timedelta(seconds=1)


UseCases = Mapping[type, Any]
"""What there is to work on, by its type."""

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
        "user index",
        "writes what operators find users by",
        UserIndex.follow,
        Processes.ANY,
        _SECOND,
        on=UserIndex,
    ),
    MaintenanceJob(
        "vendor review",
        "compares groups at Tencent IM with rooms",
        VendorReview.run,
        Processes.ONE,
        REVIEW_EVERY,
        at_once=lambda review: review.run(TICK_EVERY, TICK_REVIEWED),
        on=VendorReview,
    ),
    MaintenanceJob(
        "vendors",
        "does what waits at Tencent IM, TRTC and LiveKit",
        PartitionWorkers[VendorQueue].run,
        Processes.ANY,
        _HALF,
        at_once=PartitionWorkers[VendorQueue].run_once,
        counted="at_vendors",
        on=PartitionWorkers[VendorQueue],
    ),
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

RESUME: Final[BackgroundJob[Looks]] = BackgroundJob(
    "thaw",
    "notices that the process was suspended, and connects anew",
    lambda resume: resume.look(),
    Processes.EACH,
    PACE,
)
FEEDS: Final[BackgroundJob[Polls]] = BackgroundJob(
    "feeds",
    "publishes what has changed in room lists that somebody listens to",
    lambda feeds: feeds.poll(),
    Processes.EACH,
    _QUARTER,
)
WHISPERS: Final[BackgroundJob[Listens]] = BackgroundJob(
    "whispers",
    "makes sure that events for single users are received",
    lambda hub: hub.listen(),
    Processes.EACH,
    timedelta(seconds=5),
)
CONSOLES: Final[BackgroundJob[Looks]] = BackgroundJob(
    "consoles",
    "hears of what operators are told who listen to the console, and says that they do",
    lambda consoles: consoles.look(),
    Processes.EACH,
    _SECOND,
)
OVERVIEW: Final[BackgroundJob[Sums]] = BackgroundJob(
    "overview",
    "adds up what all processes have counted: every second while an operator watches, else every minute",
    lambda summing: summing.step(),
    Processes.ONE,
    _SECOND,
)
LISTENED_LISTS: Final[BackgroundJob[Looks]] = BackgroundJob(
    "listened lists",
    "asks Centrifugo to which room lists somebody listens",
    lambda lists: lists.look(),
    Processes.EACH,
    timedelta(seconds=5),
)
CERTIFICATE: Final[BackgroundJob[Watching]] = BackgroundJob(
    "certificate",
    "reads a certificate that has changed, and warns before it ends",
    lambda watch: watch.look_at_certificate(),
    Processes.EACH,
    timedelta(minutes=1),
)
PROXIES: Final[BackgroundJob[Watching]] = BackgroundJob(
    "proxies",
    "notes a proxy that is not trusted",
    lambda watch: watch.look_at_proxies(),
    Processes.EACH,
    timedelta(seconds=10),
)

JOBS: Final[tuple[BackgroundJob[Any], ...]] = (
    *MAINTENANCE,
    RESUME,
    FEEDS,
    WHISPERS,
    CONSOLES,
    OVERVIEW,
    LISTENED_LISTS,
    CERTIFICATE,
    PROXIES,
)
"""The whole table."""


def scheduled_jobs(use_cases: UseCases) -> tuple[Job, ...]:
    """Return the maintenance jobs of a running service."""
    return tuple(job.bind(use_cases[job.on]) for job in MAINTENANCE)


def request_driven_jobs(use_cases: UseCases) -> tuple[Job, ...]:
    """Return the maintenance jobs that run beside calls."""
    return tuple(_beside_calls(job, job.beside_calls, use_cases) for job in MAINTENANCE if job.beside_calls is not None)


def _beside_calls(job: MaintenanceJob[Any], every: timedelta, use_cases: UseCases) -> Job:
    return Job(job.name, every, lambda: job.run_once(use_cases[job.on]))


async def run_all_once(use_cases: UseCases) -> dict[str, int]:
    """Do everything that is due once; return what was done. A dependency that is down stops only its own jobs."""
    done = {job.counted: 0 for job in MAINTENANCE if job.counted}
    for job in MAINTENANCE:
        count = await _one(job, use_cases)
        if job.counted:
            done[job.counted] += count
    return done


async def _one(job: MaintenanceJob[Any], use_cases: UseCases) -> int:
    try:
        return await job.run_once(use_cases[job.on])
    except Unavailable as failure:
        log.warning("tick.unavailable", job=job.name, cause=repr(failure.__cause__ or failure))
        return 0
