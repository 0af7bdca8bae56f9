"""Publications: their pace, crowds, what is remembered, and the snapshot that agrees with what follows it."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import RoomNotFound
from liveroom.domain.events.model import CROWD, KEPT, PACE, SAMPLE, SNAPSHOT_MEMBERS, Event, EventKind, Publication
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId
from liveroom.domain.presence.members import Role
from tests.store.live.listener import R1, RecordingListener, listen, say
from tests.store.live.world import World, eventually

COUNTED = {EventKind.MEMBER_ENTERED, EventKind.MEMBER_LEFT, EventKind.COUNTS}


async def fill(world: World, number: int, room: str = "r1") -> None:
    """Let so many users in, whose records know nothing of it."""
    for first in range(0, number, 50):
        names = [f"user{index}" for index in range(first, min(first + 50, number))]
        await asyncio.gather(*(world.live.admit(world.admission(name, room, f"place of {name}")) for name in names))


async def update(world: World, rev: int) -> None:
    row, _, _ = world.recovery.rooms[R1]
    await world.put(replace(row, rev=rev))


def crowded(publication: Publication) -> list[Event]:
    """Return the counts of a publication that show newcomers."""
    return [event for event in publication.events if event.counts is not None and event.counts.sample]


# --- pace -------------------------------------------------------------------------------------------------------------


async def test_what_happens_first_leaves_at_once_and_the_rest_together(world: World) -> None:
    listener = await listen(world)
    await world.open_room()
    await listener.new_events()
    for number in range(20):
        await world.live.admit(world.admission(f"user{number}", "r1", f"place{number}"))
    await listener.catch_up()
    assert listener.news()[:1] == ["member.entered user0"]
    await listener.new_events()
    entered = [event.member.user for event in listener.events() if event.member is not None]
    assert entered == [f"user{number}" for number in range(20)]
    assert len(listener.publications()) < 10


async def test_at_most_five_publications_a_second_speak_of_members(world: World) -> None:
    listener = await listen(world)
    await world.open_room()
    for number in range(60):
        await world.live.admit(world.admission(f"user{number}", "r1", f"place{number}"))
        world.clock.advance(0.03)
        await world.live.channels.gathered()
    assert len(await listener.new_events()) == 61
    times = [publication.at for publication in listener.publications() if publication.events[-1].kind in COUNTED]
    assert len(times) > 5
    assert all(later - earlier >= PACE for earlier, later in pairwise(times))


async def test_what_is_gathered_leaves_without_being_asked_for(world: World) -> None:
    listener = await listen(world)
    await world.open_room()
    await world.enter("bob")
    await world.enter("eve")
    world.clock.advance(PACE)
    await eventually(lambda: "member.entered eve" in [say(event) for event in listener.events()])


async def test_every_publication_of_members_ends_with_counts_of_that_moment(world: World) -> None:
    listener = await listen(world)
    await world.open_room()
    for number in range(3):
        await world.live.admit(world.admission(f"user{number}", "r1", f"place{number}"))
    await world.leave("user1")
    await listener.new_events()
    for publication in listener.publications()[1:]:
        assert [event.kind for event in publication.events].count(EventKind.COUNTS) == 1
        assert publication.events[-1].kind is EventKind.COUNTS
    assert listener.events()[-1].counts == (2, 3, ())


async def test_a_change_of_the_room_leaves_at_once_with_what_was_gathered_before_it(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await world.enter("eve")
    await update(world, rev=2)
    await listener.catch_up()
    assert listener.news() == [
        "room.opened", "member.entered ann", "member.entered bob", "member.entered eve", "room.updated",
    ]  # fmt: skip
    assert listener.events()[-1].kind in (EventKind.COUNTS, EventKind.ROOM_UPDATED)


async def test_another_role_leaves_at_once_and_another_name_at_the_pace(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await listener.new_events()
    for name in ("one", "two", "three", "four"):
        await world.live.put_profile(UserId("bob"), Profile(name, ""))
    await world.enter("bob", wanted=Role.ANCHOR, admin=True, profile=Profile("four", ""))
    await listener.catch_up()
    assert listener.news() == ["member.profile_changed bob"] * 4 + ["member.role_changed bob"]
    assert all(event.kind is not EventKind.COUNTS for event in listener.publications()[-1].events)
    assert len(listener.publications()[-1].events) > 1


async def test_nothing_gathered_publishes_nothing(world: World) -> None:
    listener = await listen(world)
    await world.open_room()
    await listener.new_events()
    before = listener.last()
    for _ in range(3):
        world.clock.advance(1)
        assert await world.live.channels.gathered() == 0
    await listener.catch_up()
    assert listener.last() == before


# --- crowds -----------------------------------------------------------------------------------------------------------


async def crowd(world: World, number: int) -> RecordingListener:
    """Return a listener that has received everything of a room with so many members."""
    listener = await listen(world)
    await world.open_room()
    await fill(world, number)
    await listener.new_events()
    return listener


async def test_a_crowd_is_told_of_with_counts_and_a_sample(world: World) -> None:
    listener = await crowd(world, CROWD)
    assert not any(crowded(publication) for publication in listener.publications())
    for name in ("zoe", "tom"):
        await world.enter(name)
    assert await listener.new_events() == []
    (event,) = listener.publications()[-1].events
    assert event.counts is not None
    assert (event.counts.members, event.counts.joined) == (CROWD + 2, CROWD + 2)
    assert len(event.counts.sample) == SAMPLE
    assert [guest.user for guest in event.counts.sample[-2:]] == ["zoe", "tom"]
    assert [event.seq for event in listener.events()] == list(range(1, len(listener.events()) + 1))


async def test_a_crowd_that_thins_out_is_named_again(world: World) -> None:
    listener = await crowd(world, CROWD + 1)
    await world.leave("user0")
    assert await listener.new_events() == ["member.left user0 (left)"]
    await world.enter("user0")
    assert await listener.new_events() == []
    assert crowded(listener.publications()[-1])


async def test_those_who_leave_a_crowd_are_out_without_being_named(world: World) -> None:
    listener = await crowd(world, CROWD + 5)
    for number in range(3):
        await world.leave(f"user{number}")
    await world.enter("user2")
    assert await listener.new_events() == []
    out = [user for publication in listener.publications() for user in publication.out]
    assert out[:2] == ["user0", "user1"]
    assert "user2" not in listener.publications()[-1].out
    assert listener.events()[-1].counts is not None


async def test_in_a_crowd_names_are_not_told_but_roles_are(world: World) -> None:
    listener = await crowd(world, CROWD)
    await world.enter("zoe")
    await listener.new_events()
    before = listener.last()
    await world.live.put_profile(UserId("zoe"), Profile("Zoë", ""))
    assert await listener.new_events() == []
    assert listener.last() == before
    await world.enter("zoe", wanted=Role.ANCHOR, admin=True, profile=Profile("Zoë", ""))
    assert await listener.new_events() == ["member.role_changed zoe"]


async def test_the_closing_of_a_crowd_names_nobody(world: World) -> None:
    listener = await crowd(world, CROWD + 1)
    row, _, _ = world.recovery.rooms[R1]
    await world.close_room(replace(row, rev=2))
    await listener.closed()
    assert listener.news() == ["room.closed (destroyed)"]


# --- what is remembered -----------------------------------------------------------------------------------------------


async def test_publications_are_remembered_as_they_were_told(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await world.leave("ann")
    await update(world, rev=2)
    await listener.new_events()
    recent = await world.live.channels.recent(R1, after=0, limit=100)
    assert list(recent.publications) == listener.publications()
    assert recent.position == listener.last()


async def test_remembered_publications_are_returned_from_an_offset_in_both_directions(world: World) -> None:
    await listen(world)
    await world.open_room()
    for rev in range(2, 11):
        await update(world, rev)

    async def offsets(*, after: int = 0, limit: int = 100, reverse: bool = False) -> list[int]:
        found = await world.live.channels.recent(R1, after=after, limit=limit, reverse=reverse)
        assert found.position.offset == 10
        return [publication.offset for publication in found.publications]

    assert await offsets() == list(range(1, 11))
    assert await offsets(after=7) == [8, 9, 10]
    assert await offsets(after=2, limit=3) == [3, 4, 5]
    assert await offsets(after=10) == []
    assert await offsets(after=99) == []
    assert await offsets(limit=0) == []
    assert await offsets(reverse=True) == list(range(10, 0, -1))
    assert await offsets(reverse=True, limit=2) == [10, 9]
    assert await offsets(reverse=True, after=4) == [3, 2, 1]
    assert await offsets(reverse=True, after=4, limit=2) == [3, 2]
    assert await offsets(reverse=True, after=99, limit=1) == [10]
    assert await offsets(reverse=True, after=1) == []


async def test_only_so_many_publications_are_remembered(world: World) -> None:
    await listen(world)
    await world.open_room()
    for rev in range(2, KEPT + 6):
        await update(world, rev)
    recent = await world.live.channels.recent(R1, after=0, limit=2 * KEPT)
    offsets = [publication.offset for publication in recent.publications]
    assert offsets == list(range(6, KEPT + 6))
    assert recent.position.offset == KEPT + 5
    reverse = await world.live.channels.recent(R1, after=8, limit=100, reverse=True)
    assert [publication.offset for publication in reverse.publications] == [7, 6]


async def test_of_a_room_that_is_not_live_nothing_is_remembered(world: World) -> None:
    row = await world.go_live()
    await world.close_room(replace(row, rev=2))
    for room in ("r1", "r2"):
        with pytest.raises(RoomNotFound):
            await world.live.channels.recent(RoomId(room), after=0, limit=1)
    assert await world.live.channels.positions([R1, RoomId("r2")]) == {}


# --- snapshots --------------------------------------------------------------------------------------------------------


async def test_a_snapshot_shows_the_room_and_who_joined_first(world: World) -> None:
    await world.open_room()
    await fill(world, SNAPSHOT_MEMBERS + 5)
    snapshot = await world.live.channels.snapshot(R1, DEFAULT_TENANT)
    assert snapshot.room == await world.room()
    assert list(snapshot.members) == list(await world.members(limit=SNAPSHOT_MEMBERS))
    assert len(snapshot.members) == SNAPSHOT_MEMBERS
    assert {R1: snapshot.position} == await world.live.channels.positions([R1])


async def test_another_tenants_room_is_not_shown(world: World) -> None:
    await world.go_live()
    for room, tenant in ((R1, TenantName("other")), (RoomId("r9"), DEFAULT_TENANT)):
        with pytest.raises(RoomNotFound):
            await world.live.channels.snapshot(room, tenant)


async def test_a_snapshot_and_what_follows_it_make_the_room(world: World) -> None:
    """What a client does: it applies events of a higher ``seq`` than the snapshot's, whenever that was taken."""
    listener = await listen(world)
    await world.go_live()
    names = [f"user{number}" for number in range(12)]
    snapshots = []
    for step, name in enumerate(names):
        await world.enter(name)
        snapshots.append(await world.live.channels.snapshot(R1, DEFAULT_TENANT))
        if step % 3 == 2:
            await world.leave(names[step - 1])
            snapshots.append(await world.live.channels.snapshot(R1, DEFAULT_TENANT))
        if step % 4 == 3:
            world.clock.advance(PACE)
            await world.live.channels.gathered()
    await listener.new_events()
    expected = await world.names()
    for snapshot in snapshots:
        members = [member.user for member in snapshot.members]
        later = [
            publication for publication in listener.publications() if publication.offset > snapshot.position.offset
        ]
        for event in [event for publication in later for event in publication.events if event.seq > snapshot.seq]:
            assert event.member is None or (event.member.user in members) is (event.kind is EventKind.MEMBER_LEFT)
            if event.kind is EventKind.MEMBER_ENTERED and event.member is not None:
                members.append(event.member.user)
            elif event.kind is EventKind.MEMBER_LEFT and event.member is not None:
                members.remove(event.member.user)
        assert members == expected
        known = [
            publication for publication in listener.publications() if publication.offset <= snapshot.position.offset
        ]
        assert all(event.seq <= snapshot.seq for publication in known for event in publication.events)


# --- epochs -----------------------------------------------------------------------------------------------------------


async def test_a_new_epoch_begins_with_what_was_gathered(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await listener.catch_up()
    former = (await world.live.channels.positions([R1]))[R1]
    before = len(listener.events())
    await world.live.channels.renew_epoch(R1, former.epoch)
    fresh = await world.live.channels.recent(R1, after=0, limit=10)
    assert fresh.position.epoch != former.epoch
    assert [publication.offset for publication in fresh.publications] == list(range(1, fresh.position.offset + 1))
    await eventually(lambda: R1 in listener.doubts)
    await update(world, rev=2)
    await listener.new_events()
    new = listener.events()[before:]
    assert [event.seq for event in new] == list(range(1, len(new) + 1))
    last = listener.last()
    assert last is not None
    assert last.epoch == fresh.position.epoch


async def test_an_epoch_that_is_not_the_rooms_any_more_is_not_renewed(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await listener.catch_up()
    before = await world.live.channels.positions([R1])
    await world.live.channels.renew_epoch(R1, "other")
    await world.live.channels.renew_epoch(RoomId("r9"), "other")
    assert await world.live.channels.positions([R1]) == before
    assert listener.doubts == []


async def test_a_rebuild_gives_the_room_a_new_epoch_and_makes_positions_doubtful(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await listener.new_events()
    before = listener.last()
    await world.lose()
    await listener.listen()
    position = (await world.live.channels.positions([R1]))[R1]
    assert before is not None
    assert position.epoch != before.epoch
    assert position.offset == 0
    await eventually(lambda: R1 in listener.doubts)
    await world.leave("bob")
    assert await listener.new_events() == ["member.left bob (left)"]
    assert listener.events()[-1].counts == (1, 2, ())
