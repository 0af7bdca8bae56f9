"""Worlds on Redis alone: the session's single server, or servers of a test's own that it may crash."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.ports import Live
from liveroom.store.live.redis import RedisLive
from tests.sentinels import RedisSentinel
from tests.servers import Redis, RedisCluster, running
from tests.store.live.world import World
from tests.worlds import FakeRecoveryStore, WoundClock

pytestmark = pytest.mark.services


@asynccontextmanager
async def world_on(server: Redis | RedisCluster | RedisSentinel) -> AsyncIterator[World]:
    """Yield a running world on an emptied server; its stores give a silent server up after half a second."""

    async def open_redis(recovery: FakeRecoveryStore, clock: WoundClock, timeouts: PresenceTimeouts) -> Live:
        live = RedisLive.open(server.url, recovery=recovery, clock=clock, timeouts=timeouts, silence=0.5)
        await live.start()
        return live

    server.flushall()
    world = World(open_redis, server.flushall, forgets=False)
    await world.restart()
    try:
        yield world
    finally:
        for live in world.opened:
            await live.close()


@pytest.fixture
async def world(redis_server: Redis) -> AsyncIterator[World]:
    """Yield a world on the session's server."""
    async with world_on(redis_server) as world:
        yield world


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    """Yield a server that the test may crash."""
    with running(Redis(tmp_path / "redis")) as server:
        yield server


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[RedisCluster]:
    """Yield three masters with replicas that the test may crash."""
    with running(RedisCluster(tmp_path / "cluster", replicas=True)) as server:
        yield server


@pytest.fixture
def own_sentinel(tmp_path: Path) -> Iterator[RedisSentinel]:
    """Yield a watched pair that the test may crash."""
    with running(RedisSentinel(tmp_path / "sentinel")) as server:
        yield server
