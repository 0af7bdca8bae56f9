"""The channels of room lists: their epochs, who produces, and what is remembered."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from liveroom.domain.events.model import Position
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName
from liveroom.domain.rooms.feeds import (
    KEPT,
    NEWEST,
    Card,
    Change,
    Count,
    Feed,
    FeedState,
    KnownRoom,
    ListPublication,
    Newest,
    apply,
    changed,
)
from liveroom.ports import ListLost
from tests.store.live.world import MORNING, World

ALL = Feed(DEFAULT_TENANT)
VOICE = Feed(DEFAULT_TENANT, "voice")
CHAT = Feed(DEFAULT_TENANT, "chat")


@pytest.fixture
async def seat_map(world: World) -> World:
    """Return a world whose list has a room for voice and a newer one for chat."""
    await world.publish(world.listed("r1", opened=1), world.listed("r2", opened=2, category="chat"))
    return world


def rooms(newest: Newest) -> list[str]:
    return [room for room, _, _ in newest.rooms]


def shown(room: str, members: int = 1) -> KnownRoom:
    return KnownRoom(Card(RoomId(room), MORNING, b'{"a":"\xe5\xae\xa4"', members, members + 1), MORNING)


def change(rev: int = 7, *, set: Sequence[str] = (), gone: Sequence[str] = (), counts: Sequence[Count] = ()) -> Change:
    return Change(rev, tuple(map(RoomId, gone)), tuple(shown(room).card for room in set), tuple(counts))


async def begin(world: World, feed: Feed = ALL, who: str = "p1", *, instead: str = "", epoch: str = "e1") -> bool:
    newest = await world.live.feeds.newest(feed)
    return await world.live.feeds.begin(
        feed, who, instead=instead, epoch=epoch, newest=newest, state={RoomId("r1"): shown("r1")}
    )


async def state(world: World, feed: Feed = ALL) -> FeedState:
    found = await world.live.feeds.state(feed)
    assert found is not None
    return found


async def publish(world: World, said: Change, feed: Feed = ALL, who: str = "p1") -> bool:
    """Publish what follows on the channel's newest publication."""
    before = await state(world, feed)
    publication = ListPublication(before.position.offset + 1, world.clock.now(), said)
    return await world.live.feeds.publish(feed, who, before.position, publication, changed(before.state, publication))


async def takes_turn(world: World, who: str, feed: Feed = ALL) -> bool:
    polled = await world.live.feeds.poll(feed, who, (await state(world, feed)).position)
    assert polled is not None
    return polled.turn


# --- the list itself --------------------------------------------------------------------------------------------------


async def test_a_list_that_has_to_be_built_has_no_channel(world: World) -> None:
    for asked in (
        world.live.feeds.newest(ALL),
        world.live.feeds.state(ALL),
        world.live.feeds.recent(ALL, after=0, limit=1),
    ):
        with pytest.raises(ListLost):
            await asked
    with pytest.raises(ListLost):
        await world.live.feeds.poll(ALL, "p1", Position("e", 0))


async def test_the_newest_rooms_come_first_and_a_category_has_only_its_own(seat_map: World) -> None:
    assert rooms(await seat_map.live.feeds.newest(ALL)) == ["r2", "r1"]
    assert rooms(await seat_map.live.feeds.newest(VOICE)) == ["r1"]
    assert rooms(await seat_map.live.feeds.newest(Feed(DEFAULT_TENANT, "voic"))) == []
    newest = await seat_map.live.feeds.newest(CHAT)
    assert newest.rooms == ((RoomId("r2"), MORNING + timedelta(seconds=2), b"r2"),)


async def test_a_changed_list_has_another_rev_and_a_list_that_stands_still_the_same(seat_map: World) -> None:
    before = await seat_map.live.feeds.newest(ALL)
    assert await seat_map.live.feeds.newest(ALL) == before
    await seat_map.live.put_listed(DEFAULT_TENANT, [seat_map.listed("r1", version=2, card=None)])
    after = await seat_map.live.feeds.newest(ALL)
    assert (rooms(after), after.epoch) == (["r2"], before.epoch)
    assert after.rev > before.rev


async def test_no_more_than_the_newest_two_hundred_are_on_a_channel(world: World) -> None:
    await world.publish(*[world.listed(f"r{number}", opened=number) for number in range(NEWEST + 5)])
    found = rooms(await world.live.feeds.newest(ALL))
    assert (len(found), found[0], found[-1]) == (NEWEST, f"r{NEWEST + 4}", "r5")


# --- epochs -----------------------------------------------------------------------------------------------------------


async def test_a_channel_begins_with_what_its_first_subscribers_are_told(seat_map: World) -> None:
    assert await seat_map.live.feeds.state(ALL) is None
    assert await begin(seat_map)
    assert not await begin(seat_map, epoch="e2")
    rev = (await seat_map.live.feeds.newest(ALL)).rev
    assert await state(seat_map) == FeedState(Position("e1", 0), rev, {RoomId("r1"): shown("r1")})
    assert await seat_map.live.feeds.state(VOICE) is None


async def test_tenants_have_channels_of_their_own(seat_map: World) -> None:
    other = Feed(TenantName("other"))
    await seat_map.publish(tenant=other.tenant)
    assert await begin(seat_map, other)
    assert await seat_map.live.feeds.state(ALL) is None


async def test_an_epoch_is_replaced_only_by_whoever_knows_it_and_not_under_a_producer(seat_map: World) -> None:
    assert await begin(seat_map)
    assert not await begin(seat_map, instead="e0", epoch="e2")
    assert not await begin(seat_map, who="p2", instead="e1", epoch="e2")
    assert await publish(seat_map, change(set=["r3"]))
    assert await begin(seat_map, instead="e1", epoch="e2")
    assert (await state(seat_map)).position == Position("e2", 0)
    assert RoomId("r3") not in (await state(seat_map)).state
    recent = await seat_map.live.feeds.recent(ALL, after=0, limit=10)
    assert recent is not None
    assert recent.publications == ()


async def test_a_list_that_was_lost_ends_the_epoch_of_its_channel(seat_map: World) -> None:
    assert await begin(seat_map)
    before = await seat_map.live.feeds.newest(ALL)
    await seat_map.lose()
    with pytest.raises(ListLost):
        await seat_map.live.feeds.state(ALL)
    await seat_map.publish(seat_map.listed("r1"))
    assert await seat_map.live.feeds.state(ALL) is None
    assert await seat_map.live.feeds.poll(ALL, "p1", Position("e1", 0)) is None
    assert await seat_map.live.feeds.recent(ALL, after=0, limit=1) is None
    assert not await seat_map.live.feeds.begin(ALL, "p1", instead="", epoch="e2", newest=before, state={})
    assert await begin(seat_map, epoch="e3")


# --- producing --------------------------------------------------------------------------------------------------------


async def test_one_process_produces_and_another_goes_on_when_its_lease_is_over(seat_map: World) -> None:
    assert await begin(seat_map)
    assert await takes_turn(seat_map, "p1")
    assert not await takes_turn(seat_map, "p2")
    seat_map.clock.advance(2)
    assert await takes_turn(seat_map, "p1")
    seat_map.clock.advance(2)
    assert not await takes_turn(seat_map, "p2")
    seat_map.clock.advance(3.1)
    assert await takes_turn(seat_map, "p2")
    assert not await takes_turn(seat_map, "p1")


async def test_publications_are_at_least_a_second_apart_whoever_produces(seat_map: World) -> None:
    assert await begin(seat_map)
    assert await publish(seat_map, change(set=["r3"]))
    assert not await takes_turn(seat_map, "p1")
    seat_map.clock.advance(1)
    assert await takes_turn(seat_map, "p1")


async def test_a_producer_whose_claim_another_has_taken_publishes_nothing(seat_map: World) -> None:
    assert await begin(seat_map)
    seat_map.clock.advance(4)
    assert await takes_turn(seat_map, "p2")
    assert not await publish(seat_map, change(set=["r3"]), who="p1")
    assert (await state(seat_map)).position == Position("e1", 0)


async def test_what_does_not_follow_on_the_newest_publication_is_not_published(seat_map: World) -> None:
    assert await begin(seat_map)
    assert await publish(seat_map, change(set=["r3"]))
    twice = ListPublication(1, seat_map.clock.now(), change(set=["r4"]))
    assert not await seat_map.live.feeds.publish(ALL, "p1", Position("e1", 0), twice, changed({}, twice))
    elsewhere = ListPublication(2, seat_map.clock.now(), change(set=["r4"]))
    assert not await seat_map.live.feeds.publish(ALL, "p1", Position("e2", 1), elsewhere, changed({}, elsewhere))
    assert RoomId("r4") not in (await state(seat_map)).state


async def test_what_was_told_is_kept_with_the_publication_that_told_it(seat_map: World) -> None:
    assert await begin(seat_map)
    before = (await state(seat_map)).state
    said = [
        change(7, set=["r2", "r3"]),
        change(8, set=["r4"], gone=["r1"], counts=[Count(RoomId("r2"), 5, 9)]),
        change(9, gone=["r2", "r3", "r4"]),
    ]
    expected = dict(before)
    for offset, one in enumerate(said, 1):
        assert await publish(seat_map, one)
        recent = await seat_map.live.feeds.recent(ALL, after=offset - 1, limit=1)
        assert recent is not None
        expected = apply(expected, recent.publications[0])
        assert await state(seat_map) == FeedState(Position("e1", offset), one.rev, expected)
        seat_map.clock.advance(1)


# --- hearing ----------------------------------------------------------------------------------------------------------


async def test_whoever_asks_is_told_what_came_after_the_position_that_they_know(seat_map: World) -> None:
    assert await begin(seat_map)
    for number in range(3):
        assert await publish(seat_map, change(number + 7, set=[f"r{number}"]))
    polled = await seat_map.live.feeds.poll(ALL, "p2", Position("e1", 1))
    assert polled is not None
    assert [(one.offset, one.change) for one in polled.publications] == [
        (2, change(8, set=["r1"])),
        (3, change(9, set=["r2"])),
    ]
    assert (polled.position, polled.turn) == (Position("e1", 3), False)
    assert polled.rev == (await seat_map.live.feeds.newest(ALL)).rev
    other = await seat_map.live.feeds.poll(ALL, "p2", Position("e0", 1))
    assert other is not None
    assert (other.position, other.publications) == (Position("e1", 3), ())


async def test_recent_publications_are_read_in_both_directions(seat_map: World) -> None:
    assert await begin(seat_map)
    for number in range(5):
        assert await publish(seat_map, change(number, set=["r3"]))

    async def offsets(after: int, limit: int, *, reverse: bool = False) -> list[int]:
        recent = await seat_map.live.feeds.recent(ALL, after=after, limit=limit, reverse=reverse)
        assert recent is not None
        assert recent.position == Position("e1", 5)
        return [publication.offset for publication in recent.publications]

    assert await offsets(0, 10) == [1, 2, 3, 4, 5]
    assert await offsets(2, 2) == [3, 4]
    assert await offsets(5, 2) == []
    assert await offsets(0, 2, reverse=True) == [5, 4]
    assert await offsets(3, 10, reverse=True) == [2, 1]


async def test_a_channel_remembers_three_hundred_publications(seat_map: World) -> None:
    assert await begin(seat_map)
    for number in range(KEPT + 2):
        assert await publish(seat_map, change(number, set=["r3"]))
    recent = await seat_map.live.feeds.recent(ALL, after=0, limit=KEPT + 10)
    assert recent is not None
    assert [one.offset for one in recent.publications] == list(range(3, KEPT + 3))


async def test_a_channel_that_nobody_listened_to_for_ten_minutes_has_ended(seat_map: World) -> None:
    assert await begin(seat_map)
    seat_map.clock.advance(590)
    assert await seat_map.live.feeds.state(ALL) is not None
    assert await takes_turn(seat_map, "p1")
    seat_map.clock.advance(590)
    assert await seat_map.live.feeds.state(ALL) is not None
    seat_map.clock.advance(20)
    assert await seat_map.live.feeds.state(ALL) is None
    assert await seat_map.live.feeds.poll(ALL, "p1", Position("e1", 0)) is None
    assert await begin(seat_map, epoch="e2")
