"""Places: the index of a user's rooms, and the expiry of those which nothing vouches for any more."""

from datetime import timedelta

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.ids import EntryId, RoomId, SessionId, UserId
from liveroom.domain.presence.members import LeaveReason, PresenceEntry
from tests.store.live.world import World

BOB = UserId("bob")
HOUR = 3600


def entry(id: str, room: str, user: str = "bob", session: str = "", *, host: bool = False) -> PresenceEntry:
    return PresenceEntry(EntryId(id), UserId(user), SessionId(session or f"{user}-1"), RoomId(room), host)


async def test_a_place_is_noted_with_the_user(world: World) -> None:
    claimed = await world.take("bob", "r1", host=True)
    assert claimed.former == ()
    assert list(await world.live.entries(BOB)) == [entry(claimed.entry, "r1", host=True)]
    assert list(await world.live.entries(UserId("nobody"))) == []


async def test_a_session_has_one_place_in_a_room_however_often_it_enters(world: World) -> None:
    first = await world.take("bob", "r1")
    second = await world.take("bob", "r1")
    assert second.entry == first.entry
    assert len(await world.live.entries(BOB)) == 1


async def test_a_place_once_taken_as_host_stays_a_host_s(world: World) -> None:
    claimed = await world.take("bob", "r1")
    await world.take("bob", "r1", host=True)
    await world.take("bob", "r1")
    assert list(await world.live.entries(BOB)) == [entry(claimed.entry, "r1", host=True)]


async def test_entering_elsewhere_names_the_former_audience_place(world: World) -> None:
    first = await world.take("bob", "r1")
    second = await world.take("bob", "r2")
    assert second.former == (entry(first.entry, "r1"),)


async def test_entering_elsewhere_ends_no_place_as_host_and_no_other_session_s(world: World) -> None:
    await world.take("bob", "r1", host=True)
    await world.take("bob", "r2", "tablet")
    assert (await world.take("bob", "r3")).former == ()


async def test_a_former_place_that_nobody_left_goes_after_half_a_minute(world: World) -> None:
    await world.calm()
    first = await world.take("bob", "r1")
    await world.take("bob", "r2")
    assert await world.expire_after(29) == []
    assert await world.expire_after(2) == [entry(first.entry, "r1")]


async def test_a_refused_enter_keeps_the_former_place(world: World) -> None:
    await world.calm()
    first = await world.take("bob", "r1")
    second = await world.take("bob", "r2")
    await world.live.give_back(entry(second.entry, "r2"))
    assert await world.expire_after(31) == []
    assert list(await world.live.entries(BOB)) == [entry(first.entry, "r1")]
    assert (await world.take("bob", "r3")).former == (entry(first.entry, "r1"),)


async def test_who_goes_back_to_the_former_room_stays_there(world: World) -> None:
    await world.calm()
    first = await world.take("bob", "r1")
    second = await world.take("bob", "r2")
    third = await world.take("bob", "r1")
    assert third.entry not in (first.entry, second.entry)
    assert third.former == (entry(second.entry, "r2"),)
    assert await world.expire_after(31) == [entry(second.entry, "r2")]


async def test_who_enters_again_while_their_place_ends_is_not_put_out_by_its_end(world: World) -> None:
    """The expiry's worker held the place that the new enter got again, and ended the stay that was just answered."""
    await world.go_live()
    await world.calm()
    await world.enter("bob", keepalive=True)
    (old,) = await world.live.entries(BOB)
    assert await world.expire_after(91) == [old]
    await world.enter("bob")
    assert await world.live.leave(old.room, old.user, old.session, old.id, LeaveReason.LOST) is None
    await world.live.drop_entries([old])
    assert "bob" in await world.names()
    assert len(await world.live.entries(BOB)) == 1


async def test_a_place_that_was_dropped_is_gone(world: World) -> None:
    claimed = await world.take("bob", "r1")
    await world.live.drop_entries([entry(claimed.entry, "r1"), entry("unknown", "r1"), entry("p", "r1", "nobody")])
    assert list(await world.live.entries(BOB)) == []
    assert await world.is_online("bob")


async def test_dropping_an_older_place_keeps_the_newer_one(world: World) -> None:
    first = await world.take("bob", "r1")
    await world.live.drop_entries([entry(first.entry, "r1")])
    second = await world.take("bob", "r1")
    await world.live.drop_entries([entry(first.entry, "r1")])
    assert list(await world.live.entries(BOB)) == [entry(second.entry, "r1")]


async def test_the_places_of_a_lost_session_go_and_no_other_session_s(world: World) -> None:
    await world.calm()
    lost = await world.take("bob", "r1", "phone", keepalive=True)
    kept = await world.take("bob", "r1", "tablet")
    assert await world.expire_after(91) == [entry(lost.entry, "r1", session="phone")]
    await world.live.drop_entries([entry(lost.entry, "r1", session="phone")])
    assert list(await world.live.entries(BOB)) == [entry(kept.entry, "r1", session="tablet")]


async def test_a_place_that_was_told_to_go_is_told_again_until_it_is_dropped(world: World) -> None:
    await world.calm()
    claimed = await world.take("bob", "r1", keepalive=True)
    gone = [entry(claimed.entry, "r1")]
    assert await world.expire_after(91) == gone
    assert await world.expire_after(28) == []
    assert await world.expire_after(3) == gone
    await world.live.drop_entries(gone)
    assert await world.expire_after(31) == []


async def test_a_sign_of_life_that_comes_too_late_does_not_call_a_place_back(world: World) -> None:
    await world.calm()
    claimed = await world.take("bob", "r1", keepalive=True)
    assert len(await world.expire_after(91)) == 1
    await world.touch("bob", keepalive=True)
    assert await world.expire_after(31) == [entry(claimed.entry, "r1")]


async def test_entering_again_takes_up_a_place_that_was_told_to_go(world: World) -> None:
    await world.calm()
    await world.take("bob", "r1", keepalive=True)
    assert len(await world.expire_after(91)) == 1
    again = await world.take("bob", "r1", keepalive=True)
    assert await world.expire_after(31) == []
    assert [known.id for known in await world.live.entries(BOB)] == [again.entry]


async def test_an_audience_place_ends_after_six_hours_though_its_session_lives(world: World) -> None:
    await world.calm()
    claimed = await world.take("bob", "r1")
    await world.take("ann", "r1", host=True)
    gone: list[PresenceEntry] = []
    for _ in range(24):
        gone += await world.expire_after(0.4 * HOUR)
        await world.live.drop_entries(gone)
        await world.touch("bob")
        await world.touch("ann")
    assert gone == [entry(claimed.entry, "r1")]
    assert len(await world.live.entries(UserId("ann"))) == 1


async def test_the_places_of_an_ended_session_go_with_the_next_expiry(world: World) -> None:
    await world.calm()
    ended = await world.take("bob", "r1", "phone", host=True)
    await world.take("bob", "r2", "tablet")
    await world.expire()
    await world.live.end_sessions(EndedSessions(BOB, (SessionId("phone"),), world.clock.now()))
    assert await world.expire_after(1.1) == [entry(ended.entry, "r1", session="phone", host=True)]
    assert await world.is_online("bob")


async def test_places_of_an_original_session_go_with_its_end(world: World) -> None:
    await world.calm()
    await world.take("bob", "r1", "~original")
    now = world.clock.now()
    await world.live.end_sessions(EndedSessions(BOB, (), now, original_before=now))
    assert [gone.session for gone in await world.expire_after(1.1)] == ["~original"]


async def test_places_of_a_bucket_are_expired_once_a_second_at_most(world: World) -> None:
    await world.calm()
    await world.expire()
    await world.take("bob", "r1")
    await world.live.end_sessions(EndedSessions(BOB, (SessionId("bob-1"),), world.clock.now()))
    assert await world.expire() == []
    assert len(await world.expire_after(1.1)) == 1


async def test_an_expiry_is_bounded_and_the_rest_comes_with_the_next(world: World) -> None:
    await world.calm()
    users = [f"user{number}" for number in range(9)]
    for user in users:
        await world.take(user, "r1", keepalive=True)
    world.clock.advance(91)
    found: list[PresenceEntry] = []
    for _ in range(9):
        part = await world.expire(limit=3)
        assert len(part) <= 3
        found += part
        world.clock.advance(1.1)
    assert sorted(gone.user for gone in found) == users


async def test_after_an_outage_everybody_is_given_one_whole_lease(world: World) -> None:
    await world.calm()
    claimed = await world.take("bob", "r1", keepalive=True)
    gap = timedelta(seconds=30)
    await world.expire()
    world.clock.advance(600)
    assert await world.expire(gap=gap) == []
    assert [known.id for known in await world.live.entries(BOB)] == [claimed.entry]
    for _ in range(4):
        world.clock.advance(20)
        assert await world.expire(gap=gap) == []
    world.clock.advance(20)
    assert await world.expire(gap=gap) == [entry(claimed.entry, "r1")]


async def test_who_calls_in_that_time_stays(world: World) -> None:
    await world.calm()
    await world.take("bob", "r1", keepalive=True)
    gap = timedelta(seconds=30)
    await world.expire()
    world.clock.advance(600)
    await world.expire(gap=gap)
    await world.touch("bob", keepalive=True)
    for _ in range(4):
        world.clock.advance(20)
        assert await world.expire(gap=gap) == []
    assert await world.is_online("bob")


async def test_a_former_place_is_forgotten_with_the_next_flush(world: World) -> None:
    first = await world.take("ann", "r1")
    second = await world.take("ann", "r2")
    assert [entry.id for entry in second.former] == [first.entry]
    world.live.drop_later(second.former)
    (presence,) = await world.live.presence([UserId("ann")])
    assert presence.room == "r2"
    await world.live.flush()
    assert [entry.id for entry in await world.live.entries(UserId("ann"))] == [second.entry]


async def test_a_place_taken_again_meanwhile_outlives_the_flush(world: World) -> None:
    await world.take("ann", "r1")
    world.live.drop_later((await world.take("ann", "r2")).former)
    third = await world.take("ann", "r1")
    world.live.drop_later(third.former)
    await world.live.flush()
    assert [entry.id for entry in await world.live.entries(UserId("ann"))] == [third.entry]


async def test_whoever_leaves_and_enters_a_former_room_before_the_flush_is_not_forgotten(world: World) -> None:
    """The place kept its id when the one that had superseded it was left, and the flush forgot it."""
    await world.take("ann", "r1")
    second = await world.take("ann", "r2")
    world.live.drop_later(second.former)
    await world.live.drop_entries(
        [PresenceEntry(second.entry, UserId("ann"), SessionId("ann-1"), RoomId("r2"), host=False)]
    )
    third = await world.take("ann", "r1")
    await world.live.flush()
    assert [entry.id for entry in await world.live.entries(UserId("ann"))] == [third.entry]


async def test_a_refusal_does_not_free_what_an_earlier_enter_is_leaving(world: World) -> None:
    first = await world.take("bob", "r1")
    second = await world.take("bob", "r2")
    third = await world.take("bob", "r3")
    assert third.former == (entry(first.entry, "r1"), entry(second.entry, "r2"))
    await world.live.give_back(entry(third.entry, "r3"))
    world.live.drop_later(second.former)
    again = await world.take("bob", "r1")
    assert again.entry != first.entry
    assert again.former == (entry(second.entry, "r2"),)
    await world.live.flush()
    assert entry(again.entry, "r1") in await world.live.entries(BOB)


async def test_what_nobody_left_expires_also_when_those_that_came_after_it_are_gone(world: World) -> None:
    await world.calm()
    first = await world.take("bob", "r1")
    second = await world.take("bob", "r2")
    await world.take("bob", "r3")
    await world.live.drop_entries([entry(second.entry, "r2")])
    assert await world.expire_after(31) == [entry(first.entry, "r1")]


async def test_what_nobody_left_expires_also_when_those_that_came_after_it_were_taken_again(world: World) -> None:
    """The place taken again had another id than the one for which the first was to go: that was found gone, and the
    first spared."""
    await world.calm()
    first = await world.take("bob", "r1")
    await world.take("bob", "r2")
    third = await world.take("bob", "r3")
    await world.take("bob", "r2")
    expired = await world.expire_after(31)
    assert sorted(expired) == sorted([entry(first.entry, "r1"), entry(third.entry, "r3")])


async def test_a_refusal_of_who_came_again_spares_the_latest_place_alone(world: World) -> None:
    await world.calm()
    first = await world.take("bob", "r1")
    await world.take("bob", "r2")
    third = await world.take("bob", "r3")
    again = await world.take("bob", "r2")
    await world.live.give_back(entry(again.entry, "r2"))
    assert await world.expire_after(31) == [entry(first.entry, "r1")]
    assert entry(third.entry, "r3") in await world.live.entries(BOB)
