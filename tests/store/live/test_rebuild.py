"""A lost store: what comes back from the ledger, and what nobody is made to pay for it."""

import asyncio

import pytest

from liveroom.domain.errors import LiveUnavailable, TokenInvalid
from liveroom.domain.ids import BroadcastId, RoomId, SessionId, UserId, room_bucket
from liveroom.domain.members import LeaveReason, Role
from liveroom.domain.rooms import HostPolicy
from liveroom.domain.sessions import EndedSessions
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
    members, places = await world.members(), await world.live.places(BOB)
    await world.lose()
    assert await world.members() == members
    back = await world.live.places(BOB)
    assert sorted(place.id for place in back) == sorted(place.id for place in places)
    assert all(place.room == "r1" for place in back)
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
    assert [stay.reason for stay in world.ledger.of(BOB)] == [LeaveReason.LEFT]


async def test_a_stay_that_ended_does_not_return(world: World) -> None:
    await filled(world)
    await world.lose()
    assert await world.live.member(R1, UserId("tom")) is None
    assert list(await world.live.places(UserId("tom"))) == []


async def test_a_restored_session_that_sent_keepalives_is_given_one_lease(world: World) -> None:
    await world.go_live()
    await world.enter("eve", keepalive=True)
    await world.enter("tom")
    await world.lose()
    assert await world.is_online("eve")
    assert await world.sweep() == []
    assert await world.sweep_after(88) == []
    assert {place.user for place in await world.sweep_after(5)} == {"eve"}


async def test_a_restored_session_that_never_sent_a_keepalive_is_not_judged_by_silence(world: World) -> None:
    """A silent Android host was put out 90 s after each restart of a service whose live data is in memory."""
    await filled(world)
    await world.lose()
    assert await world.sweep() == []
    assert await world.sweep_after(29 * 60) == []
    assert {place.user for place in await world.sweep_after(120)} == {"eve"}
    await world.leave("eve")
    assert await world.sweep_after(3 * 3600) == []
    assert {place.user for place in await world.sweep_after(3600)} == {"ann", "bob"}


async def test_who_calls_after_the_loss_stays(world: World) -> None:
    await filled(world)
    await world.lose()
    assert await world.sweep() == []
    await world.touch("eve")
    gone = await world.sweep_after(93)
    assert "eve" not in {place.user for place in gone}
    assert await world.is_online("eve")


async def test_a_renewal_that_met_a_lost_bucket_counts_all_the_same(world: World) -> None:
    await filled(world)
    await world.lose()
    world.live.renew(world.beat("eve"))
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
    world.ledger.rooms.clear()
    await world.lose()
    assert await world.live.room(R1) is None


async def test_ended_sessions_stay_ended(world: World) -> None:
    await world.touch("bob")
    now = world.clock.now()
    world.ledger.ended.append(EndedSessions(BOB, (SessionId("bob-1"),), now, original_before=now))
    await world.lose()
    with pytest.raises(TokenInvalid):
        await world.touch("bob")
    with pytest.raises(TokenInvalid):
        await world.live.touch(world.beat("bob", "~old"))
    await world.touch("bob", "other")


async def test_a_place_of_a_session_that_ended_meanwhile_goes_at_once(world: World) -> None:
    await filled(world)
    world.ledger.ended.append(EndedSessions(BOB, (SessionId("phone"),), world.clock.now()))
    await world.lose()
    await world.live.places(BOB)
    gone = await world.sweep_after(1.1)
    assert [(place.user, place.session) for place in gone] == [("bob", "phone")]


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
    world.ledger.loads.clear()
    answers = await asyncio.gather(*(world.members() for _ in range(50)))
    assert all(len(members) == 3 for members in answers)
    assert world.ledger.loads[f"r{room_bucket(R1)}"] == 1


async def test_a_lost_store_that_cannot_be_filled_says_so_and_comes_back(world: World) -> None:
    await filled(world)
    await world.lose()
    world.ledger.down = True
    for call in (world.members(), world.touch("bob"), world.enter("new"), world.live.presence([BOB])):
        with pytest.raises(LiveUnavailable):
            await call
    assert not world.live.knows(world.beat("bob", "phone"))
    world.ledger.down = False
    world.clock.advance(11)
    assert len(await world.members()) == 3


async def test_the_sweep_fills_buckets_that_nobody_calls(world: World) -> None:
    await filled(world)
    await world.lose()
    world.ledger.loads.clear()
    for _ in range(3):
        await world.sweep()
        await world.live.orphans(10)
        world.clock.advance(1.1)
    assert len(world.ledger.loads) == 128 + 256
    assert set(world.ledger.loads.values()) == {1}
    # Of those without a place only a ledger that is told of signs of life knows.
    assert await world.live.online() == (4 if world.notes_signs else 3)
