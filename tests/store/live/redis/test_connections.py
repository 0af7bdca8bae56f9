"""What a lost, hanging or wrong server means for calls; and both loops that the service runs on."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
import uvloop

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import RoomId, SessionId
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.store.live.redis import RedisLive, RedisUnfit
from tests.servers import Redis, free_ports
from tests.store.live.redis.conftest import world_on
from tests.store.live.redis.crowds import back_within, counts
from tests.store.live.world import World
from tests.worlds import FakeRecoveryStore, WoundClock

pytestmark = pytest.mark.services
WINDOW = timedelta(minutes=10)


def opened(url: str) -> RedisLive:
    return RedisLive.open(url, recovery=FakeRecoveryStore(), clock=WoundClock(), timeouts=PresenceTimeouts())


async def test_calls_survive_connections_that_are_cut(world: World, redis_server: Redis) -> None:
    await world.go_live()

    async def enter_many(first: int) -> None:
        for number in range(first, first + 50):
            await world.enter(f"user{number}")

    entering = asyncio.gather(*(enter_many(first) for first in range(0, 400, 50)))
    for _ in range(10):
        await world.live.room(RoomId("r1"))
        redis_server.command("CLIENT", "KILL", "TYPE", "normal")
    await entering
    assert (await world.room()).members == 401


async def test_a_server_that_hangs_costs_three_seconds_once_and_is_back_by_itself(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        await world.go_live()
        own_redis.pause()
        loop = asyncio.get_running_loop()
        began = loop.time()
        with pytest.raises(LiveUnavailable):
            await world.names()
        assert loop.time() - began < 4
        own_redis.resume()
        await back_within(5, lambda: _is_in(world, "ann"))


async def test_a_server_that_is_gone_fails_calls_and_loses_no_renewal(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        await world.touch("bob", keepalive=True)
        own_redis.kill()
        with pytest.raises(LiveUnavailable):
            await world.touch("bob")
        began = asyncio.get_running_loop().time()
        with pytest.raises(LiveUnavailable):
            await world.touch("bob")
        assert asyncio.get_running_loop().time() - began < 0.5
        world.live.renew(world.heartbeat("cat", keepalive=True))
        own_redis.start()
        await back_within(5, lambda: _is_renewed(world, "cat"))


async def test_a_store_starts_before_its_server(own_redis: Redis) -> None:
    own_redis.kill()
    live = opened(own_redis.url)
    await live.start()
    with pytest.raises(LiveUnavailable):
        await live.ping()
    own_redis.start()
    await back_within(5, lambda: _answers(live))
    await live.close()


async def test_a_redis_with_other_buckets_is_refused(own_redis: Redis) -> None:
    own_redis.command("SET", "{liveroom}:layout", "64,256,1")
    live = opened(own_redis.url)
    with pytest.raises(RedisUnfit, match="layout 64,256,1"):
        await live.start()
    with pytest.raises(LiveUnavailable, match="layout"):
        await live.ping()
    await live.close()


async def test_a_password_and_a_database_are_used(tmp_path: Path) -> None:
    server = Redis(tmp_path / "redis")
    server.start()
    server.command("CONFIG", "SET", "requirepass", "open sesame")
    live = opened(f"redis://:open%20sesame@127.0.0.1:{server.port}/3")
    wrong = opened(f"redis://:closed@127.0.0.1:{server.port}")
    try:
        await live.ping()
        with pytest.raises(LiveUnavailable, match="WRONGPASS"):
            await wrong.ping()
    finally:
        await live.close()
        await wrong.close()
        server.stop()


async def test_while_nothing_answers_each_process_limits_by_its_own_counts() -> None:
    (port,) = free_ports(1)
    live, other = [opened(f"redis+cluster://127.0.0.1:{port}") for _ in range(2)]
    with pytest.raises(LiveUnavailable):
        await live.ping()
    assert [await live.hit("key", limit=2, window=WINDOW) for _ in range(3)] == [True, True, False]
    assert not await live.hit("key", limit=2, window=WINDOW, count=0)
    await live.hit("key", limit=2, window=WINDOW, count=-2)
    assert await live.hit("key", limit=2, window=WINDOW, count=0)
    assert await other.hit("key", limit=1, window=WINDOW)
    for store in (live, other):
        await store.close()


async def test_limits_are_shared_again_when_the_store_is_back(own_redis: Redis) -> None:
    live, other = opened(own_redis.url), opened(own_redis.url)
    assert await live.hit("key", limit=9, window=WINDOW, count=3)
    own_redis.kill()
    assert [await live.hit("key", limit=6, window=WINDOW, count=5) for _ in range(2)] == [True, False]
    own_redis.start()
    await back_within(5, lambda: live.hit("key", limit=4, window=WINDOW, count=0))
    assert await live.hit("key", limit=4, window=WINDOW)
    assert not await other.hit("key", limit=4, window=WINDOW, count=0)
    for store in (live, other):
        await store.close()


async def test_a_server_that_hangs_holds_a_limited_call_up_for_a_second_once(own_redis: Redis) -> None:
    live = opened(own_redis.url)
    assert await live.hit("key", limit=1, window=WINDOW)
    own_redis.pause()
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert [await live.hit("key", limit=1, window=WINDOW) for _ in range(50)] == [True, *[False] * 49]
    assert loop.time() - began < 2
    own_redis.resume()
    await live.close()


def test_the_store_works_on_uvloop(redis_server: Redis) -> None:
    async def enter_and_end() -> tuple[list[int], list[str]]:
        async with world_on(redis_server) as world:
            await world.go_live()
            await world.enter("bob")
            bob = world.heartbeat("bob")
            await world.live.end_sessions(EndedSessions(bob.user, (SessionId("bob-1"),), world.clock.now()))
            return await counts(world.live, ["r1"]), await world.names()

    assert uvloop.run(enter_and_end()) == ([2], ["ann", "bob"])


async def _is_in(world: World, user: str) -> bool:
    return user in await world.names()


async def _is_renewed(world: World, user: str) -> bool:
    await world.live.flush()
    return await world.is_online(user)


async def _answers(live: RedisLive) -> bool:
    await live.ping()
    return True
