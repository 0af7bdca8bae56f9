"""Keys that are about one person or one limit: there may be millions in a year, and each of them has an end."""

from datetime import timedelta

import pytest

from liveroom.domain.messages.model import REMEMBERED
from tests.servers import Redis
from tests.store.live.talking import say
from tests.store.live.world import World

pytestmark = pytest.mark.services


def lasting(server: Redis, pattern: str) -> list[int]:
    """Return for how many milliseconds each of these keys lasts; -1 for one without an end."""
    return [server.command("PTTL", key) for key in server.command("KEYS", pattern)]


async def test_what_is_remembered_of_somebody_who_wrote_goes_when_nothing_depends_on_it(
    world: World, redis_server: Redis
) -> None:
    await world.go_live()
    await say(world, "ann")
    (left,) = lasting(redis_server, "*:talk:r1:ann")
    assert 0 < left <= REMEMBERED / timedelta(milliseconds=1)


async def test_a_limit_goes_with_its_window(world: World, redis_server: Redis) -> None:
    window = timedelta(seconds=9)
    for _ in range(3):
        await world.live.hit("login:ann", limit=2, window=window)
    (left,) = lasting(redis_server, "{hit:*")
    assert 0 < left <= window / timedelta(milliseconds=1)
