"""Members: admission, roles, leaving, and the order of a room's members."""

import asyncio

import pytest

from liveroom.domain.errors import RoomFull, RoomNotFound
from liveroom.domain.ids import EntryId, RoomId, SessionId, TenantName, UserId
from liveroom.domain.presence.members import LeaveReason, Role
from liveroom.domain.rooms.model import HostPolicy
from tests.store.live.world import World

BOB = UserId("bob")
R1 = RoomId("r1")


async def test_nobody_enters_a_room_that_is_not_live(world: World) -> None:
    with pytest.raises(RoomNotFound):
        await world.enter("bob", "nowhere")
    assert list(await world.live.entries(BOB)) == []


async def test_nobody_enters_or_sees_a_room_of_another_tenant(world: World) -> None:
    await world.go_live()
    with pytest.raises(RoomNotFound):
        await world.enter("bob", tenant=TenantName("other"))
    with pytest.raises(RoomNotFound):
        await world.live.members(TenantName("other"), R1, after=0, offset=0, limit=10)


async def test_a_member_is_listed_with_name_picture_role_and_time(world: World) -> None:
    await world.open_room()
    before = world.clock.now()
    entered = await world.enter("bob")
    (member,) = await world.members()
    assert (member.user, member.role) == ("bob", Role.AUDIENCE)
    assert (member.name, member.avatar) == ("name of bob", "picture of bob")
    assert abs((member.joined - before).total_seconds()) < 5
    assert await world.live.member(R1, BOB) == member
    assert entered.role is Role.AUDIENCE
    assert (entered.room.members, entered.room.joined) == (1, 1)
    assert await world.live.member(R1, UserId("eve")) is None


async def test_entering_twice_is_entering_once(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    await world.enter("eve")
    before = await world.members()
    again = await world.enter("bob")
    assert await world.members() == before
    assert (again.room.members, again.room.joined) == (3, 3)


async def test_a_full_room_refuses_the_next_member(world: World) -> None:
    await world.go_live(capacity=2)
    await world.enter("bob")
    with pytest.raises(RoomFull):
        await world.enter("eve")
    assert await world.names() == ["ann", "bob"]
    assert list(await world.live.entries(UserId("eve"))) == []
    await world.enter("bob")
    await world.leave("bob")
    await world.enter("eve")
    assert await world.names() == ["ann", "eve"]


async def test_the_owner_and_the_holder_always_get_into_their_full_room(world: World) -> None:
    await world.open_room(holder=UserId("hal"), capacity=1)
    await world.enter("bob")
    await world.enter("ann")
    await world.enter("hal")
    assert await world.names() == ["bob", "ann", "hal"]
    with pytest.raises(RoomFull):
        await world.enter("eve")


async def test_of_a_hundred_who_rush_in_as_many_get_in_as_there_is_room_for(world: World) -> None:
    await world.open_room(capacity=10)
    rush = [world.enter(f"user{number}") for number in range(100)]
    answers = await asyncio.gather(*rush, return_exceptions=True)
    assert sum(isinstance(answer, RoomFull) for answer in answers) == 90
    members = await world.members()
    assert len(members) == 10
    assert len({member.order for member in members}) == 10
    assert (await world.room()).joined == 10


async def test_a_capacity_of_nought_is_no_limit(world: World) -> None:
    await world.open_room(capacity=0)
    await asyncio.gather(*(world.enter(f"user{number}") for number in range(20)))
    assert (await world.room()).members == 20


async def test_two_sessions_of_a_user_are_one_member_until_both_have_left(world: World) -> None:
    await world.go_live()
    await world.enter("bob", session="phone")
    await world.enter("bob", session="tablet")
    assert await world.names() == ["ann", "bob"]
    first = await world.leave("bob", session="phone")
    assert first is not None
    assert first.entry.session == "phone"
    assert await world.names() == ["ann", "bob"]
    second = await world.leave("bob", session="tablet")
    assert second is not None
    assert (second.room.members, second.room.joined) == (1, 2)
    assert await world.names() == ["ann"]


async def test_leaving_names_the_place_that_ended(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    (entry,) = await world.live.entries(BOB)
    left = await world.leave("bob")
    assert left is not None
    assert left.entry == entry
    assert not left.hidden


async def test_who_is_not_in_cannot_leave(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    before = await world.room()
    assert await world.leave("bob", session="another") is None
    assert await world.leave("eve") is None
    assert await world.leave("bob", "nowhere") is None
    assert await world.room() == before


async def test_leaving_an_older_place_does_nothing(world: World) -> None:
    await world.go_live()
    session = SessionId("bob-1")
    await world.live.admit(world.admission("bob", "r1", "older"))
    await world.live.admit(world.admission("bob", "r1", "newer"))
    assert await world.live.leave(R1, BOB, session, EntryId("older"), LeaveReason.LOST) is None
    assert await world.names() == ["ann", "bob"]
    left = await world.live.leave(R1, BOB, session, EntryId("newer"), LeaveReason.LOST)
    assert left is not None
    assert left.entry.id == "newer"
    assert await world.names() == ["ann"]


async def test_a_user_can_be_taken_out_with_every_session(world: World) -> None:
    await world.go_live()
    await world.enter("bob", session="phone")
    await world.enter("bob", session="tablet")
    left = await world.live.leave(R1, BOB, None, None, LeaveReason.KICKED)
    assert left is not None
    assert left.entry.user == "bob"
    assert await world.names() == ["ann"]
    assert await world.live.leave(R1, BOB, None, None, LeaveReason.KICKED) is None


async def test_nobody_is_counted_twice(world: World) -> None:
    await world.go_live()
    for _ in range(3):
        await world.enter("bob")
        await world.leave("bob")
    room = await world.room()
    assert (room.members, room.joined) == (1, 2)
    await world.enter("bob")
    room = await world.room()
    assert (room.members, room.joined) == (2, 2)


async def test_who_returns_is_last_in_the_order(world: World) -> None:
    await world.go_live()
    for user in ("bob", "eve"):
        await world.enter(user)
    await world.leave("bob")
    await world.enter("bob")
    assert await world.names() == ["ann", "eve", "bob"]


async def test_members_are_paged_in_the_order_of_joining(world: World) -> None:
    await world.open_room()
    users = [f"user{number}" for number in range(7)]
    for user in users:
        await world.enter(user)
    first = await world.members(limit=3)
    assert [member.user for member in first] == users[:3]
    await world.leave("user1")
    second = await world.members(after=first[-1].order, limit=3)
    assert [member.user for member in second] == users[3:6]
    assert [member.user for member in await world.members(after=second[-1].order)] == users[6:]
    assert [member.user for member in await world.members(offset=2, limit=2)] == users[3:5]
    assert list(await world.members(offset=50)) == []


async def test_a_room_that_is_not_live_has_no_members_to_list(world: World) -> None:
    with pytest.raises(RoomNotFound):
        await world.members("nowhere")
    assert await world.live.member(RoomId("nowhere"), BOB) is None


async def test_every_change_of_the_members_raises_the_version(world: World) -> None:
    await world.go_live()
    versions = [(await world.room()).version]
    for _ in range(5):
        versions.append((await world.enter("bob")).room.version)
        left = await world.leave("bob")
        assert left is not None
        versions.append(left.room.version)
    assert versions == sorted(set(versions))


# --- roles ------------------------------------------------------------------------------------------------------------


async def test_an_owner_who_wants_nothing_else_is_anchor(world: World) -> None:
    await world.open_room(holder=UserId("hal"))
    assert (await world.enter("ann")).role is Role.ANCHOR
    assert (await world.enter("hal")).role is Role.ANCHOR


async def test_an_owner_gets_the_role_that_they_want(world: World) -> None:
    await world.open_room()
    for role in (Role.OWNER, Role.ANCHOR, Role.AUDIENCE):
        assert (await world.enter("ann", wanted=role)).role is role
        assert await world.role("ann") is role


async def test_nobody_gives_themselves_a_role_that_the_room_does_not_allow(world: World) -> None:
    await world.open_room("r1", policy=HostPolicy.HOSTS)
    await world.open_room("r2", policy=HostPolicy.OWNER)
    assert (await world.enter("bob", "r1", wanted=Role.ANCHOR)).role is Role.AUDIENCE
    assert (await world.enter("bob", "r2", wanted=Role.OWNER, anyone_hosts=True)).role is Role.AUDIENCE
    assert (await world.enter("bob", "r1", wanted=Role.ANCHOR, anyone_hosts=True)).role is Role.ANCHOR
    assert (await world.enter("bob", "r2", wanted=Role.OWNER, admin=True)).role is Role.ANCHOR


async def test_entering_again_without_a_wanted_role_keeps_the_present_one(world: World) -> None:
    await world.open_room(policy=HostPolicy.HOSTS)
    await world.enter_as_anchor("bob")
    assert (await world.enter("bob")).role is Role.ANCHOR
    await world.enter("ann", wanted=Role.AUDIENCE)
    assert (await world.enter("ann")).role is Role.AUDIENCE


async def test_the_same_session_may_step_down(world: World) -> None:
    await world.go_live(policy=HostPolicy.HOSTS)
    await world.enter_as_anchor("bob")
    assert (await world.enter("bob", wanted=Role.AUDIENCE)).role is Role.AUDIENCE
    assert await world.role("bob") is Role.AUDIENCE


async def test_another_device_raises_a_role_and_never_lowers_it(world: World) -> None:
    await world.go_live(policy=HostPolicy.HOSTS)
    await world.enter("bob", session="phone")
    assert (await world.enter_as_anchor("bob", session="tablet")).role is Role.ANCHOR
    assert (await world.enter("bob", session="tv", wanted=Role.AUDIENCE)).role is Role.ANCHOR
    assert await world.role("bob") is Role.ANCHOR


async def test_the_last_host_who_steps_down_leaves_the_room_without_one(world: World) -> None:
    await world.open_room(policy=HostPolicy.HOSTS)
    await world.enter_as_anchor("bob")
    assert (await world.enter("bob", wanted=Role.AUDIENCE)).room.hidden
    assert (await world.enter_as_anchor("bob")).reappeared
