"""Under load, a process or a server dies: what was acknowledged is there afterwards, and everybody agrees."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom.domain.ids import RoomId, TenantName
from tests.chaos.load import Load, cast
from tests.chaos.processes import Liveroom, caller_of
from tests.migrated import DATABASE
from tests.servers import Mariadb, Redis, RedisCluster
from tests.stories.agreement import assert_agreement
from tests.stories.installations import embedded_world, served_world
from tests.stories.world import Ask, World, data_of, salt_of, signed

PEOPLE = 40
LEASE = timedelta(seconds=6)
"""Short, so that a test sees who would have been thrown out."""
LONG_LEASE = timedelta(seconds=20)
"""For calls that wait for a process that starts, as long as that takes on a slow machine: nobody falls silent by it."""
BACK_WITHIN = 5.0

pytestmark = pytest.mark.services


@dataclass
class Stage:
    """Real processes on an installation, people who call them, and a core that only looks on."""

    world: World
    processes: Sequence[Liveroom]
    callers: Sequence[Ask]
    load: Load

    async def members(self) -> dict[str, set[str]]:
        """Return who is in each room, as the live store has it."""
        live = self.world.core.live
        return {
            room: {
                member.user for member in await live.members(TenantName(""), RoomId(room), after=0, offset=0, limit=999)
            }
            for room in self.load.rooms
        }

    async def missing(self, promised: dict[str, str]) -> set[str]:
        """Return who is not where they were told that they are."""
        members = await self.members()
        return {user for user, room in promised.items() if user not in members[room]}

    async def are_back(self, promised: dict[str, str]) -> None:
        """Fail unless everybody is where they were told that they are, within the time promised."""
        async with asyncio.timeout(BACK_WITHIN):
            while await self.missing(promised):
                await self.load.last(0.1)

    async def nobody_goes(self, promised: dict[str, str]) -> None:
        """Fail unless everybody is still there when leases have run out and what differs has been put right."""
        await self.load.last(LEASE.total_seconds() * 1.5)
        gone = await self.missing(promised)
        assert not gone, (gone, *(process.log() for process in self.processes))

    async def end(self) -> None:
        """Stop the load and the processes; fail unless the stores agree, and nobody was told nonsense."""
        await self.load.stop()
        assert {code for _, code in self.load.codes} <= {0}, (self.load.codes, *(one.log() for one in self.processes))
        for process in self.processes:
            assert process.terminate() == 0, process.log()
            assert "Traceback" not in process.log()
        await assert_agreement(self.world.core, within=BACK_WITHIN, index_may_lag=True)


@asynccontextmanager
async def staged(world: World, folder: Path, processes: int, lease: timedelta = LEASE) -> AsyncIterator[Stage]:
    """Yield a stage on which the load has begun."""
    world.settings = replace(world.settings, lease_keepalive=lease)
    await world.start()
    people = await world.strangers(PEOPLE)
    if not world.shares:
        await world.stop()
    async with AsyncExitStack() as stack:
        running = [Liveroom(folder / f"process{number}", world.settings) for number in range(processes)]
        for process in running:
            stack.callback(process.kill)
            await asyncio.to_thread(process.start)
        callers = [await stack.enter_async_context(caller_of(process)) for process in running]
        stage = Stage(world, running, callers, await cast(people, callers))
        stage.load.start()
        try:
            await stage.load.reach(150)
            yield stage
        finally:
            await stage.load.stop()
            await world.stop(gracefully=False)


@pytest.fixture
def world(tmp_path: Path, mariadb_to_kill: Mariadb, redis_to_kill: Redis) -> World:
    """Return an installation on MariaDB and Redis."""
    return served_world(tmp_path, mariadb_to_kill, redis_to_kill)


async def test_a_killed_process_costs_nobody_a_place(world: World, tmp_path: Path) -> None:
    async with staged(world, tmp_path, 2, LONG_LEASE) as stage:
        promised = await stage.load.freeze()
        await asyncio.to_thread(restart, stage.processes[0])
        await stage.load.reach(150)
        assert not await stage.missing(promised)
        assert stage.load.broken
        await stage.end()


async def test_a_killed_redis_has_every_membership_that_was_acknowledged(
    world: World, tmp_path: Path, redis_to_kill: Redis
) -> None:
    async with staged(world, tmp_path, 2) as stage:
        promised = await stage.load.freeze()
        redis_to_kill.kill()
        await stage.load.last(0.5)
        await asyncio.to_thread(redis_to_kill.start)
        await stage.are_back(promised)
        await stage.nobody_goes(promised)
        await stage.end()


async def test_a_killed_mariadb_has_everything_that_was_committed(
    world: World, tmp_path: Path, mariadb_to_kill: Mariadb
) -> None:
    async with staged(world, tmp_path, 2) as stage:
        names = [f"newcomer{number}" for number in range(10)]
        for name in names:
            data_of(await stage.callers[0]("base/v1/oauth/register", {"username": name, "salt": salt_of(name)}))
        titles, promised = dict(stage.load.titles), await stage.load.freeze()
        mariadb_to_kill.kill()
        await stage.load.last(0.5)
        await asyncio.to_thread(mariadb_to_kill.start)
        await stage.load.reach(150)
        assert not await stage.missing(promised)
        await stage.end()
        found = mariadb_to_kill.execute("SELECT id, title FROM lr_rooms", DATABASE)
        assert {room: int(title) for room, title in found}.keys() == titles.keys()
        assert all(int(title) >= titles[room] for room, title in found)
        for name in names:
            millis = int(world.clock.now().timestamp() * 1000)
            data_of(await world.caller_of()("base/v1/oauth/signature", signed(name, millis)))


async def test_after_flushall_every_journaled_stay_is_back_and_nobody_is_thrown_out(
    world: World, tmp_path: Path, redis_to_kill: Redis
) -> None:
    async with staged(world, tmp_path, 2) as stage:
        promised = await stage.load.freeze()
        await journaled(stage, promised)
        redis_to_kill.flushall()
        await stage.are_back(promised)
        await stage.nobody_goes(promised)
        await stage.end()


async def test_after_a_failover_onto_a_lagging_replica_journaled_stays_are_back_and_versions_grow(
    tmp_path: Path, mariadb_to_kill: Mariadb, cluster_to_kill: RedisCluster
) -> None:
    world = served_world(tmp_path, mariadb_to_kill, cluster_to_kill)
    async with staged(world, tmp_path, 1) as stage:
        cluster_to_kill.cut_replica(0)
        await stage.load.reach(150)
        # On a busy machine SQL may have everybody only when the lease of those who are silent is over.
        promised = await stage.load.freeze(silent=False)
        await journaled(stage, promised)
        rooms = [RoomId(room) for room in stage.load.rooms]
        before = {room.id: room.version for room in await world.core.live.rooms(rooms)}
        await asyncio.to_thread(cluster_to_kill.fail_over, 0)
        await stage.are_back(promised)
        after = {room.id: room.version for room in await world.core.live.rooms(rooms)}
        assert all(after[room] >= before[room] for room in before)
        await stage.nobody_goes(promised)
        await stage.end()


@pytest.mark.long
async def test_a_killed_process_on_sqlite_and_memory_has_every_membership_that_was_acknowledged(tmp_path: Path) -> None:
    world = embedded_world(tmp_path)
    async with staged(world, tmp_path, 1) as stage:
        promised = await stage.load.freeze()
        await asyncio.to_thread(restart, stage.processes[0])
        await stage.load.reach(150)
        await stage.load.last(LEASE.total_seconds() * 1.5)
        await stage.load.stop()
        assert stage.processes[0].terminate() == 0
        await world.start()
        assert not await stage.missing(promised)
        await assert_agreement(world.core, index_may_lag=True)


def restart(process: Liveroom) -> None:
    """Kill a process and start it again."""
    process.kill()
    process.start()


async def journaled(stage: Stage, promised: dict[str, str]) -> None:
    """Return when SQL has the stay of everybody: within a second on a machine that has the time."""

    def are_missing() -> bool:
        rows = stage.world.rows("SELECT user_id, room FROM lr_stays WHERE left_at IS NULL")
        return bool(promised.items() - {(str(user), str(room)) for user, room in rows})

    async with asyncio.timeout(30):
        while await asyncio.to_thread(are_missing):
            await stage.load.last(0.05)
