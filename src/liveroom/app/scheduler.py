"""Runs background jobs (``app.jobs`` has the table), each at its own interval; no job can stop another.

A dependency that is down is logged once for all jobs (``outages``), any other failure once per job.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from liveroom import deadlines
from liveroom.app.outages import Outages
from liveroom.domain.errors import Unavailable
from liveroom.log import count_unexpected

log = structlog.get_logger("liveroom.scheduler")


@dataclass(frozen=True, slots=True)
class Job:
    """A background job, ready to run, and its interval."""

    name: str
    every: timedelta
    work: Callable[[], Awaitable[object]]


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
                log.warning("job.unavailable", job=job.name, cause=repr(failure.__cause__ or failure))
            return True
        except Exception:
            count_unexpected("job.failed")
            if not failing:
                log.exception("job.failed", job=job.name)
            return True
        if failing:
            log.info("job.recovered", job=job.name)
        return False


@asynccontextmanager
async def scheduled(work: tuple[Job, ...], outages: Outages) -> AsyncIterator[None]:
    """Run jobs until the block ends."""
    scheduler = Scheduler(work, outages)
    scheduler.start()
    try:
        yield
    finally:
        await scheduler.stop()
