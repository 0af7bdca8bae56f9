"""The only process there may be: a second one waits, and is refused unless the lease lapses or is given back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from liveroom.app.occupancy import Occupancy
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable
from liveroom.domain.ids import BroadcastId
from liveroom.ports import Database, Tx
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


async def test_a_frozen_process_goes_on_when_nobody_else_has_served_meanwhile(tmp_path: Path) -> None:
    clock = WoundClock()
    async with opened(tmp_path) as db:
        frozen = Process(db, clock)
        await frozen.occupancy.take()
        for _ in range(3):
            clock.advance(3600)
            await asyncio.gather(*(frozen.occupancy.hold() for _ in range(20)))
        now = clock.now()
        assert not await db.leases.claim(NAME, "other", now + timedelta(seconds=8), now)
        assert not frozen.lost.is_set()
        await frozen.occupancy.release()


@pytest.mark.parametrize("is_gone", [False, True], ids=["serves", "is gone again"])
async def test_a_process_that_resumes_after_another_one_has_served_gives_up_and_writes_nothing(
    tmp_path: Path, *, is_gone: bool
) -> None:
    clock = WoundClock()
    async with opened(tmp_path) as db:
        frozen, other = Process(db, clock), Process(db, clock)
        await frozen.occupancy.take()
        its = db.fenced(frozen.occupancy.guard, frozen.occupancy.check)
        await its.ids.take(1)
        clock.advance(10)
        await other.occupancy.take()
        if is_gone:
            await other.occupancy.release()
        first = await db.ids.take(1)
        with capture_logs() as logs:
            for _ in range(2):
                with pytest.raises(LiveUnavailable):
                    await frozen.occupancy.hold()
        with pytest.raises(DatabaseUnavailable):
            await its.ids.take(1)
        with pytest.raises(DatabaseUnavailable):
            await its.rooms.put_likes({BroadcastId("b"): 1})
        with pytest.raises(DatabaseUnavailable):
            await its.transact(lambda tx: tx.ids.take(1))
        await frozen.occupancy.release()
        await other.occupancy.release()
        assert [line["event"] for line in logs] == ["service.lease_lost"]
        assert frozen.lost.is_set()
        assert await db.ids.take(1) == first + 1


async def test_a_process_frozen_within_a_transaction_does_not_commit_it(tmp_path: Path) -> None:
    clock = WoundClock()

    async def work(tx: Tx) -> None:
        await tx.ids.take(1)
        clock.advance(8.5)

    async with opened(tmp_path) as db:
        process = Process(db, clock)
        await process.occupancy.take()
        its = db.fenced(process.occupancy.guard, process.occupancy.check)
        first = await its.ids.take(1)
        with pytest.raises(DatabaseUnavailable):
            await its.transact(work)
        assert await its.ids.take(1) == first + 1
        await process.occupancy.release()


async def test_a_call_holds_the_place_while_the_database_is_down_for_less_than_the_lease(tmp_path: Path) -> None:
    clock, sql = WoundClock(), Switch(DatabaseUnavailable)
    async with opened(tmp_path) as db:
        process = Process(sql.over(db), clock)
        await process.occupancy.take()
        sql.down = True
        clock.advance(6)
        await process.occupancy.hold()
        clock.advance(2.5)
        with pytest.raises(DatabaseUnavailable):
            await process.occupancy.hold()
        sql.down = False
        await process.occupancy.hold()
        await process.occupancy.release()


async def test_a_call_within_moments_of_another_asks_sql_nothing(tmp_path: Path) -> None:
    clock, sql = WoundClock(), Switch(DatabaseUnavailable)
    async with opened(tmp_path) as db:
        process = Process(sql.over(db), clock)
        await process.occupancy.take()
        sql.down = True
        for _ in range(100):
            await process.occupancy.hold()
        await process.occupancy.release()
