"""The audit: written before the deed, in one write for all who wait; and how it ended, behind."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

import pytest

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.moderation.audit import AuditEntry, AuditId
from liveroom.ports import Database
from liveroom.usecases.moderation.audit import Audit
from tests.usecases.conftest import World
from tests.worlds import WoundClock


async def entries(world: World) -> Sequence[AuditEntry]:
    """Return what is written, the oldest first."""
    found = await world.core.db.audit.newest(tenant=None, actor="", since=None, limit=5000)
    return [*reversed(found)]


class RecoveryStore:
    """A database that only counts what is written, and takes a turn of the loop for each write."""

    def __init__(self) -> None:
        self.audit = self
        self.busy = asyncio.Event()
        self.writes: list[int] = []
        self.actions: list[str] = []

    async def add(self, entries: Sequence[AuditEntry]) -> None:
        self.writes.append(len(entries))
        self.busy.set()
        self.actions += [entry.action for entry in entries]
        await asyncio.sleep(0)


@pytest.fixture
def recovery() -> RecoveryStore:
    return RecoveryStore()


@pytest.fixture
def audit(recovery: RecoveryStore) -> Audit:
    """Return an audit whose writes are counted."""
    return Audit(cast(Database, recovery), WoundClock(), timedelta(days=1))


async def note(world: World, action: str = "did", subject: str = "") -> AuditId:
    return await world.core.services.audit.note(DEFAULT_TENANT, "key:k", action, subject)


async def test_it_is_written_when_the_caller_goes_on(world: World) -> None:
    id = await note(world, subject="user:7")
    (entry,) = await entries(world)
    assert (entry.id, entry.actor, entry.action, entry.subject, entry.code) == (id, "key:k", "did", "user:7", None)


async def test_those_who_wait_in_one_moment_share_a_write(audit: Audit, recovery: RecoveryStore) -> None:
    await asyncio.gather(*(audit.note(DEFAULT_TENANT, "key:k", f"{number}") for number in range(1200)))
    assert recovery.writes == [500, 500, 200]
    assert recovery.actions == [f"{number}" for number in range(1200)]


async def test_who_comes_during_a_write_is_in_the_next(audit: Audit, recovery: RecoveryStore) -> None:
    async def one() -> None:
        await audit.note(DEFAULT_TENANT, "key:k", "did")

    first = asyncio.create_task(one())
    await recovery.busy.wait()
    await asyncio.gather(first, one(), one())
    await one()
    assert recovery.writes == [1, 2, 1]


async def test_without_the_database_nobody_goes_on_and_afterwards_all_do(world: World) -> None:
    world.sql.down = True
    failed = await asyncio.gather(*(note(world) for _ in range(3)), return_exceptions=True)
    assert [type(failure) for failure in failed] == [DatabaseUnavailable] * 3
    world.sql.down = False
    await note(world)
    assert len(await entries(world)) == 1


async def test_a_caller_who_gives_up_stops_nobody_else(world: World) -> None:
    given_up, patient = asyncio.create_task(note(world, "up")), asyncio.create_task(note(world, "on"))
    await asyncio.sleep(0)
    given_up.cancel()
    await patient
    assert [entry.action for entry in await entries(world)] == ["up", "on"]


async def test_hostile_texts_are_cut_and_stop_nobody_else(world: World) -> None:
    await asyncio.gather(note(world, "x" * 999), note(world, subject="\x1b[2J\x00\udc80"), note(world, "fine"))
    long, hostile, fine = await entries(world)
    assert (len(long.action), fine.action) == (128, "fine")
    assert hostile.subject == "\ufffd[2J\ufffd\ufffd"


async def test_how_it_ended_is_written_with_the_next_flush(world: World) -> None:
    audit = world.core.services.audit
    ids = [await note(world) for _ in range(4)]
    for id, code in zip(ids, (0, 3000, 0), strict=False):
        audit.answered(id, code)
    world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await audit.flush()
    world.sql.down = False
    assert await audit.flush() == 3
    assert await audit.flush() == 0
    assert [entry.code for entry in await entries(world)] == [0, 3000, 0, None]


async def test_entries_are_in_order_also_while_the_clock_goes_back(world: World) -> None:
    for number in range(50):
        await note(world, f"{number}")
        world.service.clock.advance(-0.01 * (number % 3))
    assert [entry.action for entry in await entries(world)] == [f"{number}" for number in range(50)]


async def test_what_is_older_than_it_is_kept_is_purged(world: World) -> None:
    audit = Audit(world.core.db, world.service.clock, timedelta(days=400))
    await note(world, "old")
    world.service.clock.advance(timedelta(days=399))
    assert await audit.purge(100) == 0
    await note(world, "young")
    world.service.clock.advance(timedelta(days=2))
    assert await audit.purge(100) == 1
    assert await world.core.jobs.purge.run() == 0
    assert [entry.action for entry in await entries(world)] == ["young"]


async def test_an_audit_that_is_kept_for_zero_days_is_kept_for_ever(world: World) -> None:
    """It was emptied, while the page about operations said what it says of everything that is kept."""
    audit = Audit(world.core.db, world.service.clock, timedelta(0))
    await note(world, "old")
    world.service.clock.advance(timedelta(days=4000))
    assert await audit.purge(100) == 0
    assert [entry.action for entry in await entries(world)] == ["old"]


async def test_a_purge_goes_on_until_nothing_is_left_or_it_is_enough(world: World) -> None:
    audit = Audit(world.core.db, world.service.clock, timedelta(days=1))
    await asyncio.gather(*(note(world) for _ in range(50)))
    world.service.clock.advance(timedelta(days=2))
    assert await audit.purge(2) == 40
    assert await audit.purge(2) == 10
    assert await entries(world) == []
