"""Commands that wait in the socket of a server that stands still: when nobody waits any more, they change nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.members import LeaveReason
from liveroom.store.live.redis.keys import ROOMS, RoomKeys
from tests.servers import Redis, RedisCluster, running
from tests.store.live.redis.conftest import world_on
from tests.store.live.redis.crowds import back_within
from tests.store.live.world import World

pytestmark = pytest.mark.services

BOB = UserId("bob")
R1 = RoomId("r1")


@pytest.fixture(params=["redis", "cluster"])
def own_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Redis | RedisCluster]:
    """Yield one server, or three masters, which the test may let stand still."""
    made = Redis(tmp_path / "redis") if request.param == "redis" else RedisCluster(tmp_path / "cluster", replicas=False)
    with running(made) as server:
        yield server


@pytest.fixture
async def still(own_server: Any) -> AsyncIterator[World]:
    """Yield a world with a room and a viewer in it."""
    async with world_on(own_server) as world:
        await world.go_live()
        await world.go_live("r2")
        await world.enter("bob")
        yield world


async def bob_meets_an_outage(call: Any) -> None:
    with pytest.raises(LiveUnavailable):
        await call


def pause(server: Any) -> None:
    for one in getattr(server, "nodes", [server]):
        one.pause()


def resume(server: Any) -> None:
    for one in getattr(server, "nodes", [server]):
        one.resume()


async def test_an_enter_that_was_given_up_happens_neither_in_the_index_nor_in_the_room(
    still: World, own_server: Any
) -> None:
    (former,) = await still.live.entries(BOB)
    pause(own_server)
    late = [still.take("bob", "r2"), still.live.admit(still.admission("bob", "r2", "late"))]
    await asyncio.gather(*map(bob_meets_an_outage, late))
    resume(own_server)
    await back_within(5, lambda: answers(still))
    assert list(await still.live.entries(BOB)) == [former]
    assert await still.names("r2") == ["ann"]
    assert await still.expire_after(31) == []


async def test_a_leave_that_was_given_up_does_not_end_the_place_that_is_kept(still: World, own_server: Any) -> None:
    (kept,) = await still.live.entries(BOB)
    pause(own_server)
    await bob_meets_an_outage(still.live.leave(R1, BOB, kept.session, kept.id, LeaveReason.LEFT))
    resume(own_server)
    await back_within(5, lambda: answers(still))
    assert await still.names() == ["ann", "bob"]


async def test_a_call_that_is_answered_in_time_happens_once_whatever_waited_on_the_lost_connection(
    still: World, own_server: Any
) -> None:
    pause(own_server)
    entering = asyncio.create_task(still.enter("bob", "r2"))
    await asyncio.wait({entering}, timeout=1)
    resume(own_server)
    await entering
    (held,) = [entry for entry in await still.live.entries(BOB) if entry.room == "r2"]
    assert (await still.take("bob", "r2")).entry == held.id


async def test_a_clock_that_was_set_forward_costs_no_call(still: World) -> None:
    await set_back(still, seconds=3600)
    await still.enter("eve")
    assert await still.names() == ["ann", "bob", "eve"]


async def test_a_clock_that_was_set_back_is_noticed_beside_the_next_calls(still: World) -> None:
    server = still.live._caller.server(ROOMS[RoomKeys(R1).number].facts)  # type: ignore[attr-defined]
    wire = server._wire
    wire._ahead += 3600
    wire._asked_time -= 3600
    await still.names()
    await still.names()
    assert abs(int(wire.due(wire._loop.time())) / 1000 - time.time()) < 60


async def set_back(world: World, seconds: float) -> None:
    """Let the store believe that every server's clock is behind what it is."""
    for server in await world.live._caller._topology.servers():  # type: ignore[attr-defined]
        server._wire._ahead -= seconds


async def answers(world: World) -> bool:
    """Say whether all servers answer again; one that does not raises."""
    await asyncio.gather(
        *(world.live.member(RoomId(f"r{number}"), BOB) for number in range(32)), world.live.entries(BOB)
    )
    return True
