"""The only process there may be: a second one waits, and is refused unless the lease lapses or is given back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from liveroom.app.occupancy import Occupancy
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.ports import Database
from liveroom.settings import SettingsError
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.schema import migrate
from tests.outages import Switch
from tests.worlds import WoundClock, hastily

NAME = "service"


class Process:
    """One process that wants to serve from the database."""

    def __init__(self, db: Database, clock: WoundClock) -> None:
        self.lost = asyncio.Event()
        self.occupancy = Occupancy(db, clock, self.lost.set)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[SqlDatabase]:
    url = f"sqlite:///{folder / 'liveroom.db'}"
    await migrate(url)
    db = await SqlDatabase.open(url)
    try:
        yield db
    finally:
        await db.close()


async def held_by_the_dead(db: Database, clock: WoundClock) -> None:
    """Leave a lease behind as a killed process does."""
    now = clock.now()
    assert await db.leases.claim(NAME, "killed", now, now + timedelta(seconds=9))


def test_a_second_process_waits_and_is_refused_with_what_to_do(tmp_path: Path) -> None:
    async def story() -> None:
        clock = WoundClock()
        async with opened(tmp_path) as db:
            first, second = Process(db, clock), Process(db, clock)
            await first.occupancy.take()
            with capture_logs() as logs, pytest.raises(SettingsError) as refused:
                await second.occupancy.take()
            assert [line["event"] for line in logs] == ["service.waiting"]
            assert "LIVEROOM_REDIS_URL" in refused.value.problems[0]
            assert "stop it" in refused.value.problems[0]
            await second.occupancy.release()
            with pytest.raises(SettingsError):
                await second.occupancy.take()
            assert not first.lost.is_set()
            await first.occupancy.release()

    hastily(story())


def test_the_lease_of_a_killed_process_lapses_while_the_next_one_waits(tmp_path: Path) -> None:
    async def story() -> None:
        clock = WoundClock()
        async with opened(tmp_path) as db:
            await held_by_the_dead(db, clock)
            waiting = asyncio.create_task(Process(db, clock).occupancy.take())
            await asyncio.wait({waiting}, timeout=5)
            assert not waiting.done()
            clock.advance(9)
            await asyncio.wait_for(waiting, 1)

    hastily(story())


def test_a_released_lease_is_the_next_processs_at_once(tmp_path: Path) -> None:
    async def story() -> None:
        clock = WoundClock()
        async with opened(tmp_path) as db:
            for _ in range(3):
                process = Process(db, clock)
                await asyncio.wait_for(process.occupancy.take(), 0.2)
                await process.occupancy.release()

    hastily(story())


def test_a_lease_is_renewed_for_as_long_as_its_process_runs(tmp_path: Path) -> None:
    async def story() -> None:
        clock = WoundClock()
        async with opened(tmp_path) as db:
            process = Process(db, clock)
            await process.occupancy.take()
            for _ in range(4):
                clock.advance(5)
                await asyncio.wait({asyncio.create_task(process.lost.wait())}, timeout=4)
            now = clock.now()
            assert not await db.leases.claim(NAME, "other", now, now)
            assert not process.lost.is_set()
            await process.occupancy.release()

    hastily(story())


def test_a_process_whose_lease_another_one_took_is_told_and_takes_nothing_back(tmp_path: Path) -> None:
    async def story() -> None:
        clock = WoundClock()
        async with opened(tmp_path) as db:
            process = Process(db, clock)
            await process.occupancy.take()
            clock.advance(10)
            now = clock.now()
            assert await db.leases.claim(NAME, "other", now, now + timedelta(minutes=1))
            with capture_logs() as logs:
                await asyncio.wait_for(process.lost.wait(), 10)
            assert [line["event"] for line in logs] == ["service.lease_lost"]
            await process.occupancy.release()
            assert not await db.leases.claim(NAME, "third", now, now + timedelta(minutes=1))

    hastily(story())


def test_a_database_that_is_down_for_a_moment_costs_no_lease_and_stops_no_stop(tmp_path: Path) -> None:
    async def story() -> None:
        clock, sql = WoundClock(), Switch(DatabaseUnavailable)
        async with opened(tmp_path) as db:
            process = Process(sql.over(db), clock)
            await process.occupancy.take()
            sql.down = True
            with capture_logs() as logs:
                await asyncio.wait({asyncio.create_task(process.lost.wait())}, timeout=7)
                await process.occupancy.release()
            assert {line["event"] for line in logs} == {"service.lease_unrenewed", "service.lease_unreleased"}
            assert not process.lost.is_set()

    hastily(story())
