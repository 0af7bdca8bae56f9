"""The cross-check of the index with the members: what each difference is, and that health has none."""

from liveroom.domain.ids import ROOM_BUCKETS, EntryId, RoomId, UserId, room_bucket, user_bucket
from liveroom.domain.presence.members import LeaveReason
from liveroom.domain.presence.outside import OutsideSource, Sighting
from liveroom.ports import Difference, PresenceClaim, Repair, SeenOutside
from liveroom.ports.comparing import PARTS
from tests.store.live.test_places import entry
from tests.store.live.world import World

BOB = UserId("bob")
R1, R2 = RoomId("r1"), RoomId("r2")


async def different(world: World) -> list[Difference]:
    """Return all that is different anywhere."""
    return [one for part in range(PARTS) for one in await world.live.comparing.differences(part)]


async def two_rooms(world: World) -> None:
    for room in ("r1", "r2"):
        await world.go_live(room)
    await world.calm()


async def held(world: World) -> str:
    """Return the id of bob's only place."""
    (only,) = await world.live.entries(BOB)
    return only.id


async def test_where_everybody_is_where_they_are_nothing_is_different(world: World) -> None:
    await two_rooms(world)
    await world.enter("bob", session="phone")
    await world.enter("bob", session="tablet")
    await world.enter("eve", "r2")
    await world.enter("eve", "r1")
    await world.live.leave(R2, UserId("eve"), None, None, LeaveReason.ELSEWHERE)
    await world.enter_as_anchor("tom", "r2")
    await world.leave("bob", session="phone")
    assert await different(world) == []


async def test_an_enter_under_way_is_different_only_from_what_it_leaves(world: World) -> None:
    await two_rooms(world)
    await world.enter("bob")
    claimed = await world.take("bob", "r2")
    assert await different(world) == [Difference(entry(claimed.entry, "r2"), Repair.DROP)]
    await world.live.give_back(entry(claimed.entry, "r2"))
    assert await different(world) == []


async def test_a_member_of_whom_the_index_says_nothing_is_named_again(world: World) -> None:
    await two_rooms(world)
    await world.enter("bob")
    lost = entry(await held(world), "r1")
    await world.live.drop_entries([lost])
    assert await different(world) == [Difference(lost, Repair.NAME)]


async def test_a_member_whose_session_has_a_newer_place_is_ended(world: World) -> None:
    await two_rooms(world)
    await world.enter("bob")
    lost = entry(await held(world), "r1")
    await world.live.drop_entries([lost])
    await world.enter("bob", "r2")
    assert await different(world) == [Difference(lost, Repair.END)]


async def test_a_member_whom_an_enter_has_superseded_and_nobody_took_out_is_ended(world: World) -> None:
    await two_rooms(world)
    await world.enter("bob")
    former = entry(await held(world), "r1")
    await world.enter("bob", "r2")
    assert await different(world) == [Difference(former, Repair.END)]


async def test_a_member_whose_session_is_over_is_not_named_again(world: World) -> None:
    await two_rooms(world)
    await world.enter("bob", keepalive=True)
    lost = entry(await held(world), "r1")
    await world.live.drop_entries([lost])
    assert await world.expire_after(91) == []
    assert await different(world) == [Difference(lost, Repair.END)]


async def test_a_place_that_no_member_of_a_live_room_has_is_forgotten(world: World) -> None:
    await two_rooms(world)
    await world.enter("bob")
    gone = entry(await held(world), "r1")
    await world.live.leave(R1, BOB, gone.session, gone.id, LeaveReason.LEFT)
    await world.live.claim_presence(
        PresenceClaim(world.heartbeat("eve"), RoomId("not open yet"), EntryId("early"), host=False)
    )
    assert await different(world) == [Difference(gone, Repair.DROP)]
    assert [one.repair for one in await world.live.comparing.differences(256 + user_bucket(BOB))] == [Repair.DROP]
    assert await world.live.comparing.differences(room_bucket(R1)) == []


async def test_live_rooms_are_listed_by_their_buckets(world: World) -> None:
    await two_rooms(world)
    await world.close_room(world.row("r2", rev=9))
    found = [room for bucket in range(ROOM_BUCKETS) for room in await world.live.comparing.rooms(bucket)]
    assert found == [R1]
    assert await world.live.comparing.rooms(room_bucket(R1)) == [R1]


async def test_whoever_is_seen_in_a_room_is_listed_until_the_source_says_that_they_are_gone(world: World) -> None:
    await two_rooms(world)
    await world.enter("bob")
    here = Sighting(BOB, OutsideSource.LIVEKIT, R1, "PA_1", world.clock.now(), present=True)
    signed_in = Sighting(BOB, OutsideSource.IM, None, "web", world.clock.now(), present=True)
    await world.live.outside.receive([here, signed_in])
    seen = SeenOutside(OutsideSource.LIVEKIT, BOB, R1, "PA_1")
    assert await world.live.comparing.seen(user_bucket(BOB)) == [seen]
    await world.live.outside.receive([here._replace(present=False)])
    assert await world.live.comparing.seen(user_bucket(BOB)) == []
