"""The room list: building it, its two orders, cursors, and what lags behind."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from liveroom.domain.errors import BadRequest, LiveUnavailable
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName
from liveroom.domain.rooms.paging import RoomOrder, RoomPage, RoomQuery
from liveroom.ports import ListLost
from tests.store.live.world import MORNING, World

QUERY = RoomQuery(DEFAULT_TENANT)
JOINED = RoomQuery(DEFAULT_TENANT, order=RoomOrder.JOINED)
OTHER = TenantName("other")
HALF = timedelta(milliseconds=500)


def rooms(page: RoomPage) -> list[str]:
    return page.cards.decode().split(",") if page.cards else []


# --- building ---------------------------------------------------------------------------------------------------------


async def test_a_list_that_nobody_built_is_lost(world: World) -> None:
    with pytest.raises(ListLost) as lost:
        await world.live.list_rooms(QUERY)
    assert lost.value.tenant == DEFAULT_TENANT


async def test_one_caller_builds_a_lost_list(world: World) -> None:
    assert await world.live.claim_list(DEFAULT_TENANT)
    assert not await world.live.claim_list(DEFAULT_TENANT)
    assert await world.live.claim_list(OTHER)
    world.clock.advance(31)
    assert await world.live.claim_list(DEFAULT_TENANT)
    await world.live.finish_list(DEFAULT_TENANT)
    assert not await world.live.claim_list(DEFAULT_TENANT)


async def test_a_claim_that_was_given_back_falls_to_the_next_at_once(world: World) -> None:
    """A build that met a database that was down kept everybody waiting for as long as its claim lasted."""
    assert await world.live.claim_list(DEFAULT_TENANT)
    waiting = asyncio.create_task(world.live.list_rooms(QUERY))
    await asyncio.sleep(0)
    await world.live.abandon_list(DEFAULT_TENANT)
    with pytest.raises(ListLost):
        await waiting
    assert await world.live.claim_list(DEFAULT_TENANT)


async def test_others_wait_for_the_list_that_is_being_built(world: World) -> None:
    assert await world.live.claim_list(DEFAULT_TENANT)
    waiting = [asyncio.create_task(world.live.list_rooms(QUERY)) for _ in range(3)]
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r1")])
    assert not any(task.done() for task in waiting)
    await world.live.finish_list(DEFAULT_TENANT)
    assert [rooms(await task) for task in waiting] == [["r1"]] * 3


async def test_nobody_waits_longer_than_two_seconds_for_a_list(world: World) -> None:
    assert await world.live.claim_list(DEFAULT_TENANT)
    async with asyncio.timeout(3):
        with pytest.raises(LiveUnavailable):
            await world.live.list_rooms(QUERY)


async def test_an_empty_list_is_a_list(world: World) -> None:
    await world.publish()
    assert await world.live.list_rooms(QUERY) == RoomPage(b"", "")
    assert await world.live.list_rooms(JOINED) == RoomPage(b"", "")


async def test_tenants_have_lists_of_their_own(world: World) -> None:
    await world.publish(world.listed("ours"))
    await world.publish(world.listed("theirs"), tenant=OTHER)
    assert rooms(await world.live.list_rooms(QUERY)) == ["ours"]
    assert rooms(await world.live.list_rooms(QUERY._replace(tenant=OTHER))) == ["theirs"]
    chosen = QUERY._replace(rooms=(RoomId("ours"), RoomId("theirs")))
    assert rooms(await world.live.list_rooms(chosen)) == ["ours"]


# --- changes ----------------------------------------------------------------------------------------------------------


async def test_cards_are_joined_as_they_were_given(world: World) -> None:
    await world.publish(world.listed("r1", 1, card=b'{"a":"\xe7\x9b\xb4"}'), world.listed("r2", 2, card=b"\x00{}"))
    assert (await world.live.list_rooms(QUERY)).cards == b'\x00{},{"a":"\xe7\x9b\xb4"}'


async def test_a_newer_card_is_seen_at_once_and_an_older_one_never(world: World) -> None:
    await world.publish(world.listed("r1", version=5, card=b"five"))
    assert (await world.live.list_rooms(QUERY)).cards == b"five"
    for version in (4, 5):
        await world.live.put_listed(DEFAULT_TENANT, [world.listed("r1", version=version, card=b"late")])
        assert (await world.live.list_rooms(QUERY)).cards == b"five"
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r1", version=6, card=b"six")])
    assert (await world.live.list_rooms(QUERY)).cards == b"six"


async def test_a_room_taken_off_is_not_brought_back_by_an_older_card(world: World) -> None:
    await world.publish(world.listed("r1", version=1), world.listed("r2", version=1))
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r1", version=9, card=None)])
    assert rooms(await world.live.list_rooms(QUERY)) == ["r2"]
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r1", version=8)])
    assert rooms(await world.live.list_rooms(QUERY)) == ["r2"]
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r1", opened=1, version=10)])
    assert rooms(await world.live.list_rooms(QUERY)) == ["r1", "r2"]


async def test_a_room_moves_with_its_category_and_its_opening(world: World) -> None:
    await world.publish(world.listed("r1", 1), world.listed("r2", 2))
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r1", 3, version=2, category="ktv")])
    assert rooms(await world.live.list_rooms(QUERY)) == ["r1", "r2"]
    assert rooms(await world.live.list_rooms(QUERY._replace(category="voice"))) == ["r2"]
    assert rooms(await world.live.list_rooms(QUERY._replace(category="ktv"))) == ["r1"]
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r2", version=2, card=None)])
    assert rooms(await world.live.list_rooms(QUERY._replace(category="voice"))) == []


# --- by opening -------------------------------------------------------------------------------------------------------


async def test_the_newest_room_is_first(world: World) -> None:
    await world.publish(world.listed("r2", 5), world.listed("r1", 5), world.listed("r3", 1), world.listed("r4", 9))
    page = await world.live.list_rooms(QUERY)
    assert rooms(page) == ["r4", "r2", "r1", "r3"]
    assert page.cursor == ""


async def test_a_page_is_cut_to_the_rooms_asked_for(world: World) -> None:
    await world.publish(*(world.listed(f"r{n}", n, category="even" if n % 2 == 0 else "odd") for n in range(10)))
    since, until = MORNING + timedelta(seconds=3), MORNING + timedelta(seconds=7)
    assert rooms(await world.live.list_rooms(QUERY._replace(since=since, until=until))) == ["r6", "r5", "r4", "r3"]
    assert rooms(await world.live.list_rooms(QUERY._replace(category="even", since=since))) == ["r8", "r6", "r4"]
    assert rooms(await world.live.list_rooms(QUERY._replace(category="none"))) == []
    assert rooms(await world.live.list_rooms(QUERY._replace(offset=2, limit=3))) == ["r7", "r6", "r5"]
    assert rooms(await world.live.list_rooms(QUERY._replace(offset=8, limit=3))) == ["r1", "r0"]
    assert await world.live.list_rooms(QUERY._replace(offset=20)) == RoomPage(b"", "")


async def test_pages_follow_each_other_without_gap_or_repetition(world: World) -> None:
    await world.publish(*(world.listed(f"r{n:02}", n // 3) for n in range(20)))
    found: list[str] = []
    query = QUERY._replace(limit=6)
    for _ in range(4):
        page = await world.live.list_rooms(query)
        found += rooms(page)
        query = query._replace(cursor=page.cursor)
    assert page.cursor == ""
    assert found == [f"r{n:02}" for n in reversed(range(20))]


async def test_the_last_page_has_no_cursor_even_when_it_is_full(world: World) -> None:
    await world.publish(*(world.listed(f"r{n}", n) for n in range(4)))
    first = await world.live.list_rooms(QUERY._replace(limit=2))
    second = await world.live.list_rooms(QUERY._replace(limit=2, cursor=first.cursor))
    assert rooms(second) == ["r1", "r0"]
    assert second.cursor == ""


async def test_a_cursor_is_exact_while_rooms_come_and_go(world: World) -> None:
    await world.publish(*(world.listed(f"r{n}", n) for n in range(8)))
    first = await world.live.list_rooms(QUERY._replace(limit=3))
    assert rooms(first) == ["r7", "r6", "r5"]
    gone = [world.listed(f"r{n}", version=2, card=None) for n in (7, 5, 3)]
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("new", 20), *gone])
    second = await world.live.list_rooms(QUERY._replace(limit=3, cursor=first.cursor))
    assert rooms(second) == ["r4", "r2", "r1"]
    again = await world.live.list_rooms(QUERY._replace(limit=3, offset=1, cursor=first.cursor))
    assert rooms(again) == ["r2", "r1", "r0"]
    until = MORNING + timedelta(seconds=2)
    assert rooms(await world.live.list_rooms(QUERY._replace(until=until, cursor=first.cursor))) == ["r1", "r0"]


@pytest.mark.parametrize("order", list(RoomOrder))
@pytest.mark.parametrize("cursor", ["x", "!", "0", "YWJj", "\u4e2d\u6587", "=" * 5, "A" * 3000, "a b", "\x00"])
async def test_a_cursor_that_is_none_is_refused(world: World, order: RoomOrder, cursor: str) -> None:
    await world.publish(world.listed("r1"))
    with pytest.raises(BadRequest):
        await world.live.list_rooms(QUERY._replace(order=order, cursor=cursor))


async def test_a_cursor_of_the_other_order_is_refused(world: World) -> None:
    await world.publish(*(world.listed(f"r{n}", n, n) for n in range(5)))
    created = await world.live.list_rooms(QUERY._replace(limit=2))
    joined = await world.live.list_rooms(JOINED._replace(limit=2))
    with pytest.raises(BadRequest):
        await world.live.list_rooms(JOINED._replace(cursor=created.cursor))
    with pytest.raises(BadRequest):
        await world.live.list_rooms(QUERY._replace(cursor=joined.cursor))


async def test_chosen_rooms_are_those_of_them_that_are_listed(world: World) -> None:
    await world.publish(*(world.listed(f"r{n}", n, 10 - n, category="odd" if n % 2 else "even") for n in range(6)))
    chosen = tuple(RoomId(room) for room in ("r1", "r4", "missing", "r2"))
    page = await world.live.list_rooms(QUERY._replace(rooms=chosen))
    assert rooms(page) == ["r4", "r2", "r1"]
    assert page.cursor == ""
    assert rooms(await world.live.list_rooms(JOINED._replace(rooms=chosen))) == ["r1", "r2", "r4"]
    assert rooms(await world.live.list_rooms(QUERY._replace(rooms=chosen, category="even"))) == ["r4", "r2"]
    since = MORNING + timedelta(seconds=3)
    assert rooms(await world.live.list_rooms(QUERY._replace(rooms=chosen, since=since))) == ["r4"]


# --- by distinct users ------------------------------------------------------------------------------------------------


async def test_the_room_with_the_most_users_is_first(world: World) -> None:
    await world.publish(world.listed("r1", 1, 5), world.listed("r2", 2, 50), world.listed("r3", 3, 7))
    assert rooms(await world.live.list_rooms(JOINED)) == ["r2", "r3", "r1"]
    await world.live.put_listed(DEFAULT_TENANT, [world.listed("r1", 1, 60, version=2)])
    page = await world.live.list_rooms(JOINED)
    assert rooms(page) == ["r1", "r2", "r3"]
    assert page.cursor == ""


async def test_a_ranking_stands_still_while_it_is_paged(world: World) -> None:
    await world.publish(*(world.listed(f"r{n}", n, n) for n in range(9)))
    query = JOINED._replace(limit=3)
    first = await world.live.list_rooms(query)
    assert rooms(first) == ["r8", "r7", "r6"]
    turned = [world.listed(f"r{n}", n, 100 - n, version=2) for n in range(9)]
    await world.live.put_listed(DEFAULT_TENANT, [*turned, world.listed("r4", version=3, card=None)])
    second = await world.live.list_rooms(query._replace(cursor=first.cursor))
    assert rooms(second) == ["r5", "r3", "r2"]
    third = await world.live.list_rooms(query._replace(cursor=second.cursor))
    assert rooms(third) == ["r1", "r0"]
    assert third.cursor == ""
    world.clock.advance(2)
    assert rooms(await world.live.list_rooms(query)) == ["r0", "r1", "r2"]


async def test_a_ranking_lapses_after_half_a_minute(world: World) -> None:
    await world.publish(*(world.listed(f"r{n}", n, n) for n in range(9)))
    first = await world.live.list_rooms(JOINED._replace(limit=3))
    world.clock.advance(25)
    second = await world.live.list_rooms(JOINED._replace(limit=3, cursor=first.cursor))
    assert rooms(second) == ["r5", "r4", "r3"]
    world.clock.advance(10)
    with pytest.raises(BadRequest):
        await world.live.list_rooms(JOINED._replace(limit=3, cursor=first.cursor))


async def test_a_ranking_holds_the_rooms_asked_for(world: World) -> None:
    await world.publish(*(world.listed(f"r{n}", n, n, category="odd" if n % 2 else "even") for n in range(10)))
    query = JOINED._replace(category="odd", since=MORNING + timedelta(seconds=3), limit=2)
    first = await world.live.list_rooms(query)
    assert rooms(first) == ["r9", "r7"]
    assert rooms(await world.live.list_rooms(query._replace(cursor=first.cursor))) == ["r5", "r3"]


# --- what lags behind -------------------------------------------------------------------------------------------------


async def stale(world: World) -> dict[str, int]:
    """Return the rooms whose entry is behind, a second later, when every store has looked everywhere."""
    world.clock.advance(1.1)
    return {stale.room: stale.version for stale in await world.live.stale_rooms(100)}


async def test_a_changed_room_is_stale_until_it_is_listed(world: World) -> None:
    await world.go_live(tenant=DEFAULT_TENANT)
    (behind,) = await world.live.stale_rooms(100)
    assert (behind.room, behind.tenant, behind.live) == ("r1", DEFAULT_TENANT, await world.room())
    assert behind.version == (await world.room()).version
    await world.live.listed([(behind.room, behind.version)])
    assert await stale(world) == {}
    await world.enter("bob")
    assert await stale(world) == {"r1": (await world.room()).version}


async def test_a_room_that_changed_while_it_was_listed_is_stale_still(world: World) -> None:
    await world.go_live()
    (behind,) = await world.live.stale_rooms(100)
    entered = await world.enter("bob")
    await world.live.listed([(behind.room, behind.version)])
    assert await stale(world) == {"r1": entered.room.version}


async def test_a_hidden_room_and_a_closed_one_are_stale(world: World) -> None:
    row = await world.go_live()
    await world.live.listed([(row.id, (await world.room()).version)])
    await world.leave("ann")
    (hidden,) = await world.live.stale_rooms(100)
    assert hidden.live is not None
    assert hidden.live.hidden
    await world.live.listed([(hidden.room, hidden.version)])
    await world.close_room(replace(row, rev=2))
    (closed,) = await world.live.stale_rooms(100)
    assert (closed.room, closed.tenant, closed.live) == ("r1", DEFAULT_TENANT, None)
    assert closed.version > hidden.version
    await world.live.listed([(closed.room, closed.version)])
    assert await stale(world) == {}


async def test_a_room_that_has_just_changed_is_left_to_whoever_changed_it(world: World) -> None:
    await world.open_room("r1")
    world.clock.advance(1)
    await world.open_room("r2")
    assert [room.room for room in await world.live.stale_rooms(100, since=HALF)] == ["r1"]
    world.clock.advance(1)
    assert {room.room for room in await world.live.stale_rooms(100, since=HALF)} == {"r1", "r2"}


async def test_what_the_list_shows_is_struck_before_stale_rooms_are_named(world: World) -> None:
    await world.open_room("r1")
    await world.open_room("r2")
    reached = await world.room()
    assert [room.room for room in await world.live.stale_rooms(100, shown=[(reached.id, reached.version)])] == ["r2"]
    assert await stale(world) == {"r2": (await world.room("r2")).version}


async def test_a_room_that_changed_after_it_was_shown_is_stale_still(world: World) -> None:
    await world.go_live()
    reached = await world.room()
    entered = await world.enter("bob")
    (behind,) = await world.live.stale_rooms(100, shown=[(reached.id, reached.version)])
    assert (behind.room, behind.version) == ("r1", entered.room.version)


async def test_stale_rooms_are_bounded_and_each_gets_its_turn(world: World) -> None:
    for number in range(7):
        await world.open_room(f"r{number}")
    seen: set[str] = set()
    for _ in range(4):
        part = await world.live.stale_rooms(2)
        assert len(part) <= 2
        seen |= {behind.room for behind in part}
        await world.live.listed([(behind.room, behind.version) for behind in part])
    assert seen == {f"r{number}" for number in range(7)}
