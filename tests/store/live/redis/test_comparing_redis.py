"""The cross-check on Redis: whose it is, what calls for it soon, and stays that a loss has left open in SQL."""

import asyncio

import pytest

from liveroom.domain.ids import RoomId, UserId, room_bucket
from liveroom.domain.presence.members import LeaveReason
from liveroom.ports import Difference, Repair
from liveroom.store.live.redis.keys import ROOMS
from tests.servers import Redis
from tests.store.live.redis.crowds import save_all
from tests.store.live.test_places import entry
from tests.store.live.world import World

pytestmark = pytest.mark.services

BOB = UserId("bob")
R1 = RoomId("r1")


async def test_one_process_compares_until_it_asks_no_more(world: World) -> None:
    first, second = world.live.comparing, (await world.restart()).comparing
    doubt = await first.claim("first")
    assert doubt is not None
    assert await second.claim("second") is None
    world.clock.advance(4)
    assert await first.claim("first") == doubt
    world.clock.advance(4)
    assert await second.claim("second") is None
    world.clock.advance(2)
    assert await second.claim("second") == doubt
    assert await first.claim("first") is None


async def test_a_loss_and_a_lost_connection_call_for_it_whoever_noticed(world: World, redis_server: Redis) -> None:
    await world.go_live()
    first, other = world.live, await world.restart()
    doubts = [await first.comparing.claim("first")]
    world.clock.advance(1)
    redis_server.flushall()
    await other.room(R1)
    await other.comparing.claim("other")
    world.clock.advance(6)
    doubts.append(await first.comparing.claim("first"))
    world.clock.advance(1)
    await first.refresh()
    await asyncio.gather(first.room(R1))
    doubts.append(await first.comparing.claim("first"))
    world.clock.advance(1)
    doubts.append(await first.comparing.claim("first"))
    assert len({*doubts}) == 3
    assert doubts[2] == doubts[3]


async def test_a_member_who_came_back_from_sql_and_whom_the_index_does_not_name_is_ended(
    world: World, redis_server: Redis
) -> None:
    await world.go_live()
    await world.enter("bob")
    (left,) = await world.live.entries(BOB)
    await save_all(world)
    world.clock.advance(1)
    await world.live.leave(R1, BOB, left.session, left.id, LeaveReason.LEFT)
    await world.live.drop_entries([left])
    bucket = ROOMS[room_bucket(R1)]
    redis_server.command("DEL", bucket.facts.decode(), bucket.journal.decode())
    assert "bob" in await world.names()
    assert Difference(entry(left.id, "r1"), Repair.END) in await world.live.comparing.differences(room_bucket(R1))


async def test_a_stay_that_was_saved_while_its_bucket_was_lost_does_not_come_back_with_the_next_loss(
    world: World, redis_server: Redis
) -> None:
    await world.go_live()
    await save_all(world)
    await world.enter("bob")
    answer = world.recovery._answer

    async def lose_then_answer() -> None:
        world.recovery._answer = answer  # type: ignore[method-assign]
        redis_server.flushall()
        assert await world.names() == ["ann"]

    world.recovery._answer = lose_then_answer  # type: ignore[method-assign]
    await world.live.flush()
    assert "bob" in {stay.user for stay in world.recovery.open()}
    await world.live.flush()
    assert {stay.user for stay in world.recovery.open()} == {"ann"}
    redis_server.flushall()
    assert await world.names() == ["ann"]
