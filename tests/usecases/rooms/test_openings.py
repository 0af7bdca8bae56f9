"""How many rooms one user opens, keeps open and reserves."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import RateLimited, RoomNotFound, TooManyRooms
from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import RoomChanges, RoomStatus
from liveroom.usecases.rooms.openings import RESERVED_MAX
from tests.usecases.conftest import World


async def open_room(world: World, actor: Actor, room: str | None = None) -> RoomId:
    """Enter a room as its host, a minute after the last one; return its id."""
    world.pass_by(61)
    asked = None if room is None else RoomId(room)
    entered = await world.core.services.entering.enter(actor, asked, role="anchor", changes=RoomChanges())
    return entered.room.id


async def state(world: World, room: RoomId) -> RoomStatus:
    found = await world.core.db.rooms.get(room)
    assert found is not None
    return found.state


async def test_a_fourth_room_closes_the_oldest_whose_owner_is_not_in_it(world: World) -> None:
    """One user had three hundred live rooms in 0.4 s, the whole first page of the list."""
    host = await world.make_actor()
    first, second, third = [await open_room(world, host) for _ in range(3)]
    await world.core.services.departures.leave(host, second)
    await world.core.services.departures.leave(host, third)
    await open_room(world, host)
    assert [await state(world, room) for room in (first, second, third)] == ["live", "closed", "live"]
    assert await world.core.live.room(second) is None


async def test_a_fourth_room_is_refused_while_the_owner_is_in_the_others(world: World) -> None:
    host = await world.make_actor()
    rooms = [await open_room(world, host) for _ in range(3)]
    with pytest.raises(TooManyRooms):
        await open_room(world, host)
    await world.core.services.rooms.destroy(host, rooms[0])
    await open_room(world, host)


async def test_many_rooms_opened_at_once_are_no_more_than_one_after_the_other(world: World) -> None:
    host, entering = await world.make_actor(), world.core.services.entering
    opened = [entering.enter(host, None, role="anchor", changes=RoomChanges()) for _ in range(30)]
    outcomes = await asyncio.gather(*opened, return_exceptions=True)
    assert len(await world.core.db.rooms.owned_live(host.user)) == 3
    assert {type(one) for one in outcomes if isinstance(one, BaseException)} == {TooManyRooms, RateLimited}


async def test_a_room_that_was_live_before_is_opened_again_whatever_its_owner_has(world: World) -> None:
    host, rooms = await world.make_actor(), world.core.services.rooms
    room = await open_room(world, host)
    await rooms.destroy(host, room)
    for _ in range(3):
        await open_room(world, host)
    assert await open_room(world, host, room) == room


async def test_a_room_that_is_handed_over_counts_and_is_never_refused(world: World) -> None:
    host, heir = await world.make_actor(), await world.make_actor()
    for _ in range(3):
        await open_room(world, heir)
    handed = await open_room(world, host)
    stored = await world.core.db.rooms.get(handed)
    assert stored is not None
    assert await world.core.broadcasts.hand_over(handed, stored.broadcast, heir.user) is not None
    assert len(await world.core.db.rooms.owned_live(heir.user)) == 4
    with pytest.raises(TooManyRooms):
        await open_room(world, heir)


async def test_an_operators_server_opens_as_many_as_it_wants(world: World) -> None:
    host, services = await world.make_actor(), world.core.services
    for _ in range(12):
        await services.entering.enter(host._replace(by_operator=True), None, role="anchor", changes=RoomChanges())
    operator = Operator(host.tenant, "key:k", world.service.clock.now(), may=bool)
    await services.looking_up.admin_rooms.open(operator, None, host.user, RoomChanges(), "")
    assert len(await world.core.db.rooms.owned_live(host.user)) == 13


async def test_ten_rooms_a_minute_are_opened_by_one_user_and_no_more(world: World) -> None:
    host, services = await world.make_actor(), world.core.services
    for _ in range(10):
        entered = await services.entering.enter(host, RoomId("77"), role="anchor", changes=RoomChanges())
        await services.rooms.destroy(host, entered.room.id)
    with pytest.raises(RateLimited) as limited:
        await services.entering.enter(host, RoomId("77"), role="anchor", changes=RoomChanges())
    assert limited.value.retry_after == timedelta(minutes=1)
    world.pass_by(60)
    await services.entering.enter(host, RoomId("77"), role="anchor", changes=RoomChanges())


async def test_looking_for_a_room_that_is_not_there_opens_none_and_counts_as_none(world: World) -> None:
    host, guest = await world.make_actor(), await world.make_actor()
    room = await open_room(world, host)
    await world.core.services.rooms.destroy(host, room)
    for _ in range(12):
        with pytest.raises(RoomNotFound):
            await world.core.services.entering.enter(guest, room, role=None, changes=RoomChanges())


async def test_a_further_reservation_takes_the_place_of_the_oldest(world: World) -> None:
    """Every reservation was a row for ever."""
    host, rooms = await world.make_actor(), world.core.services.rooms
    reserved = []
    for number in range(RESERVED_MAX + 1):
        world.pass_by(61)
        reserved.append((await rooms.reserve(host, RoomChanges(title=f"no. {number}"))).id)
    assert reserved[-1] == reserved[0]
    assert len(set(reserved)) == RESERVED_MAX
    assert list(await world.core.db.rooms.reserved(host.user)) == [*reserved[1:-1], reserved[-1]]
    room = await world.core.db.rooms.get(reserved[0])
    assert room is not None
    assert room.title == f"no. {RESERVED_MAX}"
    assert await open_room(world, host, reserved[0]) == reserved[0]


async def test_ten_rooms_a_minute_are_reserved_by_one_user_and_no_more(world: World) -> None:
    host, rooms = await world.make_actor(), world.core.services.rooms
    for _ in range(10):
        await rooms.reserve(host, RoomChanges())
    with pytest.raises(RateLimited):
        await rooms.reserve(host, RoomChanges())


async def test_a_bound_of_none_lets_anybody_open_any_number(world: World) -> None:
    host, entering = await world.make_actor(), world.core.services.entering
    admissions, openings = entering.admissions, entering.admissions.openings
    unbounded = replace(openings, bounds=replace(openings.bounds, owned=0, pace=0))
    free = replace(entering, admissions=replace(admissions, openings=unbounded))
    for _ in range(12):
        await free.enter(host, None, role="anchor", changes=RoomChanges())
    assert len(await world.core.db.rooms.owned_live(host.user)) == 12
