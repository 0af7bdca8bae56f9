"""A lost store: what comes back from the recovery store, and what nobody is made to pay for it."""

import asyncio

import pytest

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.errors import LiveUnavailable, TokenInvalid
from liveroom.domain.ids import BroadcastId, RoomId, SessionId, UserId, room_bucket
from liveroom.domain.presence.members import LeaveReason, Role
from liveroom.domain.rooms.model import HostPolicy
from liveroom.ports import Orphan
from tests.store.live.world import World

BOB = UserId("bob")
R1 = RoomId("r1")


async def filled(world: World) -> None:
    """A room with its owner, an anchor by two sessions, one viewer, and one who has left."""
    await world.go_live(policy=HostPolicy.HOSTS)
    await world.enter_as_anchor("bob", session="phone")
    await world.enter("bob", session="tablet")
    await world.enter("eve")
    await world.enter("tom")
    await world.leave("tom")


async def test_members_return_in_their_order_with_role_name_and_places(world: World) -> None:
    await filled(world)
    members, entries = await world.members(), await world.live.entries(BOB)
    await world.lose()
    assert await world.members() == members
    back = await world.live.entries(BOB)
    assert sorted(entry.id for entry in back) == sorted(entry.id for entry in entries)
    assert all(entry.room == "r1" for entry in back)
    assert await world.role("bob") is Role.ANCHOR


async def test_a_room_returns_with_its_card_and_counts(world: World) -> None:
    await filled(world)
    before = await world.room()
    await world.lose()
    after = await world.room()
    assert (after.card, after.category, after.broadcast, after.opened) == (
        before.card, before.category, before.broadcast, before.opened,
    )  # fmt: skip
    assert (after.members, after.joined, after.hidden) == (3, 4, False)
    assert after.version > before.version
    await world.enter("tom")
    assert (await world.room()).joined == 4


async def test_restored_members_enter_leave_and_join_as_before(world: World) -> None:
    await filled(world)
    await world.lose()
    assert await world.leave("bob", session="phone") is not None
    assert await world.names() == ["ann", "bob", "eve"]
    assert await world.leave("bob", session="tablet") is not None
    await world.enter("new")
    assert await world.names() == ["ann", "eve", "new"]
    await world.save()
    assert [stay.reason for stay in world.recovery.of(BOB)] == [LeaveReason.LEFT]


async def test_a_stay_that_ended_does_not_return(world: World) -> None:
    await filled(world)
    await world.lose()
    assert await world.live.member(R1, UserId("tom")) is None
    assert list(await world.live.entries(UserId("tom"))) == []


async def test_a_restored_session_that_sent_keepalives_is_given_one_lease(world: World) -> None:
    await world.go_live()
    await world.enter("eve", keepalive=True)
    await world.enter("tom")
    await world.lose()
    assert await world.is_online("eve")
    assert await world.expire() == []
    assert await world.expire_after(88) == []
    assert {entry.user for entry in await world.expire_after(5)} == {"eve"}


async def test_a_restored_session_that_never_sent_a_keepalive_is_not_judged_by_silence(world: World) -> None:
    """A silent Android host was evicted 90 s after each restart of a service whose live data is in memory."""
    await filled(world)
    await world.lose()
    assert await world.expire() == []
    assert await world.expire_after(29 * 60) == []
    assert {entry.user for entry in await world.expire_after(120)} == {"eve"}
    await world.leave("eve")
    assert await world.expire_after(3 * 3600) == []
    assert {entry.user for entry in await world.expire_after(3600)} == {"ann", "bob"}


async def test_who_calls_after_the_loss_stays(world: World) -> None:
    await filled(world)
    await world.lose()
    assert await world.expire() == []
    await world.touch("eve")
    gone = await world.expire_after(93)
    assert "eve" not in {entry.user for entry in gone}
    assert await world.is_online("eve")


async def test_a_renewal_that_met_a_lost_bucket_counts_all_the_same(world: World) -> None:
    await filled(world)
    await world.lose()
    world.live.renew(world.heartbeat("eve"))
    await world.live.flush()
    (source,) = await world.live.sources(UserId("eve"))
    assert (source.expires - world.clock.now()).total_seconds() > 100


async def test_a_room_without_a_host_returns_hidden_with_a_fresh_grace(world: World) -> None:
    await filled(world)
    await world.leave("ann")
    await world.leave("bob", session="phone")
    await world.leave("bob", session="tablet")
    await world.wind(50)
    await world.lose()
    assert (await world.room()).hidden
    assert await world.wind(50) == []
    assert Orphan(R1, BroadcastId("r1-b1"), None) in await world.wind(100)


async def test_a_room_closed_meanwhile_does_not_return(world: World) -> None:
    row = await world.go_live()
    await world.close_room(row)
    world.recovery.rooms.clear()
    await world.lose()
    assert await world.live.room(R1) is None


async def test_ended_sessions_stay_ended(world: World) -> None:
    await world.touch("bob")
    now = world.clock.now()
    world.recovery.ended.append(EndedSessions(BOB, (SessionId("bob-1"),), now, original_before=now))
    await world.lose()
    with pytest.raises(TokenInvalid):
        await world.touch("bob")
    with pytest.raises(TokenInvalid):
        await world.live.touch(world.heartbeat("bob", "~old"))
    await world.touch("bob", "other")


async def test_a_place_of_a_session_that_ended_meanwhile_goes_at_once(world: World) -> None:
    await filled(world)
    world.recovery.ended.append(EndedSessions(BOB, (SessionId("phone"),), world.clock.now()))
    await world.lose()
    await world.live.entries(BOB)
    gone = await world.expire_after(1.1)
    assert [(entry.user, entry.session) for entry in gone] == [("bob", "phone")]


async def test_every_room_of_a_lost_store_is_stale(world: World) -> None:
    for room in ("r1", "r2"):
        row = await world.go_live(room)
        await world.live.listed([(row.id, (await world.room(room)).version)])
    await world.lose()
    await world.live.orphans(10)
    world.clock.advance(1.1)
    assert {stale.room for stale in await world.live.stale_rooms(100)} == {"r1", "r2"}


async def test_a_lost_bucket_is_filled_by_one_caller(world: World) -> None:
    await filled(world)
    await world.lose()
    world.recovery.loads.clear()
    answers = await asyncio.gather(*(world.members() for _ in range(50)))
    assert all(len(members) == 3 for members in answers)
    assert world.recovery.loads[f"r{room_bucket(R1)}"] == 1


async def test_a_lost_store_that_cannot_be_filled_says_so_and_comes_back(world: World) -> None:
    await filled(world)
    await world.lose()
    world.recovery.down = True
    for call in (world.members(), world.touch("bob"), world.enter("new"), world.live.presence([BOB])):
        with pytest.raises(LiveUnavailable):
            await call
    assert not world.live.knows(world.heartbeat("bob", "phone"))
    world.recovery.down = False
    world.clock.advance(11)
    assert len(await world.members()) == 3


async def test_expiry_fills_buckets_that_nobody_calls(world: World) -> None:
    await filled(world)
    await world.lose()
    world.recovery.loads.clear()
    for _ in range(3):
        await world.expire()
        await world.live.orphans(10)
        world.clock.advance(1.1)
    assert len(world.recovery.loads) == 128 + 256
    assert set(world.recovery.loads.values()) == {1}
    # Of those without a presence entry SQL knows nothing.
    assert await world.live.online() == 3
