"""What was said, after a Redis was killed or a failover lagged, and with several processes writing it down."""

import asyncio
from itertools import chain

import pytest

from liveroom.store.live.redis.keys import RoomKeys
from tests.servers import Redis
from tests.store.live.listener import R1
from tests.store.live.redis.conftest import world_on
from tests.store.live.redis.crowds import back_within
from tests.store.live.talking import page, say, saying
from tests.store.live.world import World

pytestmark = pytest.mark.services


async def test_a_killed_redis_has_every_message_that_was_acknowledged(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        await world.go_live()
        said = [await say(world, "ann", f"{n}") for n in range(30)]
        own_redis.kill()
        own_redis.start()

        async def all_are_there() -> bool:
            return (await page(world, "ann")).messages == said[::-1] or len(world.recovery.messages) == len(said)

        await back_within(5, all_are_there)
        assert (await say(world, "ann", "after it")).number > said[-1].number
        await world.save()
        assert list(world.recovery.messages.values())[: len(said)] == said


async def test_of_two_processes_one_writes_a_bucket_at_a_time(world: World) -> None:
    await world.go_live()
    first, second = world.live, await world.restart()
    world.clock.advance(2)
    for number in range(20):
        lives = (first, second) if number % 2 else (second, first)
        await asyncio.gather(*(live.talk.say(saying("ann", f"{number}")) for live in lives))
        await asyncio.gather(first.flush(), second.flush())
    await world.save()
    written = [message.number for message in chain(*world.recovery.talk_saves)]
    assert len(written) == 40
    assert written == sorted(set(written))


async def test_what_a_lagging_replica_does_not_know_comes_from_the_ledger(world: World, redis_server: Redis) -> None:
    await world.go_live()
    said = [await say(world, "ann", f"{n}") for n in range(3)]
    await world.save()
    keys = RoomKeys(R1)
    redis_server.command("ZREMRANGEBYRANK", keys.said.decode(), "-1", "-1")
    redis_server.command("HSET", keys.facts.decode(), "r", "another server")
    world.clock.advance(1.1)
    await world.live.orphans(10)
    found = await page(world, "ann")
    assert (list(found.messages), found.older) == (said[::-1], None)
    assert (await say(world, "ann")).number > said[-1].number


async def test_what_is_remembered_of_speakers_goes_by_itself(world: World, redis_server: Redis) -> None:
    await world.go_live()
    await say(world, "ann")
    key = RoomKeys(R1).bucket.talker(R1, world.recovery.rooms[R1][0].owner).decode()
    assert 0 < int(redis_server.command("PTTL", key)) <= 600_000
    await world.close_room(world.row(rev=2))
    assert redis_server.command("EXISTS", RoomKeys(R1).said.decode()) == 0
