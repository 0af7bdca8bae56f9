"""A process on Redis that was frozen: what it remembers is not trusted, and its connections are not either."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import redis

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.errors import TokenInvalid
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.ports import Live
from liveroom.store.live.redis import RedisLive
from tests.servers import Redis
from tests.store.live.redis.crowds import back_within
from tests.store.live.world import World
from tests.worlds import FakeRecoveryStore, WoundClock

pytestmark = pytest.mark.services


class Machine(WoundClock):
    """A machine that sleeps: its clock goes on, its loop's time does not, and Redis knows nothing of it."""

    def __init__(self) -> None:
        super().__init__()
        self.slept = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.slept


async def test_a_machine_that_slept_trusts_no_session_until_it_has_caught_up(redis_server: Redis) -> None:
    redis_server.flushall()
    clock = Machine()
    live = RedisLive.open(redis_server.url, recovery=FakeRecoveryStore(), clock=clock, timeouts=PresenceTimeouts())
    await live.start()
    world = World(lambda *_: asyncio.sleep(0, live), lambda: None, forgets=False, clock=clock, opened=[live])
    heartbeat = world.heartbeat("bob")

    async def is_known() -> bool:
        await live.touch(heartbeat)
        return live.knows(heartbeat)

    await back_within(3, is_known)
    clock.slept += timedelta(seconds=30)
    assert not live.knows(heartbeat)
    await back_within(3, is_known)
    await live.close()


async def test_a_process_that_does_not_read_the_feed_asks_for_every_session(redis_server: Redis) -> None:
    redis_server.flushall()
    clock, bob, phone = WoundClock(), UserId("bob"), SessionId("bob-1")
    stores: list[Live] = [
        RedisLive.open(
            redis_server.url,
            recovery=FakeRecoveryStore(),
            clock=clock,
            timeouts=PresenceTimeouts(),
            reads_feed=reads_feed,
        )
        for reads_feed in (False, True)
    ]
    for store in stores:
        await store.start()
    world = World(lambda *_: asyncio.sleep(0, stores[0]), lambda: None, forgets=False, clock=clock, opened=stores[:1])
    for _ in range(3):
        await world.touch("bob")
        assert not world.live.knows(world.heartbeat("bob"))
    await stores[1].end_sessions(EndedSessions(bob, (phone,), clock.now()))
    with pytest.raises(TokenInvalid):
        await world.touch("bob")
    for store in stores:
        await store.close()


def _clients(server: Redis) -> set[str]:
    with redis.Redis.from_url(server.url) as client:
        mine = str(client.client_id())
        return {one["id"] for one in client.client_list(_type="normal")} - {mine}


async def test_calls_after_a_freeze_travel_on_new_connections_and_none_fails(world: World, redis_server: Redis) -> None:
    await world.go_live()
    before = _clients(redis_server)
    under_way = [asyncio.create_task(world.touch(f"user{number}")) for number in range(20)]
    await asyncio.sleep(0)
    await world.live.refresh()
    await asyncio.gather(*under_way, *(world.enter(f"viewer{number}") for number in range(20)))
    assert len(await world.members()) == 21
    assert _clients(redis_server) - before
