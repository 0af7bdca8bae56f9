"""The live stores under test: memory, a single Redis, and a cluster of three masters."""

from collections.abc import AsyncIterator

import pytest

from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.ports import Live
from liveroom.store.live.memory import MemoryLive
from liveroom.store.live.redis import RedisLive
from liveroom.store.live.redis.wire import SILENCE
from tests.servers import Redis, RedisCluster
from tests.store.live.slots import ParticularCaller
from tests.store.live.world import World
from tests.worlds import FakeRecoveryStore, WoundClock

SERVERS = {"redis": "redis_server", "cluster": "redis_cluster"}


async def open_memory(recovery: FakeRecoveryStore, clock: WoundClock, timeouts: PresenceTimeouts) -> Live:
    live = MemoryLive(recovery, clock, timeouts)
    await live.start()
    return live


def on_redis(server: Redis | RedisCluster) -> World:
    """Return a world on an emptied server."""

    async def open_redis(recovery: FakeRecoveryStore, clock: WoundClock, timeouts: PresenceTimeouts) -> Live:
        live = RedisLive(ParticularCaller.open(server.url, SILENCE), recovery, clock, timeouts)
        await live.start()
        return live

    server.flushall()
    return World(open_redis, server.flushall, forgets=False)


STORES = ["memory", pytest.param("redis", marks=pytest.mark.services)]
CLUSTER = pytest.param("cluster", marks=pytest.mark.services)
ACROSS = frozenset(
    {"channels", "comparing", "feeds", "journal", "lists", "publications", "rebuild", "relays", "sessions"}
)
"""Tests of what is spread over all servers, or asked of each: they run on three masters too."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on each store, unless it names those that it wants."""
    named = any("any_world" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "any_world" in metafunc.fixturenames and not named:
        subject = metafunc.module.__name__.rpartition(".test_")[2]
        stores = [*STORES, CLUSTER] if subject in ACROSS else STORES
        metafunc.parametrize("any_world", stores, indirect=True)


@pytest.fixture
def any_world(request: pytest.FixtureRequest) -> World:
    """Return a world that nobody has started yet."""
    if request.param == "memory":
        return World(open_memory, lambda: None, forgets=True)
    return on_redis(request.getfixturevalue(SERVERS[request.param]))


@pytest.fixture
async def world(any_world: World) -> AsyncIterator[World]:
    """Yield a world whose store runs."""
    await any_world.restart()
    yield any_world
    for live in any_world.opened:
        await live.close()


@pytest.fixture
def live(world: World) -> Live:
    """Return the store of the world, for tests in which it is never lost."""
    return world.live
