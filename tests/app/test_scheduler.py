"""The scheduler: each job at its own interval; one that fails is tried again, logged once, and stops no other."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, get_origin

import pytest
from structlog.testing import capture_logs

from liveroom.app.jobs import JOBS, request_driven_jobs, scheduled_jobs
from liveroom.app.maintenance_jobs import MAINTENANCE
from liveroom.app.outages import DATABASE, LIVE, Outages, Ping
from liveroom.app.scheduler import Job, Scheduler
from liveroom.app.services import by_type
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable, ProviderUnavailable
from tests.service import serving
from tests.worlds import hastily


class Work:
    """Fails as it is told, one failure after another, and then succeeds."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.done = 0
        self.over = asyncio.Event()

    async def __call__(self) -> None:
        self.done += 1
        failure = self.failures.pop(0) if self.failures else None
        if not self.failures:
            self.over.set()
        if failure is not None:
            raise failure


async def answers() -> None:
    """Be there."""


async def scheduled(*works: Work, ticks: int = 1, ping: Ping = answers) -> Sequence[Any]:
    """Run until every work is over and some ticks more; return what was logged."""
    outages = Outages({DATABASE: ping, LIVE: ping})
    work = tuple(Job(f"job{number}", timedelta(seconds=1), work) for number, work in enumerate(works))
    scheduler = Scheduler(work, outages)
    with capture_logs() as logs:
        scheduler.start()
        await asyncio.gather(*(work.over.wait() for work in works))
        await asyncio.wait({asyncio.create_task(asyncio.Event().wait())}, timeout=ticks + 0.5)
        await scheduler.stop()
        await outages.stop()
    return [(line["event"], line.get("job") or line["dependency"]) for line in logs if line["log_level"] != "debug"]


def rebuilding() -> LiveUnavailable:
    """Return how the live store fails because of SQL."""
    failure = LiveUnavailable("it cannot be rebuilt now")
    failure.__cause__ = DatabaseUnavailable("down")
    return failure


@pytest.mark.parametrize(
    ("failure", "dependency"), [(DatabaseUnavailable, DATABASE), (LiveUnavailable, LIVE), (rebuilding, DATABASE)]
)
def test_a_dependency_that_is_down_is_logged_once_for_all_jobs_and_once_when_it_is_back(
    failure: Callable[[], Exception], dependency: str
) -> None:
    """Some jobs have nothing to do now and then, and succeed all the same."""
    now_and_then = Work(*[failure() if scheduler % 2 else None for scheduler in range(8)])
    said = hastily(scheduled(Work(*[failure() for _ in range(8)]), now_and_then, ticks=6))
    assert said == [("dependency.down", dependency), ("dependency.recovered", dependency)]


def test_a_dependency_is_back_only_when_it_answers_by_itself() -> None:
    async def silent() -> None:
        raise LiveUnavailable

    assert hastily(scheduled(Work(LiveUnavailable()), ticks=9, ping=silent)) == [("dependency.down", LIVE)]
    slow = Work(LiveUnavailable(), LiveUnavailable())
    said = hastily(scheduled(Work(LiveUnavailable()), ticks=9, ping=slow))
    assert (said, slow.done) == ([("dependency.down", LIVE), ("dependency.recovered", LIVE)], 3)


def test_each_outage_is_told_anew() -> None:
    said = hastily(scheduled(Work(LiveUnavailable(), *[None] * 6, LiveUnavailable()), ticks=6))
    assert said == [("dependency.down", LIVE), ("dependency.recovered", LIVE)] * 2


def test_what_else_a_job_lacks_is_logged_once_and_once_when_it_is_there() -> None:
    said = hastily(scheduled(Work(ProviderUnavailable(), ProviderUnavailable(), None)))
    assert said == [("job.unavailable", "job0"), ("job.recovered", "job0")]


def test_a_job_that_breaks_is_tried_again_and_its_trace_is_logged_once() -> None:
    said = hastily(scheduled(Work(ZeroDivisionError(), ZeroDivisionError(), None)))
    assert said == [("job.failed", "job0"), ("job.recovered", "job0")]


def test_a_job_that_fails_or_hangs_stops_no_other() -> None:
    class Hanging(Work):
        async def __call__(self) -> None:
            await super().__call__()
            await asyncio.Event().wait()

    async def story() -> tuple[int, int, Sequence[Any]]:
        good, bad, hanging = Work(), Work(*[RuntimeError()] * 3), Hanging()
        said = await scheduled(good, bad, hanging, ticks=3)
        return good.done, hanging.done, said

    done, hung, said = hastily(story())
    assert done >= 3
    assert hung == 1
    assert {job for _, job in said} == {"job1"}


def test_stopping_breaks_off_what_is_under_way_and_may_be_repeated() -> None:
    async def story() -> bool:
        broken_off = asyncio.Event()
        begun = asyncio.Event()

        async def work() -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                broken_off.set()

        scheduler = Scheduler((Job("job", timedelta(seconds=1), work),), Outages({}))
        scheduler.start()
        await begun.wait()
        await scheduler.stop()
        await scheduler.stop()
        return broken_off.is_set()

    assert hastily(story())


async def test_every_maintenance_job_is_scheduled(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        work = scheduled_jobs(by_type(service.core.jobs))
        assert [(job.name, job.every) for job in work] == [(job.name, job.every) for job in MAINTENANCE]
        for job in work:
            await job.work()
    by_name = {job.name: job.every for job in work}
    assert max(by_name["flush"], by_name["relay"]) <= timedelta(milliseconds=500), "a second is promised to callers"
    assert by_name["lists"] == timedelta(milliseconds=250)
    assert by_name["expiry"] == timedelta(seconds=1)
    assert by_name["tenants"] == timedelta(seconds=2)


async def test_calls_run_what_cannot_wait_for_the_next_tick(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        work = request_driven_jobs(by_type(service.core.jobs))
        assert [job.name for job in work] == [
            *("tenants", "configuration", "words", "relay", "expiry", "gather", "deserted", "orphans", "ends"),
            *(
                "connections",
                "battles",
                "opponents",
                "envelopes",
                "streams",
                "recordings",
                "activities",
                "goals",
                "notices",
                "uses",
                "callbacks",
            ),
            *("flush", "lists"),
            *("ledger", "gift ranks"),
        ]
        for job in work:
            await job.work()
    assert max(job.every for job in work) <= timedelta(seconds=2)


def test_no_two_background_jobs_share_a_name() -> None:
    names = [job.name for job in JOBS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("seconds", [1, 3])
def test_a_job_runs_again_and_again_and_not_before_its_time(seconds: int) -> None:
    async def story() -> int:
        work = Work()
        scheduler = Scheduler((Job("job", timedelta(seconds=seconds), work),), Outages({}))
        scheduler.start()
        await asyncio.wait({asyncio.create_task(asyncio.Event().wait())}, timeout=9.5)
        await scheduler.stop()
        return work.done

    assert 2 <= hastily(story()) <= 1 + 9 // seconds


async def test_every_maintenance_job_works_on_what_it_says(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        there = by_type(service.core.jobs)
    for job in MAINTENANCE:
        assert isinstance(there[job.on], get_origin(job.on) or job.on), job.name
