"""What the list has to show first: kept back with all that comes after it, until somebody says that the list has it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from liveroom.domain.accounts.users import Profile
from liveroom.domain.events.model import HOLD, PACE
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.members import LeaveReason, Role
from liveroom.domain.rooms.model import HostPolicy, LiveRoom
from tests.store.live.listener import R1, RecordingListener, listen
from tests.store.live.world import World

Change = Callable[[World], Awaitable[LiveRoom]]


async def quiet(world: World) -> RecordingListener:
    """Return a listener that has received everything of a room with ann, its owner, and bob in it."""
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await listener.new_events()
    return listener


async def put(world: World, **given: Any) -> LiveRoom:
    """Change the room's row, and release nothing."""
    row, policy, card = world.recovery.rooms[R1]
    row = replace(row, **{"rev": row.rev + 1, **given})
    world.recovery.rooms[R1] = row, policy, card
    live = await world.live.put_room(row, policy, card)
    assert live is not None
    return live


async def hide(world: World) -> LiveRoom:
    left = await world.live.leave(R1, UserId("ann"), None, None, LeaveReason.LOST)
    assert left is not None
    assert left.hidden
    return left.room


async def show(world: World) -> LiveRoom:
    await world.release(await hide(world))
    entered = await world.live.admit(world.admission("ann", "r1", "back", wanted=Role.OWNER))
    assert entered.reappeared
    return entered.room


CHANGES: dict[str, tuple[Change, str]] = {
    "another title": (put, "room.updated"),
    "another owner": (lambda world: put(world, owner=UserId("bob")), "room.owner_changed"),
    "no host": (hide, "room.hidden"),
    "the host again": (show, "room.restored"),
}


async def test_an_opening_is_kept_back_until_the_list_shows_the_room(world: World) -> None:
    listener = await listen(world)
    await world.live.room(R1)
    live = await world.live.put_room(world.row(), HostPolicy.OWNER, b"{}")
    assert live is not None
    assert await listener.new_events() == []
    assert await world.live.channels.held([R1]) == [R1]
    await world.release(live)
    await listener.catch_up()
    assert listener.news() == ["room.opened"]
    assert await world.live.channels.held([R1]) == []


@pytest.mark.parametrize("name", CHANGES)
async def test_a_change_that_the_list_shows_is_kept_back_until_it_does(world: World, name: str) -> None:
    listener = await quiet(world)
    change, event = CHANGES[name]
    live = await change(world)
    assert event not in await listener.new_events()
    await world.release(live)
    await listener.catch_up()
    received = listener.publications()[-1]
    assert event in [found.kind for found in received.events]
    assert live in [found.room for found in received.events]


async def test_what_happens_behind_it_waits_and_keeps_its_order(world: World) -> None:
    listener = await quiet(world)
    live = await put(world)
    await world.live.admit(world.admission("eve", "r1", "p-eve"))
    await world.enter("bob", wanted=Role.ANCHOR, admin=True)
    await world.live.put_profile(UserId("bob"), Profile("Robert", ""))
    assert await listener.new_events() == []
    before = len(listener.publications())
    await world.release(live)
    await listener.catch_up()
    assert listener.news() == [
        "room.updated", "member.entered eve", "member.role_changed bob", "member.profile_changed bob",
    ]  # fmt: skip
    assert len(listener.publications()) == before + 1
    events = listener.events()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


async def test_what_was_gathered_before_leaves_with_it(world: World) -> None:
    listener = await quiet(world)
    await world.enter("eve")
    await world.enter("tom")
    await listener.catch_up()
    live = await put(world)
    assert "room.updated" not in await listener.new_events()
    await world.release(live)
    await listener.catch_up()
    assert listener.news()[-1] == "room.updated"


async def test_a_list_that_shows_an_older_change_does_not_let_a_newer_one_go(world: World) -> None:
    listener = await quiet(world)
    older = await put(world)
    newer = await put(world)
    await world.release(older)
    assert await listener.new_events() == []
    await world.release(newer)
    await listener.catch_up()
    assert listener.news() == ["room.updated", "room.updated"]


async def test_a_list_that_shows_a_newer_version_lets_go_what_is_older(world: World) -> None:
    listener = await quiet(world)
    await put(world)
    await world.live.admit(world.admission("eve", "r1", "p-eve"))
    await world.release(await world.room())
    await listener.catch_up()
    assert listener.news() == ["room.updated", "member.entered eve"]


async def test_what_nobody_releases_leaves_after_a_moment(world: World) -> None:
    listener = await quiet(world)
    await put(world)
    await world.live.admit(world.admission("eve", "r1", "p-eve"))
    world.clock.advance(PACE)
    await world.live.channels.gathered()
    await listener.catch_up()
    assert listener.news() == []
    world.clock.advance(HOLD)
    assert await world.live.channels.gathered() == 1
    await listener.catch_up()
    assert listener.news() == ["room.updated", "member.entered eve"]
    assert await world.live.channels.held([R1]) == []


async def test_after_that_moment_the_room_goes_on_as_ever(world: World) -> None:
    listener = await quiet(world)
    await put(world)
    world.clock.advance(HOLD)
    await world.enter("bob", wanted=Role.ANCHOR, admin=True)
    await listener.catch_up()
    assert listener.news() == ["room.updated", "member.role_changed bob"]
    live = await put(world)
    assert await listener.new_events() == []
    await world.release(live)
    await listener.catch_up()
    assert listener.news() == ["room.updated"]


async def test_a_change_behind_one_that_nobody_released_is_kept_back_for_itself(world: World) -> None:
    listener = await quiet(world)
    await put(world)
    world.clock.advance(HOLD)
    live = await put(world)
    await listener.catch_up()
    assert listener.news() == []
    await world.release(live)
    await listener.catch_up()
    assert listener.news() == ["room.updated", "room.updated"]


async def test_a_closing_leaves_at_once_with_all_that_was_kept_back(world: World) -> None:
    listener = await quiet(world)
    await put(world)
    row, _, _ = world.recovery.rooms[R1]
    await world.close_room(replace(row, rev=row.rev + 1))
    await listener.closed()
    assert listener.news() == [
        "room.updated", "member.left ann (closed)", "member.left bob (closed)", "room.closed (destroyed)",
    ]  # fmt: skip


async def test_releasing_what_is_not_kept_back_does_not_quicken_the_pace(world: World) -> None:
    await quiet(world)
    for user in ("eve", "tom"):
        await world.enter(user)
    before = await world.live.channels.positions([R1])
    await world.release(await world.room())
    assert await world.live.channels.positions([R1]) == before


async def test_a_room_that_is_not_live_has_nothing_to_release(world: World) -> None:
    await world.live.channels.release(RoomId("r9"), 1)
    assert await world.live.channels.held([RoomId("r9")]) == []


async def test_in_a_new_epoch_it_is_still_kept_back(world: World) -> None:
    listener = await quiet(world)
    live = await put(world)
    before = (await world.live.channels.positions([R1]))[R1]
    await world.live.channels.renew_epoch(R1, before.epoch)
    assert await listener.new_events() == []
    await world.release(live)
    await listener.catch_up()
    assert listener.news() == ["room.updated"]
    assert listener.events()[-1].seq == 1
