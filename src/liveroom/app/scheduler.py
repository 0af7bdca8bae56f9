"""Runs the background jobs of a service, each at its own interval; no job can stop another.

A dependency that is down is logged once for all jobs (``outages``), any other failure once per job.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from liveroom import deadlines
from liveroom.app.outages import Outages
from liveroom.domain.errors import Unavailable
from liveroom.usecases.deleted_users import EVERY as ERASURES_EVERY
from liveroom.usecases.listings import GATHERED, UNSEEN
from liveroom.usecases.maintenance_jobs import TICK_GAP, MaintenanceJobs
from liveroom.usecases.replays import EVERY as REPLAYS_EVERY
from liveroom.usecases.room_schedules import EVERY as SCHEDULES_EVERY
from liveroom.usecases.vendor_review import EVERY

log = structlog.get_logger("liveroom.scheduler")


@dataclass(frozen=True, slots=True)
class Job:
    """One background job and its interval."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[object]]


def scheduled_jobs(jobs: MaintenanceJobs) -> tuple[Job, ...]:
    """Return the jobs of a running service."""
    return (
        # The lists have a job of their own here: a request-driven flush brings them up to date too.
        Job("flush", timedelta(milliseconds=500), jobs.live.flush),
        Job("lists", GATHERED, lambda: jobs.listings.catch_up(UNSEEN)),
        Job("relay", timedelta(milliseconds=250), jobs.relay_rows),
        Job("sweep", timedelta(seconds=1), jobs.expire_places),
        Job("gather", timedelta(milliseconds=250), jobs.gather),
        Job("deserted", timedelta(seconds=1), jobs.end_deserted),
        Job("orphans", timedelta(seconds=1), jobs.resolve_orphans),
        Job("ends", timedelta(seconds=1), jobs.end_overdue),
        Job("schedules", SCHEDULES_EVERY, jobs.schedules.call_off),
        Job("tenants", timedelta(seconds=2), jobs.tenants.refresh),
        Job("arrangements", timedelta(seconds=2), jobs.configuration.refresh),
        Job("words", timedelta(seconds=2), jobs.screening.refresh),
        Job("audit", timedelta(milliseconds=500), jobs.audit),
        Job("uses", timedelta(milliseconds=500), jobs.note_uses),
        Job("purge", timedelta(seconds=60), jobs.purge),
        Job("erasures", ERASURES_EVERY, jobs.deleted_users.erase),
        Job("vendors", timedelta(milliseconds=500), jobs.vendors.run),
        Job("vendor review", EVERY, jobs.vendors.review.run),
        Job("webhooks", timedelta(milliseconds=250), jobs.outward.run),
        Job("replays", REPLAYS_EVERY, jobs.replays.run),
    )


def request_driven_jobs(jobs: MaintenanceJobs) -> tuple[Job, ...]:
    """Return the jobs that run beside calls where there is no scheduler; audit, purge and slow work are the tick's."""
    return (
        Job("tenants", timedelta(seconds=2), jobs.tenants.refresh),
        Job("arrangements", timedelta(seconds=2), jobs.configuration.refresh),
        Job("words", timedelta(seconds=2), jobs.screening.refresh),
        Job("relay", timedelta(seconds=1), jobs.relay_rows),
        Job("sweep", timedelta(seconds=1), lambda: jobs.expire_places(TICK_GAP)),
        Job("gather", timedelta(seconds=1), jobs.gather),
        Job("deserted", timedelta(seconds=1), jobs.end_deserted),
        Job("orphans", timedelta(seconds=1), jobs.resolve_orphans),
        Job("ends", timedelta(seconds=1), jobs.end_overdue),
        Job("uses", timedelta(seconds=1), jobs.note_uses),
        Job("flush", timedelta(seconds=1), jobs.flush),
    )


class Scheduler:
    """Runs jobs until it is stopped; a job that fails is tried again at its next interval."""

    def __init__(self, work: tuple[Job, ...], outages: Outages) -> None:
        self._work = work
        self._outages = outages
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start all jobs."""
        self._tasks = [deadlines.spawn(self._run(job), name=f"job:{job.name}") for job in self._work]

    async def stop(self) -> None:
        """Stop; jobs under way are cancelled, which every job survives."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _run(self, job: Job) -> None:
        failing = False
        while True:
            failing = await self._once(job, failing)
            await asyncio.sleep(job.every.total_seconds())

    async def _once(self, job: Job, failing: bool) -> bool:
        """Run the job once; say whether it failed by itself. That is logged once, not every time."""
        try:
            await job.work()
        except Unavailable as failure:
            if self._outages.note(failure):
                return failing
            if not failing:
                log.warning("beat.unavailable", piece=job.name, cause=repr(failure.__cause__ or failure))
            return True
        except Exception:
            if not failing:
                log.exception("beat.failed", piece=job.name)
            return True
        if failing:
            log.info("beat.recovered", piece=job.name)
        return False
