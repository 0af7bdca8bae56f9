"""Likes whose answers are lost: the script runs again, or the client sends its batch again; each counts once."""

import asyncio
import random
from typing import Final

import pytest

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId, room_bucket
from liveroom.domain.rooms.likes import LikeCall
from liveroom.ports import Live
from liveroom.store.live.redis.keys import RoomKeys
from tests.servers import Redis
from tests.store.live.redis.conftest import world_on
from tests.store.live.redis.losing import Losses, forgetful_world

R1: Final = RoomId("r1")
PEOPLE: Final = 12
BATCHES: Final = 4

pytestmark = pytest.mark.services


async def test_a_script_whose_answer_was_lost_counts_once(redis_server: Redis) -> None:
    losses = Losses("like")
    async with forgetful_world(redis_server, losses) as world:
        await world.go_live()
        for number in range(PEOPLE):
            await world.enter(f"u{number}")

        async def tap(number: int) -> int:
            store, dice = world.opened[number % 2], random.Random(number)
            taps = [dice.randint(1, 9) for _ in range(BATCHES)]
            for count in taps:
                await store.likes.add(LikeCall(DEFAULT_TENANT, R1, UserId(f"u{number}"), count))
            return sum(taps)

        taps = await asyncio.gather(*map(tap, range(PEOPLE)))
        assert (await world.room()).likes == sum(taps)
        assert losses.count
        assert redis_server.command("TTL", RoomKeys(R1).likers.decode()) > 0, "however the room closes"


async def test_batches_are_sent_again_until_they_are_acknowledged_while_the_server_dies(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        await world.go_live()
        await world.restart()
        for number in range(PEOPLE):
            await world.enter(f"u{number}")
        await world.save()

        async def tap(number: int) -> int:
            taps = 0
            for batch in range(BATCHES):
                like = LikeCall(DEFAULT_TENANT, R1, UserId(f"u{number}"), batch + 1, f"tap-{batch}")
                taps += await until_it_counts(world.opened[number % 2], like)
            return taps

        async def trouble() -> None:
            for part in range(1, 5):
                while (await world.room()).likes < part * PEOPLE:
                    continue
                own_redis.command("CLIENT", "KILL", "TYPE", "normal")
            own_redis.kill()
            own_redis.start()

        *taps, _ = await asyncio.gather(*map(tap, range(PEOPLE)), trouble())
        assert (await world.room()).likes == sum(count for count in taps if count)
        await world.save()
        assert list(world.recovery.likes.values()) == [(await world.room()).likes]


async def until_it_counts(live: Live, like: LikeCall) -> int:
    """Send a batch until it is acknowledged, as an app does; return how many likes it is."""
    async with asyncio.timeout(20):
        while True:
            try:
                await live.likes.add(like)
            except LiveUnavailable:
                continue
            return like.likes


async def test_a_server_that_died_knows_batches_and_likes_that_the_ledger_does_not(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        await world.go_live()
        await world.save()
        like = LikeCall(DEFAULT_TENANT, R1, UserId("ann"), 7, "tap-1")
        assert await world.live.likes.add(like) == 7
        own_redis.kill()
        own_redis.start()
        world.clock.advance(2)
        await world.live.flush()
        assert world.recovery.loads[f"r{room_bucket(R1)}"] == 2
        assert (await world.live.likes.add(like), (await world.room()).likes) == (7, 7)
