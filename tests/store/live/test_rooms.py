"""Rooms: rows that come late, broadcasts, hosts and their absence, closing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liveroom.domain.errors import RoomNotFound
from liveroom.domain.ids import BroadcastId, RoomId, UserId
from liveroom.domain.presence.members import LeaveReason, Role
from liveroom.domain.rooms.model import CloseReason, HostPolicy
from liveroom.ports import Orphan
from tests.store.live.world import World

R1 = RoomId("r1")


async def test_a_room_that_was_put_is_live(world: World) -> None:
    row = world.row(category="ktv", holder=UserId("hal"))
    put = await world.put(row, card=b'{"id":1}')
    assert put == await world.room()
    assert put is not None
    assert (put.id, put.tenant, put.owner, put.holder) == ("r1", "", "ann", "hal")
    assert (put.broadcast, put.category, put.card) == ("r1-b1", "ktv", b'{"id":1}')
    assert (put.members, put.joined, put.hidden) == (0, 0, False)
    assert timedelta(0) <= row.opened - put.opened < timedelta(milliseconds=1)


async def test_of_many_rooms_those_that_are_live_are_returned(world: World) -> None:
    await world.open_room("r1")
    await world.open_room("r2")
    assert await world.live.room(RoomId("r3")) is None
    found = await world.live.rooms([RoomId("r3"), RoomId("r2"), RoomId("r1")])
    assert {room.id for room in found} == {"r1", "r2"}
    assert await world.live.rooms([]) == []


async def test_a_newer_row_changes_the_room_and_keeps_its_members(world: World) -> None:
    row = await world.go_live()
    before = await world.room()
    put = await world.put(replace(row, rev=2, category="ktv", capacity=1), card=b"new")
    assert put is not None
    assert (put.category, put.card, put.members) == ("ktv", b"new", 1)
    assert put.version > before.version


async def test_a_row_that_is_not_newer_changes_nothing(world: World) -> None:
    row = await world.go_live()
    await world.put(replace(row, rev=3), card=b"three")
    before = await world.room()
    assert await world.put(replace(row, rev=2), card=b"two") == before
    assert await world.put(replace(row, rev=3), card=b"again") == before
    assert await world.room() == before


async def test_a_new_broadcast_starts_without_the_members_of_the_former(world: World) -> None:
    row = await world.go_live()
    await world.enter("bob")
    await world.enter("eve")
    await world.leave("eve")
    before = await world.room()
    put = await world.put(replace(row, rev=2, broadcast=BroadcastId("r1-b2")))
    assert put is not None
    assert (put.broadcast, put.members, put.joined, put.hidden) == ("r1-b2", 0, 0, False)
    assert put.version > before.version
    assert await world.names() == []
    await world.save()
    assert world.recovery.open() == []
    assert [stay.reason for stay in world.recovery.of(UserId("bob"))] == [LeaveReason.CLOSED]
    assert [stay.reason for stay in world.recovery.of(UserId("eve"))] == [LeaveReason.LEFT]


# --- hosts ------------------------------------------------------------------------------------------------------------


async def test_a_room_is_hidden_while_its_owner_is_gone(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    left = await world.leave("ann")
    assert left is not None
    assert left.hidden
    assert left.room.hidden
    assert (await world.room()).hidden
    back = await world.enter("ann")
    assert back.reappeared
    assert not back.room.hidden
    assert not (await world.enter("ann")).reappeared


async def test_only_the_leaving_of_the_last_host_hides_a_room(world: World) -> None:
    await world.go_live()
    await world.enter("ann", session="tablet")
    await world.enter("bob")
    for user, session in (("ann", "tablet"), ("bob", "")):
        left = await world.leave(user, session=session)
        assert left is not None
        assert not left.hidden
    assert not (await world.room()).hidden


async def test_by_policy_owner_no_anchor_stands_in_for_the_owner(world: World) -> None:
    await world.go_live(policy=HostPolicy.OWNER)
    await world.enter("bob", wanted=Role.ANCHOR, admin=True)
    left = await world.leave("ann")
    assert left is not None
    assert left.hidden


async def test_by_policy_hosts_an_anchor_stands_in_for_the_owner(world: World) -> None:
    await world.go_live(policy=HostPolicy.HOSTS)
    await world.enter_as_anchor("bob")
    left = await world.leave("ann")
    assert left is not None
    assert not left.hidden
    left = await world.leave("bob")
    assert left is not None
    assert left.hidden


async def test_an_owner_in_the_audience_is_there_all_the_same(world: World) -> None:
    await world.open_room()
    await world.enter("ann", wanted=Role.AUDIENCE)
    assert await world.wind(120) == []
    assert not (await world.room()).hidden


async def test_a_room_without_its_owner_is_an_orphan_after_the_grace(world: World) -> None:
    await world.go_live()
    await world.leave("ann")
    assert await world.wind(55) == []
    assert await world.wind(10) == [Orphan(R1, BroadcastId("r1-b1"), None)]


async def test_a_room_whose_owner_never_came_is_an_orphan_and_was_not_hidden(world: World) -> None:
    await world.open_room()
    await world.enter("bob")
    assert not (await world.room()).hidden
    assert await world.wind(55) == []
    assert [orphan.room for orphan in await world.wind(10)] == ["r1"]


async def test_an_owner_who_is_back_in_time_keeps_the_room(world: World) -> None:
    await world.go_live()
    await world.leave("ann")
    await world.wind(50)
    await world.enter("ann")
    assert await world.wind(120) == []


async def test_the_heir_is_the_anchor_who_is_there_longest(world: World) -> None:
    await world.go_live()
    await world.enter("zoe")
    for user in ("eve", "tom", "bob"):
        await world.enter(user, wanted=Role.ANCHOR, admin=True)
    await world.leave("eve")
    await world.leave("ann")
    await world.enter("eve", wanted=Role.ANCHOR, admin=True)
    assert [orphan.heir for orphan in await world.wind(65)] == ["tom"]


async def test_an_orphan_that_nobody_looked_after_comes_again(world: World) -> None:
    await world.go_live()
    await world.leave("ann")
    assert len(await world.wind(65)) == 1
    assert await world.wind(20) == []
    assert len(await world.wind(15)) == 1


async def test_a_hand_over_shows_the_room_again(world: World) -> None:
    row = await world.go_live()
    await world.enter("bob")
    await world.leave("ann")
    put = await world.put(replace(row, rev=2, owner=UserId("bob")))
    assert put is not None
    assert (put.owner, put.holder, put.hidden) == ("bob", "ann", False)
    assert await world.wind(120) == []
    left = await world.leave("bob")
    assert left is not None
    assert left.hidden


async def test_a_change_of_a_hidden_room_does_not_show_it_nor_prolong_its_grace(world: World) -> None:
    row = await world.go_live()
    await world.leave("ann")
    assert await world.wind(40) == []
    put = await world.put(replace(row, rev=2, title="new"))
    assert put is not None
    assert put.hidden
    assert len(await world.wind(25)) == 1


# --- closing ----------------------------------------------------------------------------------------------------------


async def test_closing_takes_the_room_away_and_ends_every_stay(world: World) -> None:
    row = await world.go_live()
    await world.enter("bob", session="phone")
    await world.enter("bob", session="tablet")
    entries = [entry.id for user in ("ann", "bob") for entry in await world.live.entries(UserId(user))]
    assert len(entries) == 3
    closed = await world.close_room(replace(row, rev=2))
    assert sorted(entry.id for entry in closed) == sorted(entries)
    assert await world.live.room(R1) is None
    assert await world.leave("bob", session="phone") is None
    with pytest.raises(RoomNotFound):
        await world.enter("eve")
    await world.save()
    assert world.recovery.open() == []
    assert {stay.reason for stay in world.recovery.stays.values()} == {LeaveReason.CLOSED}


async def test_closing_a_great_room_ends_every_stay_of_it(world: World) -> None:
    row = await world.open_room()
    for number in range(1203):
        await world.live.admit(world.admission(f"user{number}", "r1", f"place{number}"))
    closed = await world.close_room(replace(row, rev=2))
    assert len({entry.id for entry in closed}) == 1203
    for _ in range(4):
        await world.save()
    assert world.recovery.open() == []
    assert len(world.recovery.stays) == 1203


async def test_a_close_that_is_older_than_the_room_does_nothing(world: World) -> None:
    row = await world.go_live(rev=5)
    assert list(await world.live.close_room(replace(row, rev=5), CloseReason.DESTROYED)) == []
    assert list(await world.live.close_room(replace(row, rev=4), CloseReason.DESTROYED)) == []
    assert (await world.room()).members == 1


async def test_a_late_row_does_not_revive_a_closed_room(world: World) -> None:
    row = await world.go_live()
    await world.close_room(replace(row, rev=5))
    for seconds in (0, 590):
        world.clock.advance(seconds)
        await world.live.orphans(100)
        assert await world.live.put_room(replace(row, rev=4), HostPolicy.OWNER, b"") is None
        assert await world.live.put_room(replace(row, rev=5), HostPolicy.OWNER, b"") is None
    assert await world.live.room(R1) is None


async def test_a_close_that_comes_before_its_opening_wins(world: World) -> None:
    row = world.row(rev=1)
    assert list(await world.live.close_room(replace(row, rev=2), CloseReason.DESTROYED)) == []
    assert await world.live.put_room(row, HostPolicy.OWNER, b"") is None
    assert await world.live.room(R1) is None


async def test_a_closed_room_opens_again_with_a_later_version_and_nobody_in_it(world: World) -> None:
    row = await world.go_live()
    before = await world.room()
    await world.close_room(replace(row, rev=2))
    put = await world.put(replace(row, rev=3, broadcast=BroadcastId("r1-b2")))
    assert put is not None
    assert put.version > before.version
    assert (put.members, put.joined) == (0, 0)


async def test_a_closed_room_is_no_orphan(world: World) -> None:
    row = await world.go_live()
    await world.leave("ann")
    await world.close_room(replace(row, rev=2))
    assert await world.wind(120) == []
