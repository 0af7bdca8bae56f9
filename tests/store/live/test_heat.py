"""Heat: what warms a room and how much, how that passes, and the orders of the list that are counted."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.domain.moments import moment
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.heat import DEFAULT_HEAT, heat_at
from liveroom.domain.rooms.likes import LikeCall
from liveroom.domain.rooms.paging import ListedRoom, RoomOrder, RoomPage, RoomQuery
from liveroom.domain.rooms.placement import NORMAL, Placement
from tests.examples import many
from tests.store.live.listener import R1
from tests.store.live.talking import say, say_again
from tests.store.live.world import MORNING, World
from tests.worlds import FakeRecoveryStore, WoundClock

QUERY: Final = RoomQuery(DEFAULT_TENANT)
HALF_LIFE: Final = DEFAULT_HEAT.half_life
PLACED: Final = [order for order in RoomOrder if order.is_placed]


def rooms(page: RoomPage) -> list[str]:
    return page.cards.decode().split(",") if page.cards else []


async def heat(world: World, room: str = "r1") -> float:
    """Return how hot a room is now."""
    return heat_at((await world.room(room)).heat, moment(world.clock.now()), DEFAULT_HEAT.span)


# --- what warms a room ------------------------------------------------------------------------------------------------


async def test_a_room_in_which_nothing_has_happened_is_cold(world: World) -> None:
    await world.open_room()
    assert (await world.room()).heat == 0
    assert await heat(world) == 0


async def test_each_thing_warms_a_room_by_its_weight(world: World) -> None:
    await world.go_live()
    assert await heat(world) == pytest.approx(1, abs=0.01)
    await say(world, "ann")
    assert await heat(world) == pytest.approx(1.5, abs=0.01)
    await world.live.likes.add(LikeCall(DEFAULT_TENANT, R1, UserId("ann"), 100))
    assert await heat(world) == pytest.approx(3.5, abs=0.01)


async def test_half_of_it_is_left_after_a_half_life(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    world.clock.advance(HALF_LIFE)
    assert await heat(world) == pytest.approx(1, abs=0.01)
    await world.enter("cid")
    assert await heat(world) == pytest.approx(2, abs=0.01)


async def test_who_comes_back_or_enters_twice_warms_it_once(world: World) -> None:
    await world.go_live()
    before = (await world.room()).heat
    await world.enter("ann", wanted=Role.OWNER)
    await world.leave("ann")
    await world.enter("ann", wanted=Role.OWNER)
    assert (await world.room()).heat == before


async def test_a_message_that_is_sent_again_and_a_notice_warm_nothing(world: World) -> None:
    await world.go_live()
    await say(world, "ann", id="k")
    before = (await world.room()).heat
    await say_again(world, "ann", id="k")
    await say(world, "")
    assert (await world.room()).heat == before


async def test_the_next_broadcast_begins_cold(world: World) -> None:
    row = await world.go_live()
    await world.close_room(replace(row, rev=2))
    await world.open_room(rev=3, broadcast="r1-b2")
    assert (await world.room()).heat == 0


async def test_a_store_that_lost_everything_begins_cold_and_goes_on(world: World) -> None:
    await world.go_live()
    await world.lose()
    assert (await world.room()).heat == 0
    await world.enter("bob")
    assert await heat(world) == pytest.approx(1, abs=0.01)


async def test_a_room_that_is_hotter_and_otherwise_the_same_moves(world: World) -> None:
    hot = [world.listed("r1", heat=7, version=1), world.listed("r2", heat=3, version=5)]
    await world.publish(*hot)
    warmer = world.listed("r2", heat=9, version=5, members=50, card=b"late")
    await world.live.put_listed(DEFAULT_TENANT, [warmer, world.listed("r2", heat=1, version=5)])
    page = await world.live.list_rooms(QUERY._replace(order=RoomOrder.HEAT))
    assert rooms(page) == ["r2", "r1"], "by its heat alone"
    world.clock.advance(2)
    assert rooms(await world.live.list_rooms(QUERY._replace(order=RoomOrder.PEOPLE))) == ["r2", "r1"]
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r2", version=6, card=None)])
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r2", heat=99, version=6)])
    world.clock.advance(2)
    assert rooms(await world.live.list_rooms(QUERY._replace(order=RoomOrder.HEAT))) == ["r1"]


# --- the orders of the list -------------------------------------------------------------------------------------------


async def test_each_order_counts_something_else(world: World) -> None:
    await world.publish(
        world.listed("r1", 1, members=5, likes=1, heat=3),
        world.listed("r2", 2, members=7, likes=0, heat=2),
        world.listed("r3", 3, members=5, likes=9, heat=0),
    )
    found = {order: rooms(await world.live.list_rooms(QUERY._replace(order=order))) for order in PLACED}
    assert found == {
        RoomOrder.NEWEST: ["r3", "r2", "r1"],
        RoomOrder.PEOPLE: ["r2", "r3", "r1"],
        RoomOrder.LIKES: ["r3", "r1", "r2"],
        RoomOrder.HEAT: ["r1", "r2", "r3"],
    }


@pytest.mark.parametrize("order", PLACED)
async def test_pinned_rooms_are_first_and_demoted_ones_last(world: World, order: RoomOrder) -> None:
    zones = {"r1": Placement(pin=2), "r2": Placement(demoted=True), "r3": Placement(), "r4": Placement(pin=1)}
    most = {"r2": 9, "r3": 5}
    await world.publish(
        *(
            world.listed(room, n, zone=zone.zone, members=most.get(room, 0), likes=most.get(room, 0))
            for n, (room, zone) in enumerate(zones.items())
        )
    )
    query = QUERY._replace(order=order)
    assert rooms(await world.live.list_rooms(query)) == ["r4", "r1", "r3", "r2"]
    chosen = query._replace(rooms=(RoomId("r2"), RoomId("r1"), RoomId("r3")))
    assert rooms(await world.live.list_rooms(chosen)) == ["r1", "r3", "r2"]
    assert rooms(await world.live.list_rooms(QUERY)) == ["r4", "r3", "r2", "r1"]
    world.clock.advance(2)
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r4", 3, version=2)])
    assert rooms(await world.live.list_rooms(query))[0] == "r1"


async def test_a_cursor_of_one_order_is_none_of_another(world: World) -> None:
    await world.publish(*(world.listed(f"r{n}", n, heat=n) for n in range(4)))
    first = await world.live.list_rooms(QUERY._replace(order=RoomOrder.HEAT, limit=2))
    assert rooms(await world.live.list_rooms(QUERY._replace(order=RoomOrder.HEAT, cursor=first.cursor))) == ["r1", "r0"]
    with pytest.raises(BadRequest):
        await world.live.list_rooms(QUERY._replace(order=RoomOrder.LIKES, cursor=first.cursor))


async def test_what_only_ranks_show_leaves_the_list_itself_as_it_is(world: World) -> None:
    await world.publish(world.listed("r1", 1, heat=1), world.listed("r2", 2, heat=2))
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r1", 1, heat=3, version=2)])
    assert rooms(await world.live.list_rooms(QUERY._replace(order=RoomOrder.HEAT))) == ["r1", "r2"]
    assert rooms(await world.live.list_rooms(QUERY)) == ["r2", "r1"]


async def test_a_list_that_is_built_again_is_ranked_as_before(world: World) -> None:
    """Rooms that had not changed since the list was lost kept their cards, but not their places."""
    listed = [world.listed("r1", 1, heat=5), world.listed("r2", 2, heat=1)]
    await world.publish(*listed)
    await world.lose()
    await world.publish(*listed)
    assert rooms(await world.live.list_rooms(QUERY._replace(order=RoomOrder.HEAT))) == ["r1", "r2"]


# --- against a plain model --------------------------------------------------------------------------------------------

_A_ROOM: Final = st.sampled_from([f"r{n}" for n in range(6)])
_PUT: Final = st.tuples(
    _A_ROOM,
    st.sampled_from(["", "voice", "ktv"]),
    st.integers(0, 3),
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)),
    st.sampled_from([0, NORMAL, NORMAL, NORMAL, 298, 299]),
    st.booleans(),
)


def _expected(known: dict[str, ListedRoom], query: RoomQuery) -> list[str]:
    """Return the rooms that a page without end shows, by sorting all of them."""

    def key(room: ListedRoom) -> Any:
        counted = {RoomOrder.PEOPLE: room.members, RoomOrder.LIKES: room.likes, RoomOrder.HEAT: room.heat}
        return room.zone, counted.get(query.order, room.opened.timestamp()), room.opened, room.room

    there = [room for room in known.values() if room.card is not None and query.category in ("", room.category)]
    return [room.room for room in sorted(there, key=key, reverse=True)]


@pytest.mark.parametrize("any_world", ["memory", pytest.param("redis", marks=pytest.mark.services)], indirect=True)
def test_every_order_is_that_of_a_plain_model(any_world: World) -> None:
    async def story(puts: Sequence[Any]) -> None:
        world = replace(any_world, opened=[], clock=WoundClock(), recovery=FakeRecoveryStore())
        world.flush_store()
        live, known = await world.restart(), dict[str, ListedRoom]()
        await world.publish()
        for version, (room, category, opened, (members, likes, heat), zone, gone) in enumerate(puts, 1):
            card, since = None if gone else room.encode(), MORNING + timedelta(seconds=opened)
            counted = members, likes, heat, zone
            known[room] = ListedRoom(RoomId(room), version, category, since, 0, card, *counted)
            await live.put_listed(DEFAULT_TENANT, [known[room]])
        for order in PLACED:
            for category in ("", "ktv"):
                query = QUERY._replace(order=order, category=category)
                assert rooms(await live.list_rooms(query)) == _expected(known, query)
                first = await live.list_rooms(query._replace(limit=2))
                if first.cursor:
                    rest = await live.list_rooms(query._replace(cursor=first.cursor))
                    assert rooms(first) + rooms(rest) == _expected(known, query)
        await live.close()

    @many(25)
    @given(st.lists(_PUT, min_size=3, max_size=12))
    def agrees(puts: Sequence[Any]) -> None:
        asyncio.run(story(puts))

    agrees()
