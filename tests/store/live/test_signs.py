"""Last signs of life: processes without a Redis end, and the leases of their users go on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.ids import BroadcastId, RoomId, SessionId, UserId, room_bucket, user_bucket
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.domain.rooms.model import HostPolicy
from liveroom.ports import Live, Orphan
from liveroom.ports.comparing import PARTS
from liveroom.store.live.memory import MemoryLive
from tests.store.live.conftest import open_memory
from tests.store.live.world import EVERYONE, World
from tests.worlds import FakeRecoveryStore, WoundClock

BOB = UserId("bob")
GAP = timedelta(seconds=150)


@pytest.fixture
async def world() -> World:
    """Return a world of short-lived processes on memory alone."""
    world = World(open_short_lived, lambda: None, forgets=True)
    await world.restart()
    return world


async def open_short_lived(recovery: FakeRecoveryStore, clock: WoundClock, timeouts: PresenceTimeouts) -> Live:
    return MemoryLive(recovery, clock, timeouts, goes_on=True)


async def a_moment(world: World, seconds: float) -> list[PresenceEntry]:
    """Let time pass without any process, start one, expire places, write, and kill it."""
    world.clock.advance(seconds)
    await world.restart()
    gone = list(await world.live.expired(EVERYONE, gap=GAP))
    await world.live.flush()
    return gone


def written(world: World, user: str) -> int:
    """Return how often a bucket of signs that names this user was written."""
    named = [one for note in world.recovery.notes for one in note if one.bucket == user_bucket(UserId(user))]
    return len([one for one in named if any(sign.user == user for sign in one.sessions)])


async def test_a_lease_ends_although_no_process_lives_as_long(world: World) -> None:
    await world.go_live()
    await world.enter("bob", keepalive=True)
    await world.save()
    assert await a_moment(world, 60) == []
    assert await a_moment(world, 29) == []
    assert [entry.user for entry in await a_moment(world, 2)] == ["bob"]


async def test_who_is_heard_in_one_of_many_lives_stays(world: World) -> None:
    await world.go_live()
    await world.enter("bob", keepalive=True)
    await world.save()
    for _ in range(6):
        world.clock.advance(40)
        await world.restart()
        await world.touch("bob", keepalive=True)
        await world.live.flush()
        assert list(await world.live.expired(EVERYONE, gap=GAP)) == []


async def test_a_host_who_never_sent_a_keepalive_is_given_four_hours_over_all_lives(world: World) -> None:
    await world.go_live()
    await world.save()
    for _ in range(119):
        assert await a_moment(world, 120) == []
    assert [entry.user for entry in await a_moment(world, 121)] == ["ann"]


async def test_who_entered_after_the_last_write_is_judged_from_when_they_came(world: World) -> None:
    await world.go_live()
    await world.touch("bob", "phone", keepalive=True)
    await world.save()
    world.clock.advance(10)
    await world.enter("bob", session="tablet", keepalive=True)
    await world.live.persist()
    assert written(world, "bob") == 1
    assert await a_moment(world, 85) == []
    assert [entry.session for entry in await a_moment(world, 6)] == ["tablet"]


async def test_while_nobody_could_be_heard_nobody_is_put_out_and_a_second_start_does_not_change_that(
    world: World,
) -> None:
    await world.go_live()
    await world.enter("bob", keepalive=True)
    await world.save()
    assert await a_moment(world, 600) == []
    assert await a_moment(world, 80) == []
    assert [entry.user for entry in await a_moment(world, 11)] == ["bob"]


async def test_a_users_signs_are_written_once_in_thirty_seconds_whatever_they_send(world: World) -> None:
    for _ in range(120):
        world.clock.advance(0.5)
        await world.touch("bob", keepalive=True)
        await world.live.flush()
    assert written(world, "bob") == 2


async def test_all_who_are_due_share_one_write(world: World) -> None:
    for number in range(300):
        await world.touch(f"user{number}")
    await world.live.flush()
    assert len(world.recovery.notes) == 1
    assert sum(len(one.sessions) for one in world.recovery.notes[0]) == 300


async def test_a_renewal_writes_nothing(world: World) -> None:
    await world.touch("bob")
    for _ in range(100):
        world.live.renew(world.heartbeat("bob", keepalive=True))
    assert world.recovery.notes == []


async def test_a_short_lease_is_written_three_times_in_its_length(world: World) -> None:
    world.timeouts = replace(world.timeouts, keepalive=timedelta(seconds=6))
    await world.restart()
    for _ in range(12):
        world.clock.advance(0.5)
        await world.touch("bob", keepalive=True)
        await world.live.flush()
    assert written(world, "bob") == 3


async def test_the_last_process_writes_what_it_knows_when_it_stops(world: World) -> None:
    await world.touch("bob", keepalive=True)
    await world.live.flush()
    world.clock.advance(20)
    await world.touch("bob", keepalive=True)
    await world.live.close()
    world.clock.advance(75)
    await world.restart()
    assert await world.is_online("bob")
    world.clock.advance(20)
    assert not await world.is_online("bob")


async def test_who_is_online_without_a_place_is_known_again_and_since_when(world: World) -> None:
    began = world.clock.now()
    await world.touch("bob", keepalive=True)
    world.clock.advance(31)
    await world.touch("bob", keepalive=True)
    await world.lose()
    (presence,) = await world.live.presence([BOB])
    assert presence.online
    assert presence.since is not None
    assert abs(presence.since - began) < timedelta(seconds=1)
    assert not world.live.knows(world.heartbeat("bob"))


async def test_a_session_that_ended_after_the_write_is_not_known_again(world: World) -> None:
    await world.touch("bob", keepalive=True)
    await world.live.flush()
    world.recovery.ended.append(EndedSessions(BOB, (SessionId("bob-1"),), world.clock.now()))
    await world.lose()
    assert not await world.is_online("bob")


async def test_a_bucket_that_has_become_empty_is_written_once_more_and_then_left_alone(world: World) -> None:
    await world.touch("bob", keepalive=True)
    await world.live.flush()
    for _ in range(4):
        await world.expire_after(100)
        await world.live.flush()
    assert [[len(one.sessions) for one in note] for note in world.recovery.notes] == [[1], [0]]


async def test_what_the_ledger_refuses_is_written_when_it_is_back(world: World) -> None:
    await world.touch("bob", keepalive=True)
    world.recovery.down = True
    with pytest.raises(Exception, match="down"):
        await world.live.flush()
    world.recovery.down = False
    await world.live.flush()
    assert written(world, "bob") == 1


@pytest.mark.parametrize("policy", HostPolicy)
async def test_the_grace_of_a_room_without_its_host_goes_on_from_one_short_life_to_the_next(
    world: World, policy: HostPolicy
) -> None:
    await world.go_live(policy=policy)
    await world.enter_as_anchor("bob")
    await world.leave("bob")
    world.clock.advance(20)
    await world.leave("ann")
    await world.save()
    found: list[list[Orphan]] = []
    for seconds in (30, 29, 3):
        world.clock.advance(seconds)
        await world.restart()
        assert (await world.room()).hidden
        found.append(list(await world.live.orphans(EVERYONE)))
    assert found == [[], [], [Orphan(RoomId("r1"), BroadcastId("r1-b1"), None)]]


async def test_a_room_that_no_host_ever_came_to_is_given_one_grace_over_all_lives(world: World) -> None:
    await world.open_room()
    for seconds in (30, 28):
        world.clock.advance(seconds)
        await world.restart()
        await world.room()
        assert list(await world.live.orphans(EVERYONE)) == []
    world.clock.advance(4)
    await world.restart()
    await world.room()
    assert len(await world.live.orphans(EVERYONE)) == 1


async def test_a_process_that_is_to_begin_quickly_fills_only_buckets_that_somebody_is_in(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    await world.touch("eve")
    await world.save()
    await world.restart()
    world.recovery.loads.clear()
    for _ in range(3):
        await world.expire_after(1)
        await world.live.orphans(EVERYONE)
        for part in range(PARTS):
            await world.live.comparing.differences(part)
    users = {f"u{user_bucket(UserId(user))}" for user in ("ann", "bob", "eve")}
    assert set(world.recovery.loads) == users | {f"r{room_bucket(RoomId('r1'))}"}
    await world.go_live("r2", "tom")
    await world.enter("kim", "r2", keepalive=True)
    assert [entry.user for entry in await world.expire_after(91)] == ["kim"]


@pytest.fixture
async def lasting() -> World:
    """Return a world of processes that run for long, and are restarted now and then."""
    world = World(open_memory, lambda: None, forgets=True)
    await world.restart()
    return world


async def test_after_an_ordinary_restart_everybody_has_one_lease_to_show_up(lasting: World) -> None:
    """Phones could reach nobody while it was down: with a lease of 6 s a restart of 10 s put everybody out."""
    lasting.timeouts = replace(lasting.timeouts, keepalive=timedelta(seconds=6))
    await lasting.restart()
    await lasting.go_live()
    await lasting.enter("bob", keepalive=True)
    await lasting.touch("eve", keepalive=True)
    await lasting.save()
    lasting.clock.advance(10)
    await lasting.restart()
    assert await lasting.expire() == []
    assert await lasting.is_online("bob")
    assert await lasting.is_online("eve")
    assert await lasting.expire_after(5) == []
    assert [entry.user for entry in await lasting.expire_after(2)] == ["bob"]


async def test_who_was_silent_before_an_ordinary_restart_is_not_online_after_it(lasting: World) -> None:
    await lasting.touch("eve", keepalive=True)
    lasting.clock.advance(91)
    await lasting.touch("bob", keepalive=True)
    await lasting.live.close()
    await lasting.restart()
    assert await lasting.is_online("bob")
    assert not await lasting.is_online("eve")
