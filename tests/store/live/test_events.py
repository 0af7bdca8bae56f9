"""Events: what each change of a room tells, in which order, and what stands in it."""

from dataclasses import replace

import pytest

from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import RoomFull
from liveroom.domain.events.model import Cause, EventKind, MemberSummary
from liveroom.domain.ids import BroadcastId, EntryId, RoomId, UserId
from liveroom.domain.presence.members import LeaveReason, Role
from liveroom.domain.rooms.model import CloseReason, HostPolicy
from tests.store.live.listener import R1, RecordingListener, listen
from tests.store.live.world import World


async def quiet(world: World, policy: HostPolicy = HostPolicy.OWNER) -> RecordingListener:
    """Return a listener that has received everything of a room with ann, its owner, and bob in it."""
    listener = await listen(world)
    await world.go_live(policy=policy)
    await world.enter("bob")
    await listener.new_events()
    return listener


# --- rooms ------------------------------------------------------------------------------------------------------------


async def test_an_opening_is_the_first_event_and_carries_the_room(world: World) -> None:
    listener = await listen(world)
    put = await world.put(world.row(category="ktv"), card=b'{"id":1')
    await listener.catch_up()
    (publication,) = listener.publications()
    (event,) = publication.events
    assert (event.kind, event.seq, event.cause) == (EventKind.ROOM_OPENED, 1, Cause.CALL)
    assert event.room == put
    assert (publication.offset, publication.out) == (1, ())


async def test_a_change_is_told_with_the_room_after_it(world: World) -> None:
    listener = await quiet(world)
    row, _, _ = world.recovery.rooms[R1]
    put = await world.put(replace(row, rev=2, category="ktv"), card=b"new")
    assert await listener.new_events() == ["room.updated"]
    assert listener.events()[-1].room == put


async def test_a_row_that_is_not_newer_tells_nothing(world: World) -> None:
    listener = await quiet(world)
    row, policy, _ = world.recovery.rooms[R1]
    await world.live.put_room(row, policy, b"late")
    await world.live.close_room(row, CloseReason.DESTROYED)
    assert await listener.new_events() == []


async def test_a_hand_over_is_told_as_such(world: World) -> None:
    listener = await quiet(world)
    row, _, _ = world.recovery.rooms[R1]
    put = await world.put(replace(row, rev=2, owner=UserId("bob")), card=b"of bob")
    assert await listener.new_events() == ["room.owner_changed", "member.role_changed bob", "member.role_changed ann"]
    event = listener.events()[-3]
    assert event.room == put
    assert event.room is not None
    assert (event.room.owner, event.room.holder) == ("bob", "ann")


async def test_a_hand_over_together_with_another_change_tells_both(world: World) -> None:
    listener = await quiet(world)
    row, _, _ = world.recovery.rooms[R1]
    await world.put(replace(row, rev=2, owner=UserId("bob"), category="ktv"))
    roles = ["member.role_changed bob", "member.role_changed ann"]
    assert await listener.new_events() == ["room.updated", "room.owner_changed", *roles]


async def test_a_hand_over_to_somebody_who_is_in_restores_the_room(world: World) -> None:
    listener = await quiet(world)
    await world.leave("ann")
    assert await listener.new_events() == ["member.left ann (left)", "room.hidden"]
    row, _, _ = world.recovery.rooms[R1]
    await world.put(replace(row, rev=2, owner=UserId("bob")))
    assert await listener.new_events() == ["room.owner_changed", "member.role_changed bob", "room.restored"]
    owner_changed, _, restored = listener.events()[-3:]
    assert owner_changed.room == restored.room == await world.room()


async def test_a_hand_over_to_somebody_who_is_away_hides_the_room(world: World) -> None:
    listener = await quiet(world)
    row, _, _ = world.recovery.rooms[R1]
    await world.put(replace(row, rev=2, owner=UserId("eve")))
    assert await listener.new_events() == ["room.owner_changed", "member.role_changed ann", "room.hidden"]


async def test_a_room_is_told_to_be_hidden_and_restored(world: World) -> None:
    listener = await quiet(world)
    await world.leave("ann", reason=LeaveReason.LOST)
    await world.enter("ann")
    assert await listener.new_events() == [
        "member.left ann (lost)",
        "room.hidden",
        "member.entered ann",
        "room.restored",
    ]
    hidden, restored = (event for event in listener.events() if event.kind in (EventKind.ROOM_HIDDEN, "room.restored"))
    assert hidden.room is not None
    assert restored.room is not None
    assert (hidden.room.hidden, hidden.cause) == (True, Cause.PRESENCE)
    assert (restored.room.hidden, restored.cause) == (False, Cause.PRESENCE)


async def test_a_closing_tells_that_everybody_left_and_why_it_closed(world: World) -> None:
    listener = await quiet(world)
    row, _, _ = world.recovery.rooms[R1]
    await world.close_room(replace(row, rev=2), CloseReason.CLOSED_BY_ADMIN)
    await listener.closed()
    assert listener.news() == ["member.left ann (closed)", "member.left bob (closed)", "room.closed (closed_by_admin)"]
    publication = listener.publications()[-1]
    assert sorted(publication.out) == ["ann", "bob"]
    assert publication.events[-1].cause is Cause.SERVICE
    assert {event.cause for event in publication.events[:-1]} == {Cause.ROOM}


async def test_the_closing_takes_along_what_was_gathered(world: World) -> None:
    listener = await quiet(world)
    row, _, _ = world.recovery.rooms[R1]
    await world.enter("eve")
    await world.leave("bob")
    await world.close_room(replace(row, rev=2))
    await listener.closed()
    assert listener.news() == [
        "member.entered eve", "member.left bob (left)",
        "member.left ann (closed)", "member.left eve (closed)", "room.closed (destroyed)",
    ]  # fmt: skip


async def test_a_new_broadcast_has_a_new_epoch_and_the_former_one_ends_as_a_closed_one(world: World) -> None:
    listener = await quiet(world)
    before = listener.last()
    row, _, _ = world.recovery.rooms[R1]
    await world.put(replace(row, rev=2, broadcast=BroadcastId("r1-b2")))
    await listener.catch_up()
    assert listener.news() == [
        "member.left ann (closed)", "member.left bob (closed)", "room.closed (destroyed)", "room.opened",
    ]  # fmt: skip
    after = listener.last()
    assert before is not None
    assert after is not None
    assert (after.offset, listener.events()[-1].seq) == (1, 1)
    assert after.epoch != before.epoch


async def test_a_room_that_opens_again_has_a_new_epoch_and_remembers_nothing(world: World) -> None:
    listener = await quiet(world)
    before = listener.last()
    row, _, _ = world.recovery.rooms[R1]
    await world.close_room(replace(row, rev=2))
    assert await world.live.channels.positions([R1]) == {}
    await world.put(replace(row, rev=3, broadcast=BroadcastId("r1-b2")))
    recent = await world.live.channels.recent(R1, after=0, limit=100)
    assert before is not None
    assert recent.position.epoch != before.epoch
    assert [event.kind for publication in recent.publications for event in publication.events] == ["room.opened"]


# --- members ----------------------------------------------------------------------------------------------------------


async def test_an_enter_tells_who_came_and_how_many_are_in(world: World) -> None:
    listener = await quiet(world)
    await world.enter("eve", profile=Profile("Eve", "eve.png"))
    assert await listener.new_events() == ["member.entered eve"]
    entered, counts = listener.publications()[-1].events
    assert entered.member == MemberSummary(UserId("eve"), "Eve", "eve.png", Role.AUDIENCE)
    assert (entered.cause, entered.room, entered.counts) == (Cause.CALL, None, None)
    assert (counts.kind, counts.cause, counts.seq) == (EventKind.COUNTS, Cause.ROOM, entered.seq + 1)
    assert counts.counts == (3, 3, ())


async def test_a_refused_enter_tells_nothing(world: World) -> None:
    listener = await listen(world)
    await world.go_live(capacity=1)
    await listener.new_events()
    with pytest.raises(RoomFull):
        await world.enter("bob")
    assert await listener.new_events() == []


async def test_entering_twice_or_by_another_session_tells_nothing(world: World) -> None:
    listener = await quiet(world)
    await world.enter("bob")
    await world.enter("bob", session="tablet")
    assert await listener.new_events() == []


async def test_a_member_with_another_role_is_told(world: World) -> None:
    listener = await quiet(world)
    await world.enter_as_anchor("bob")
    assert await listener.new_events() == []
    await world.enter("bob", wanted=Role.ANCHOR, admin=True)
    assert await listener.new_events() == ["member.role_changed bob"]
    (event,) = listener.publications()[-1].events
    assert event.member is not None
    assert event.member.role is Role.ANCHOR


async def test_a_member_with_another_name_is_told_once(world: World) -> None:
    listener = await quiet(world)
    for _ in range(2):
        await world.live.put_profile(UserId("bob"), Profile("Robert", "new.png"))
    assert await listener.new_events() == ["member.profile_changed bob"]
    (event,) = listener.publications()[-1].events
    assert event.member == MemberSummary(UserId("bob"), "Robert", "new.png", Role.AUDIENCE)
    await world.enter("bob", profile=Profile("Bob", "new.png"))
    assert await listener.new_events() == ["member.profile_changed bob"]


async def test_a_leave_tells_why_and_who_is_out(world: World) -> None:
    listener = await quiet(world)
    causes = {
        LeaveReason.LEFT: Cause.CALL,
        LeaveReason.KICKED: Cause.CALL,
        LeaveReason.ELSEWHERE: Cause.CALL,
        LeaveReason.LOST: Cause.PRESENCE,
    }
    for reason, cause in causes.items():
        await world.leave("bob", reason=reason)
        assert await listener.new_events() == [f"member.left bob ({reason})"]
        publication = listener.publications()[-1]
        left, counts = publication.events
        assert (left.cause, publication.out) == (cause, ("bob",))
        assert counts.counts == (1, 2, ())
        await world.enter("bob")
        await listener.new_events()
        assert listener.publications()[-1].out == ()


async def test_a_leave_is_told_when_the_last_session_has_left(world: World) -> None:
    listener = await quiet(world)
    await world.enter("bob", session="tablet")
    await world.leave("bob")
    assert await listener.new_events() == []
    await world.leave("bob", session="tablet")
    assert await listener.new_events() == ["member.left bob (left)"]


async def test_a_leave_that_finds_nothing_tells_nothing(world: World) -> None:
    listener = await quiet(world)
    await world.leave("eve")
    await world.leave("bob", session="other")
    assert await world.live.leave(R1, UserId("bob"), None, EntryId("other"), LeaveReason.LOST) is None
    assert await listener.new_events() == []


async def test_whoever_left_and_came_back_in_one_publication_is_not_out(world: World) -> None:
    listener = await quiet(world)
    await world.enter("eve")
    await listener.catch_up()
    for user in ("bob", "eve"):
        await world.leave(user)
    await world.enter("bob")
    await world.enter("tom")
    await listener.new_events()
    named = [publication for publication in listener.publications() if publication.out]
    assert named[-1].out == ("eve",)
    assert all("tom" not in publication.out for publication in named)


async def test_events_are_counted_without_a_gap_and_in_the_order_of_their_times(world: World) -> None:
    listener = await quiet(world)
    for user in ("tom", "eve", "zoe"):
        await world.enter(user)
        await world.leave(user)
    await world.leave("ann")
    await world.enter("ann")
    await listener.new_events()
    events = listener.events()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.at for event in events] == sorted(event.at for event in events)
    publications = listener.publications()
    assert [publication.offset for publication in publications] == list(range(1, len(publications) + 1))


async def test_each_room_counts_for_itself(world: World) -> None:
    listener = await listen(world, "r1", "r2")
    await world.go_live("r1")
    await world.go_live("r2", owner="bob")
    for room in ("r1", "r2"):
        id = RoomId(room)
        await listener.new_events(id)
        assert [event.seq for event in listener.events(id)] == list(range(1, len(listener.events(id)) + 1))
    positions = await world.live.channels.positions([RoomId("r1"), RoomId("r2"), RoomId("r3")])
    assert set(positions) == {"r1", "r2"}
    assert len({position.epoch for position in positions.values()}) == 2
