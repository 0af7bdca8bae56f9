"""A session has one audience place: what is superseded ends, whoever broke off in between, and after a loss too."""

from liveroom.domain.ids import EntryId, RoomId, UserId
from liveroom.domain.presence.members import LeaveReason, PresenceEntry
from liveroom.ports import ClaimedPresence, PresenceClaim
from tests.store.live.test_places import entry
from tests.store.live.world import World

BOB = UserId("bob")


async def take(world: World, id: str, room: str) -> ClaimedPresence:
    """Take the first half of an enter that has this place id."""
    return await world.live.claim_presence(PresenceClaim(world.heartbeat("bob"), RoomId(room), EntryId(id), host=False))


async def leave(world: World, gone: PresenceEntry) -> None:
    await world.live.leave(gone.room, gone.user, gone.session, gone.id, LeaveReason.LOST)
    await world.live.drop_entries([gone])


async def test_a_place_taken_again_under_its_id_names_the_same_former_places(world: World) -> None:
    await take(world, "p1", "r1")
    first = await take(world, "p2", "r2")
    assert first.former == (entry("p1", "r1"),)
    assert await take(world, "p2", "r2") == first


async def test_an_enter_names_what_one_that_broke_off_has_superseded(world: World) -> None:
    await take(world, "p1", "r1")
    await take(world, "p2", "r2")
    assert (await take(world, "p3", "r3")).former == (entry("p1", "r1"), entry("p2", "r2"))


async def test_what_a_place_has_superseded_ends_with_it_at_the_next_expiry(world: World) -> None:
    await world.calm()
    await take(world, "p1", "r1")
    await take(world, "p2", "r2")
    await world.expire()
    await world.live.drop_entries([entry("p2", "r2")])
    assert await world.expire_after(1.1) == [entry("p1", "r1")]


async def test_an_enter_refused_after_a_later_one_was_made_spares_nothing(world: World) -> None:
    await world.calm()
    await take(world, "p1", "r1")
    await take(world, "p2", "r2")
    await take(world, "p3", "r3")
    await world.live.give_back(entry("p2", "r2"))
    assert await world.expire_after(31) == [entry("p1", "r1")]


async def test_refusals_in_any_order_leave_the_first_place(world: World) -> None:
    await world.calm()
    for first, second in ((2, 3), (3, 2)):
        await take(world, "p1", "r1")
        await take(world, "p2", "r2")
        await take(world, "p3", "r3")
        await world.live.give_back(entry(f"p{first}", f"r{first}"))
        await world.live.give_back(entry(f"p{second}", f"r{second}"))
        assert await world.expire_after(31) == []
        assert list(await world.live.entries(BOB)) == [entry("p1", "r1")]


async def test_of_two_places_that_the_ledger_has_the_newest_stays(world: World) -> None:
    for room in ("r1", "r2"):
        await world.go_live(room)
    await world.enter("bob", "r1")
    await world.save()
    (lost,) = [stay for stay in world.recovery.open() if stay.user == BOB]
    await leave(world, entry(lost.entries[0][1], "r1"))
    await world.enter("bob", "r2")
    await world.save()
    world.recovery.stays[lost.id] = lost
    await world.lose()
    assert "bob" in await world.names("r1")
    over = [*await world.expire(), *await world.expire_after(1.1)]
    assert over == [entry(lost.entries[0][1], "r1")]
    await leave(world, over[0])
    assert "bob" not in await world.names("r1")
    assert "bob" in await world.names("r2")
    assert [held.room for held in await world.live.entries(BOB)] == ["r2"]


async def test_who_enters_again_after_a_loss_has_a_place_that_older_ends_do_not_touch(world: World) -> None:
    await world.go_live("r1")
    await world.enter("bob", "r1")
    await world.save()
    (before,) = await world.live.entries(BOB)
    await world.lose()
    await world.enter("bob", "r1")
    (now,) = await world.live.entries(BOB)
    await leave(world, before)
    assert list(await world.live.entries(BOB)) == [now]
    assert "bob" in await world.names("r1")
    await world.enter("bob", "r1")
    assert list(await world.live.entries(BOB)) == [now], "entering twice is entering once"
