"""The table of background jobs: what runs without being asked for, how often, and in which processes.

A running service schedules every job. In a web function nothing runs in the background: each call runs the jobs that
have a ``beside_calls`` interval, and the timer's tick runs all maintenance jobs once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, Final, Generic, Protocol, TypeVar

import structlog

from liveroom.app.request_driven import PACE
from liveroom.app.scheduler import Job
from liveroom.domain.errors import Unavailable
from liveroom.usecases.maintenance_jobs import TICK_GAP, MaintenanceJobs
from liveroom.usecases.partition_workers import TICK_TIMEOUT
from liveroom.usecases.rooms.listings import GATHERED, UNSEEN
from liveroom.usecases.vendors.review import EVERY as REVIEW_EVERY
from liveroom.usecases.vendors.review import TICK_EVERY, TICK_REVIEWED

log = structlog.get_logger("liveroom.jobs")

T = TypeVar("T")

_QUARTER: Final = timedelta(milliseconds=250)
_HALF: Final = timedelta(milliseconds=500)
_SECOND: Final = timedelta(seconds=1)


class Listens(Protocol):
    """``realtime.hub.Hub``."""

    async def listen(self) -> None: ...


class Polls(Protocol):
    """``usecases.rooms.feeds.ListFeeds``."""

    async def poll(self) -> int: ...


class Looks(Protocol):
    """``app.request_driven.Resume``, ``realtime.list_relay.ListRelay``."""

    async def look(self) -> None: ...


class Watching(Protocol):
    """``app.watching.DoorWatch``."""

    async def look_at_certificate(self) -> None: ...
    async def look_at_proxies(self) -> None: ...


class Processes(Enum):
    """Which of several processes do a job."""

    EACH = "each process, for what it holds itself"
    ANY = "all processes share it: two that meet do not do the same twice, or it does no harm"
    ONE = "one process at a time, by a claim or a lease"


@dataclass(frozen=True, slots=True)
class BackgroundJob(Generic[T]):
    """A job on ``T``."""

    name: str
    """As the log calls it; unique in the table."""
    does: str
    """What it does, for people."""
    work: Callable[[T], Awaitable[Any]]
    processes: Processes
    every: timedelta
    """In a running service, from the end of one run to the start of the next."""
    beside_calls: timedelta | None = None
    """The interval where calls drive it; None leaves it to the tick."""
    at_once: Callable[[T], Awaitable[int | None]] | None = None
    """What calls and the tick run instead of ``work``: it finishes, because nothing may run afterwards."""
    counted: str = ""
    """Under which name the tick's answer counts what was done; "" does not."""

    def bind(self, subject: T) -> Job:
        """Return the job of a running service."""
        return Job(self.name, self.every, lambda: self.work(subject))

    async def run_once(self, subject: T) -> int:
        """Do what is due, and return how much it was."""
        return await (self.at_once or self.work)(subject) or 0


MAINTENANCE: Final[tuple[BackgroundJob[MaintenanceJobs], ...]] = (
    BackgroundJob(
        "tenants",
        "reads which tenants there are",
        lambda jobs: jobs.tenants.refresh(),
        Processes.EACH,
        timedelta(seconds=2),
        beside_calls=timedelta(seconds=2),
    ),
    BackgroundJob(
        "configuration",
        "reads what operators have configured: webhooks, hooks, keys, secrets, bans of addresses",
        lambda jobs: jobs.configuration.refresh(),
        Processes.EACH,
        timedelta(seconds=2),
        beside_calls=timedelta(seconds=2),
    ),
    BackgroundJob(
        "words",
        "reads the file of blocked words again when it has changed",
        lambda jobs: jobs.screening.refresh(),
        Processes.EACH,
        timedelta(seconds=2),
        beside_calls=timedelta(seconds=2),
    ),
    BackgroundJob(
        "relay",
        "applies to the live store what committed transactions left behind",
        lambda jobs: jobs.relay_rows(),
        Processes.ANY,
        _QUARTER,
        beside_calls=_SECOND,
        counted="relayed",
    ),
    BackgroundJob(
        "expiry",
        "ends presences whose lease is over",
        lambda jobs: jobs.expire_places(),
        Processes.ANY,
        _SECOND,
        beside_calls=_SECOND,
        at_once=lambda jobs: jobs.expire_places(TICK_GAP),
        counted="swept",
    ),
    BackgroundJob(
        "gather",
        "publishes events that rooms have gathered",
        lambda jobs: jobs.gather(),
        Processes.ANY,
        _QUARTER,
        beside_calls=_SECOND,
        counted="gathered",
    ),
    BackgroundJob(
        "deserted",
        "ends presences of members whose socket is gone",
        lambda jobs: jobs.end_deserted(),
        Processes.ANY,
        _SECOND,
        beside_calls=_SECOND,
        counted="deserted",
    ),
    BackgroundJob(
        "orphans",
        "hands rooms on whose host does not come back, or closes them",
        lambda jobs: jobs.resolve_orphans(),
        Processes.ANY,
        _SECOND,
        beside_calls=_SECOND,
        counted="settled",
    ),
    BackgroundJob(
        "ends",
        "closes broadcasts whose time is over, and ends requests for seats that nobody answered",
        lambda jobs: jobs.end_overdue(),
        Processes.ANY,
        _SECOND,
        beside_calls=_SECOND,
        counted="ended",
    ),
    BackgroundJob(
        "schedules",
        "closes rooms that were announced and not opened",
        lambda jobs: jobs.schedules.call_off(),
        Processes.ANY,
        timedelta(seconds=30),
        counted="called_off",
    ),
    BackgroundJob(
        "uses",
        "writes the audit of calls with server keys",
        lambda jobs: jobs.note_uses(),
        Processes.EACH,
        _HALF,
        beside_calls=_SECOND,
    ),
    BackgroundJob(
        "audit",
        "compares presences with members, and puts right what is different twice",
        lambda jobs: jobs.audit(),
        Processes.ONE,
        _HALF,
        at_once=lambda jobs: jobs.comparison.at_once(),
        counted="audited",
    ),
    BackgroundJob(
        "flush",
        "sends renewals that wait for their batch, and writes the journal of stays",
        lambda jobs: jobs.live.flush(),
        Processes.EACH,
        _HALF,
        beside_calls=_SECOND,
        counted="journaled",
    ),
    BackgroundJob(
        "lists",
        "brings changed rooms up to date in the lists",
        lambda jobs: jobs.listings.catch_up(UNSEEN),
        Processes.ANY,
        GATHERED,
        beside_calls=_SECOND,
        at_once=lambda jobs: jobs.listings.catch_up(),
    ),
    BackgroundJob(
        "purge",
        "drops rows that nothing refers to any more",
        lambda jobs: jobs.purge(),
        Processes.ANY,
        timedelta(seconds=60),
        counted="purged",
    ),
    BackgroundJob(
        "erasures",
        "erases what is left of deleted users",
        lambda jobs: jobs.deleted_users.erase(),
        Processes.ANY,
        timedelta(seconds=5),
        counted="erased",
    ),
    BackgroundJob(
        "vendor review",
        "compares groups at Tencent IM with rooms",
        lambda jobs: jobs.vendor_review.run(),
        Processes.ONE,
        REVIEW_EVERY,
        at_once=lambda jobs: jobs.vendor_review.run(TICK_EVERY, TICK_REVIEWED),
    ),
    BackgroundJob(
        "vendors",
        "does what waits at Tencent IM, TRTC and LiveKit",
        lambda jobs: jobs.vendors.run(),
        Processes.ANY,
        _HALF,
        at_once=lambda jobs: jobs.vendors.run_once(),
        counted="at_vendors",
    ),
    BackgroundJob(
        "webhooks",
        "delivers events to webhooks and to the event log",
        lambda jobs: jobs.outward.run(),
        Processes.ANY,
        _QUARTER,
        at_once=lambda jobs: jobs.outward.run_once(),
        counted="told_outside",
    ),
    BackgroundJob(
        "replays",
        "delivers events again that an operator has asked for",
        lambda jobs: jobs.replays.run(),
        Processes.ANY,
        timedelta(seconds=2),
        at_once=lambda jobs: jobs.replays.run_once(TICK_TIMEOUT),
        counted="told_outside",
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
    LISTENED_LISTS,
    CERTIFICATE,
    PROXIES,
)
"""The whole table."""


def scheduled_jobs(jobs: MaintenanceJobs) -> tuple[Job, ...]:
    """Return the maintenance jobs of a running service."""
    return tuple(job.bind(jobs) for job in MAINTENANCE)


def request_driven_jobs(jobs: MaintenanceJobs) -> tuple[Job, ...]:
    """Return the maintenance jobs that run beside calls."""
    return tuple(_beside_calls(job, job.beside_calls, jobs) for job in MAINTENANCE if job.beside_calls is not None)


def _beside_calls(job: BackgroundJob[MaintenanceJobs], every: timedelta, jobs: MaintenanceJobs) -> Job:
    return Job(job.name, every, lambda: job.run_once(jobs))


async def run_all_once(jobs: MaintenanceJobs) -> dict[str, int]:
    """Do everything that is due once; return what was done. A dependency that is down stops only its own jobs."""
    done = {job.counted: 0 for job in MAINTENANCE if job.counted}
    for job in MAINTENANCE:
        count = await _one(job, jobs)
        if job.counted:
            done[job.counted] += count
    return done


async def _one(job: BackgroundJob[MaintenanceJobs], jobs: MaintenanceJobs) -> int:
    try:
        return await job.run_once(jobs)
    except Unavailable as failure:
        log.warning("tick.unavailable", job=job.name, cause=repr(failure.__cause__ or failure))
        return 0
