"""The table of background jobs: what runs without being asked for, how often, and in which processes.

A running service schedules every job. In a web function nothing runs in the background: each call runs the jobs that
have a ``beside_calls`` interval, and the timer's tick runs all maintenance jobs once.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import structlog

from liveroom.app.background import BackgroundJob, Listens, Looks, MaintenanceJob, Polls, Processes, Sums, Watching
from liveroom.app.maintenance_jobs import MAINTENANCE
from liveroom.app.request_driven import PACE
from liveroom.app.scheduler import Job
from liveroom.domain.errors import Unavailable

log = structlog.get_logger("liveroom.jobs")

_QUARTER: Final = timedelta(milliseconds=250)
_HALF: Final = timedelta(milliseconds=500)
_SECOND: Final = timedelta(seconds=1)


UseCases = Mapping[type, Any]
"""What there is to work on, by its type."""

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
