"""Claims of relays: whose each room bucket is, and which rooms are in them."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from liveroom.domain.ids import ROOM_BUCKETS, RoomId, room_bucket
from liveroom.ports.relays import RELAY_LEASE
from tests.store.live.conftest import SERVERS, on_redis
from tests.store.live.world import World

ALL = frozenset(range(ROOM_BUCKETS))
SECONDS = RELAY_LEASE.total_seconds()


@pytest.fixture(
    params=[pytest.param("redis", marks=pytest.mark.services), pytest.param("cluster", marks=pytest.mark.services)]
)
async def shared(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Yield a world that several processes can share."""
    world = on_redis(request.getfixturevalue(SERVERS[request.param]))
    await world.restart()
    yield world
    for live in world.opened:
        await live.close()


async def test_a_process_alone_has_every_bucket(world: World) -> None:
    assert await world.live.relays.claim("a") == ALL
    assert await world.live.relays.claim("a") == ALL


async def test_live_rooms_are_found_by_their_buckets(world: World) -> None:
    sun = await world.open_room("sun")
    await world.open_room("moon")
    relays = world.live.relays
    assert set(await relays.rooms(ALL)) == {"sun", "moon"}
    assert await relays.rooms([room_bucket(RoomId("sun"))]) == ["sun"]
    await world.close_room(replace(sun, rev=2))
    assert await relays.rooms(ALL) == ["moon"]


async def test_processes_share_the_buckets_evenly(shared: World) -> None:
    relays = shared.live.relays
    assert await relays.claim("a") == ALL
    assert await relays.claim("b") == frozenset()
    one = await relays.claim("a")
    two = await relays.claim("b")
    assert one | two == ALL
    assert one & two == frozenset()
    assert len(one) == len(two)
    assert await relays.claim("a") == one


async def test_the_buckets_of_a_process_that_is_gone_are_taken_after_its_lease(shared: World) -> None:
    relays = shared.live.relays
    await relays.claim("a")
    await relays.claim("b")
    one = await relays.claim("a")
    await relays.claim("b")
    shared.clock.advance(SECONDS - 1)
    assert await relays.claim("b") == ALL - one
    shared.clock.advance(1.1)
    assert await relays.claim("b") == ALL


async def test_buckets_that_are_given_back_are_free_at_once(shared: World) -> None:
    relays = shared.live.relays
    await relays.claim("a")
    await relays.give_back("a")
    assert await relays.claim("b") == ALL
