"""Redis emptied, killed, and failed over onto a replica that lagged.

What was journaled is there again within five seconds, and nobody is evicted.
"""

import asyncio

import pytest

from liveroom.domain.ids import RoomId, UserId, room_bucket, user_bucket
from liveroom.store.live.redis.keys import ROOMS, USERS, RoomKeys
from tests.sentinels import RedisSentinel
from tests.servers import Redis, RedisCluster
from tests.store.live.redis.conftest import world_on
from tests.store.live.redis.crowds import back_within, counts, crowd, run_jobs, save_all
from tests.store.live.world import World

pytestmark = pytest.mark.services


async def test_a_killed_redis_has_everything_that_was_acknowledged(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        rooms = await crowd(world, rooms=10, each=9)
        own_redis.kill()
        own_redis.start()

        async def all_are_there() -> bool:
            assert await run_jobs(world.live) == []
            return await counts(world.live, rooms) == [10] * 10

        await back_within(5, all_are_there)
        await save_all(world)
        assert len(world.recovery.open()) == 100
        world.clock.advance(60)
        assert await run_jobs(world.live) == []


async def test_members_whom_the_new_server_does_not_know_come_from_the_ledger(
    world: World, redis_server: Redis
) -> None:
    await world.go_live()
    await world.enter("bob", keepalive=True)
    await save_all(world)
    version = (await world.room()).version
    lag(redis_server, "bob")
    assert await world.names() == ["ann"]
    world.clock.advance(1.1)
    assert await run_jobs(world.live) == []
    assert await world.names() == ["ann", "bob"]
    assert [entry.room for entry in await world.live.entries(UserId("bob"))] == ["r1"]
    assert (await world.room()).version > version


async def test_a_stay_that_was_saved_right_before_the_failover_is_not_taken_for_lost(
    world: World, redis_server: Redis
) -> None:
    """The replica was asked whether the stay is known, before its bucket was compared with SQL: SQL had it end."""
    await world.go_live()
    await save_all(world)
    await world.enter("bob", keepalive=True)
    answer = world.recovery._answer

    async def fail_over_then_answer() -> None:
        world.recovery._answer = answer  # type: ignore[method-assign]
        lag(redis_server, "bob")
        redis_server.command("DEL", ROOMS[room_bucket(RoomId("r1"))].journal.decode())

    world.recovery._answer = fail_over_then_answer  # type: ignore[method-assign]
    assert await world.live.flush() == 1
    await world.live.flush()
    assert {stay.user for stay in world.recovery.open()} == {"ann", "bob"}
    assert await world.names() == ["ann", "bob"]


async def test_members_whom_only_the_new_server_knows_are_not_revived(world: World, redis_server: Redis) -> None:
    await world.go_live()
    await world.enter("bob")
    keys = RoomKeys(RoomId("r1"))
    await save_all(world)
    await world.leave("bob")
    await save_all(world)
    order = keys.order.decode()
    redis_server.command("ZADD", order, 2, "bob")
    forget_server(redis_server)
    world.clock.advance(1.1)
    await run_jobs(world.live)
    assert await world.names() == ["ann"]
    assert redis_server.command("ZCARD", order) == 1


async def test_a_room_that_was_closed_before_the_failover_stays_closed(world: World, redis_server: Redis) -> None:
    await world.go_live()
    await save_all(world)
    del world.recovery.rooms[RoomId("r1")]
    forget_server(redis_server)
    world.clock.advance(1.1)
    await run_jobs(world.live)
    assert await world.live.room(RoomId("r1")) is None
    (stale,) = await world.live.stale_rooms(10)
    assert (stale.room, stale.live) == ("r1", None)


async def test_a_place_taken_a_moment_ago_survives_although_the_ledger_does_not_know_it(
    world: World, redis_server: Redis
) -> None:
    await world.calm()
    await run_jobs(world.live)
    world.clock.advance(60)
    await run_jobs(world.live)
    claimed = await world.take("bob", "r1")
    forget_server(redis_server)
    world.clock.advance(1.1)
    await run_jobs(world.live)
    assert [entry.id for entry in await world.live.entries(UserId("bob"))] == [claimed.entry]


async def test_a_failover_onto_a_replica_that_lagged_loses_no_journaled_stay(own_cluster: RedisCluster) -> None:
    async with world_on(own_cluster) as world:
        rooms = await crowd(world, rooms=20, each=4)
        own_cluster.cut_replica(1)
        await asyncio.gather(*(world.enter(f"{room}-late", room, keepalive=True) for room in rooms))
        await save_all(world)
        await asyncio.to_thread(own_cluster.fail_over, 1)

        async def all_are_back() -> bool:
            assert await run_jobs(world.live) == []
            return await counts(world.live, rooms) == [6] * 20

        await back_within(5, all_are_back)
        for room in rooms:
            (entry,) = await world.live.entries(UserId(f"{room}-late"))
            assert entry.room == room
        world.clock.advance(60)
        assert await run_jobs(world.live) == []


async def test_sentinels_name_the_new_master(own_sentinel: RedisSentinel) -> None:
    async with world_on(own_sentinel) as world:
        rooms = await crowd(world, rooms=5, each=3)
        await save_all(world)
        await asyncio.to_thread(own_sentinel.fail_over)

        async def all_are_back() -> bool:
            assert await run_jobs(world.live) == []
            return await counts(world.live, rooms) == [4] * 5

        await back_within(5, all_are_back)
        await world.enter("bob", "room1")
        assert "bob" in await world.names("room1")


def forget_server(server: Redis) -> None:
    """Let every bucket be one that was verified on another server process."""
    for key in server.command("KEYS", "*:facts"):
        server.command("HSET", key, "r", "another")


def lag(server: Redis, user: str) -> None:
    """Take from the store what a replica that lagged would not have: a member and their record."""
    keys = RoomKeys(RoomId("r1"))
    server.command("HDEL", keys.members.decode(), user)
    for key in (keys.order, keys.hosts):
        server.command("ZREM", key.decode(), user)
    server.command("HDEL", USERS[user_bucket(UserId(user))].users.decode(), user)
    forget_server(server)
