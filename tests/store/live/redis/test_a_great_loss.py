"""Ten thousand members come back in time after everything that is live was lost. Nothing runs beside this."""

import pytest

from liveroom.domain.ids import UserId
from liveroom.store.live.redis.keys import ROOMS
from tests.servers import Redis
from tests.store.live.redis.crowds import back_within, counts, crowd, run_jobs, save_all
from tests.store.live.world import World

pytestmark = pytest.mark.services


async def test_ten_thousand_members_are_back_within_five_seconds_of_flushall(world: World, redis_server: Redis) -> None:
    rooms = await crowd(world, rooms=100, each=99)
    await save_all(world)
    redis_server.flushall()

    async def all_are_back() -> bool:
        assert await run_jobs(world.live) == []
        if redis_server.command("EXISTS", *(bucket.facts.decode() for bucket in ROOMS)) < len(ROOMS):
            return False
        return await counts(world.live, rooms) == [100] * 100 and await world.live.online() == 10_000

    await back_within(5, all_are_back)
    assert len(await world.live.entries(UserId("room7-guest7"))) == 1
