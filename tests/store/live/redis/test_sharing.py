"""Several processes on one store: each hears of ended sessions, and none does another's work."""

import pytest

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.ids import SessionId, UserId
from tests.servers import Redis
from tests.store.live.redis.conftest import world_on
from tests.store.live.redis.crowds import back_within
from tests.store.live.world import EVERYONE, FOR_EVER, World, eventually

pytestmark = pytest.mark.services

BOB = UserId("bob")


async def test_an_end_reaches_every_process_within_a_second(world: World) -> None:
    first, second = world.live, await world.restart()
    heartbeat = world.heartbeat("bob")
    for live in (first, second):
        await live.touch(heartbeat)
    await eventually(lambda: first.knows(heartbeat) and second.knows(heartbeat))
    await first.end_sessions(EndedSessions(BOB, (heartbeat.session,), world.clock.now()))
    assert not first.knows(heartbeat)
    await eventually(lambda: not second.knows(heartbeat))


async def test_original_sessions_that_began_before_are_forgotten_by_every_process(world: World) -> None:
    first, second = world.live, await world.restart()
    old, new = world.heartbeat("bob", "~old"), world.heartbeat("bob", "~new", issued=world.clock.now())
    for live in (first, second):
        await live.touch(old)
        await live.touch(new)
    await eventually(lambda: second.knows(old) and second.knows(new))
    await first.end_sessions(EndedSessions(BOB, (), world.clock.now(), original_before=new.issued))
    await eventually(lambda: not second.knows(old))
    assert second.knows(new)


async def test_a_process_that_receives_nothing_trusts_nobody(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        heartbeat = world.heartbeat("bob")
        await world.live.touch(heartbeat)
        await eventually(lambda: world.live.knows(heartbeat))
        own_redis.pause()
        await eventually(lambda: not world.live.knows(heartbeat))
        own_redis.resume()


async def test_another_server_process_is_another_start(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        heartbeat = world.heartbeat("bob")
        await world.live.touch(heartbeat)
        await eventually(lambda: world.live.knows(heartbeat))
        own_redis.kill()
        own_redis.start()
        await eventually(lambda: not world.live.knows(heartbeat))

        async def is_known_again() -> bool:
            await world.live.touch(heartbeat)
            return world.live.knows(heartbeat)

        await back_within(15, is_known_again)


async def test_each_place_is_told_to_go_by_one_process(world: World) -> None:
    await world.calm()
    first, second = world.live, await world.restart()
    for number in range(40):
        await world.take(f"user{number}", "r1", keepalive=True)
    world.clock.advance(91)
    gone = [await live.expired(EVERYONE, gap=FOR_EVER) for live in (first, second)]
    assert sorted(entry.user for one in gone for entry in one.over) == sorted(f"user{number}" for number in range(40))


async def test_a_journal_that_another_process_writes_is_left_alone(world: World, redis_server: Redis) -> None:
    await world.go_live()
    bucket = next(key for key in redis_server.command("KEYS", "*:journal"))
    redis_server.command("SET", bucket.replace("journal", "writer"), "another", "PX", 60_000)
    assert await world.live.flush() == 0
    redis_server.command("DEL", bucket.replace("journal", "writer"))
    assert await world.live.flush() == 1
    assert await world.live.flush() == 0


async def test_what_one_process_changed_another_lists(world: World) -> None:
    await world.go_live()
    second = await world.restart()
    (stale,) = await second.stale_rooms(10)
    assert (stale.room, stale.live and stale.live.members) == ("r1", 1)
    await second.listed([(stale.room, stale.version)])
    assert await second.stale_rooms(10) == []
    assert SessionId("ann-1") in {entry.session for entry in await second.entries(UserId("ann"))}
