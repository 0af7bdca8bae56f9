"""Channels over several processes, and over connections, slots and servers that are lost."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import pytest
from redis.crc import key_slot
from structlog.testing import capture_logs

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.events.model import PACE, Announcement, Event, EventKind, Position, Publication
from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.ports import Live
from liveroom.store.live.redis.keys import RoomKeys
from tests.sentinels import RedisSentinel
from tests.servers import LOOPBACK, Redis, RedisCluster
from tests.store.live.listener import R1, RecordingListener, listen, socket_of
from tests.store.live.redis.conftest import world_on
from tests.store.live.redis.crowds import back_within, run_jobs, save_all
from tests.store.live.world import World, eventually

pytestmark = pytest.mark.services

LOST = 5


async def two(world: World, *rooms: str) -> tuple[RecordingListener, RecordingListener]:
    """Return the audiences of two processes on one store."""
    first = await listen(world, *rooms)
    await world.restart()
    return first, await listen(world, *rooms)


async def position(live: Live, room: RoomId = R1) -> Position:
    return (await live.channels.positions([room]))[room]


def is_whole(publications: Sequence[Publication]) -> bool:
    """Say whether no offset and no event is missing, nor there twice."""
    offsets = [publication.offset for publication in publications]
    numbers = [event.seq for publication in publications for event in publication.events]
    return offsets == list(range(1, len(offsets) + 1)) and numbers == list(range(1, len(numbers) + 1))


def named(events: Sequence[Event], kind: EventKind) -> list[str]:
    return [event.member.user for event in events if event.kind is kind and event.member is not None]


# --- several processes ------------------------------------------------------------------------------------------------


async def test_two_processes_receive_each_other_in_one_order(world: World) -> None:
    listeners = await two(world)
    await world.go_live()
    for number in range(20):
        live = world.opened[number % 2]
        await live.admit(world.admission(f"guest{number}", "r1", f"p{number}"))
        world.clock.advance(PACE)
    for listener in listeners:
        await listener.catch_up()
        assert is_whole(listener.publications())
        assert named(listener.events(), EventKind.MEMBER_ENTERED) == [
            "ann",
            *(f"guest{number}" for number in range(20)),
        ]
    assert listeners[0].received == listeners[1].received


async def test_two_busy_processes_keep_one_pace(world: World) -> None:
    listeners = await two(world)
    await world.go_live()
    await listeners[0].new_events()
    begun = len(listeners[0].publications())
    for number in range(100):
        await world.opened[number % 2].admit(world.admission(f"guest{number}", "r1", f"p{number}"))
        world.clock.advance(0.01)
        await asyncio.gather(*(live.channels.gathered() for live in world.opened))
    await listeners[0].new_events()
    left = [publication.at for publication in listeners[0].publications()[begun:]]
    assert len(left) >= 3
    assert all(later - sooner >= PACE for sooner, later in pairwise(left))
    assert len(named(listeners[0].events(), EventKind.MEMBER_ENTERED)) == 101


async def test_what_is_gathered_leaves_by_itself_when_it_is_due(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await eventually(lambda: "bob" in named(listener.events(), EventKind.MEMBER_ENTERED))


async def test_what_a_dead_process_gathered_is_published_by_the_next_job_of_another(world: World) -> None:
    first, second = await two(world)
    await world.go_live()
    await first.world.opened[0].admit(world.admission("bob", "r1", "p-bob"))
    await world.opened[0].close()
    world.clock.advance(1)
    await world.live.channels.gathered()
    await second.catch_up()
    assert named(second.events(), EventKind.MEMBER_ENTERED) == ["ann", "bob"]


async def test_a_room_that_is_not_subscribed_to_is_not_received(world: World, redis_server: Redis) -> None:
    listener = await listen(world)
    await world.go_live()
    world.live.channels.unsubscribe(R1)
    news = RoomKeys(R1).news.decode()
    await eventually(lambda: redis_server.command("PUBSUB", "SHARDNUMSUB", news)[-1] == 0)
    listener.received.clear()
    world.clock.advance(PACE)
    await world.enter("bob")
    await world.live.channels.subscribe(R1)
    world.clock.advance(PACE)
    await world.enter("cem")
    await listener.catch_up()
    assert named(listener.events(), EventKind.MEMBER_ENTERED) == ["cem"]


async def test_a_room_that_is_unsubscribed_and_subscribed_again_at_once_is_received(world: World) -> None:
    listener = await listen(world)
    channels = world.live.channels
    channels.unsubscribe(R1)
    first = asyncio.ensure_future(channels.subscribe(R1))
    await asyncio.sleep(0)
    channels.unsubscribe(R1)
    with pytest.raises(LiveUnavailable):
        await first
    await channels.subscribe(R1)
    await world.go_live()
    await listener.catch_up()
    assert named(listener.events(), EventKind.MEMBER_ENTERED) == ["ann"]


# --- connections ------------------------------------------------------------------------------------------------------


async def test_a_lost_connection_is_made_again_and_what_was_missed_is_in_doubt(
    world: World, redis_server: Redis
) -> None:
    listener = await listen(world, "r1", "r2")
    await world.go_live()
    await listener.catch_up()
    redis_server.command("CLIENT", "KILL", "TYPE", "pubsub")
    await eventually(lambda: sorted(listener.doubts) == ["r1", "r2"])
    world.clock.advance(PACE)
    await world.enter("bob")
    await listener.catch_up()
    assert named(listener.events(), EventKind.MEMBER_ENTERED)[-1] == "bob"


async def test_a_server_that_hangs_is_given_up(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        listener = await listen(world)
        await world.go_live()
        with capture_logs() as logs:
            own_redis.pause()

            async def given_up() -> bool:
                return any(entry["event"] == "redis.channels_lost" for entry in logs)

            await back_within(5, given_up)
        own_redis.resume()
        await eventually(lambda: listener.doubts == ["r1"])


async def test_a_slot_that_moves_takes_its_listeners_along(own_cluster: RedisCluster) -> None:
    async with world_on(own_cluster) as world:
        listener = await listen(world)
        await world.go_live()
        await listener.catch_up()
        move_slot(own_cluster, RoomKeys(R1).facts)
        await eventually(lambda: listener.doubts == ["r1"])
        world.clock.advance(PACE)
        await world.enter("bob")
        await listener.catch_up()
        assert is_whole(listener.publications())
        assert named(listener.events(), EventKind.MEMBER_ENTERED) == ["ann", "bob"]


def move_slot(cluster: RedisCluster, key: bytes) -> None:
    """Let another master have the slot of a key, and everything in it."""
    slot = key_slot(key)
    former = cluster.place_of(key.decode())
    giver, taker = cluster.masters[former], cluster.masters[(former + 1) % 3]
    ids = {node: node.command("CLUSTER", "MYID") for node in (giver, taker)}
    taker.command("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[giver])
    giver.command("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[taker])
    keys = giver.command("CLUSTER", "GETKEYSINSLOT", slot, 1000)
    giver.command("MIGRATE", LOOPBACK, taker.port, "", 0, 5000, "KEYS", *keys)
    for node in (taker, giver):
        node.command("CLUSTER", "SETSLOT", slot, "NODE", ids[taker])


# --- servers ----------------------------------------------------------------------------------------------------------


async def test_offsets_that_a_lagging_replica_lost_come_back_under_another_epoch(own_cluster: RedisCluster) -> None:
    async with world_on(own_cluster) as world:
        listener = await listen(world)
        await world.go_live()
        number = own_cluster.place_of(RoomKeys(R1).facts.decode())
        own_cluster.cut_replica(number)
        for guest in range(LOST):
            world.clock.advance(PACE)
            await world.enter(f"guest{guest}")
        await listener.catch_up()
        await save_all(world)
        before = await position(world.live)
        await asyncio.to_thread(own_cluster.fail_over, number)
        stepped_back = await world.live.room(R1)
        assert stepped_back is not None
        assert stepped_back.members <= LOST, "the replica did not lag"
        assert (await position(world.live)).epoch != before.epoch
        assert (await world.live.channels.snapshot(R1, DEFAULT_TENANT)).room.members == LOST + 1
        await eventually(lambda: R1 in listener.doubts)
        world.clock.advance(PACE)
        await world.enter("bob")
        await listener.catch_up()
        assert listener.last() == await position(world.live)


async def test_a_failover_watched_by_sentinels_is_heard_of_and_survived(own_sentinel: RedisSentinel) -> None:
    async with world_on(own_sentinel) as world:
        listener = await listen(world)
        await world.go_live()
        await save_all(world)
        await asyncio.to_thread(own_sentinel.fail_over)

        async def doubted() -> bool:
            await run_jobs(world.live)
            return R1 in listener.doubts

        await back_within(5, doubted)
        world.clock.advance(PACE)
        await world.enter("bob")
        await listener.catch_up()
        assert named(listener.events(), EventKind.MEMBER_ENTERED)[-1] == "bob"


async def test_subscriptions_of_a_killed_process_lapse_for_another_to_see(world: World) -> None:
    await two(world)
    await world.go_live()
    await world.enter("bob")
    await world.opened[0].channels.join(R1, DEFAULT_TENANT, socket_of("bob"))
    await world.opened[0].close()
    assert [socket.user for socket in await world.live.channels.present(R1, 10)] == ["bob"]
    for _ in range(8):
        assert await world.live.channels.deserted(10) == []
        world.clock.advance(10)
    assert [entry.user for entry in await world.live.channels.deserted(10)] == ["bob"]


async def test_an_announcement_whose_answer_was_lost_is_told_once(world: World) -> None:
    """A script runs again when the connection was lost before its answer came."""
    listener = await listen(world)
    await world.go_live()
    said = [Announcement(f"announcement-000{number}", "polls.opened", b"%d" % number) for number in range(40)]
    for announcement in (said[0], said[1], said[0], *said[2:], said[39], said[20]):
        await world.live.channels.announce(R1, DEFAULT_TENANT, announcement)
    await listener.new_events()
    assert [event.data for event in listener.events() if event.data is not None] == [one.data for one in said]
