"""Likes: each counts once, whoever sends it again; at most five writes a second; what was acknowledged is not lost."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

import msgspec
import pytest

from liveroom.domain.errors import DatabaseUnavailable, NotInRoom, RateLimited, RoomNotFound
from liveroom.domain.events.model import Cause, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.likes import LEAST, MOST, REMEMBERED, SHOWN_MAX, WINDOW, LikeCall
from liveroom.ports import Live
from tests.store.live.listener import R1, RecordingListener, listen
from tests.store.live.world import World

B1: Final = BroadcastId("r1-b1")
A_WHILE: Final = timedelta(seconds=2)


def like(user: str = "ann", likes: int = 1, batch: str = "", room: str = "r1") -> LikeCall:
    return LikeCall(DEFAULT_TENANT, RoomId(room), UserId(user), likes, batch)


async def add(live: Live, *likes: LikeCall) -> list[int]:
    """Bring likes at once; return how many the broadcast had with each."""
    return list(await asyncio.gather(*(live.likes.add(one) for one in likes)))


async def another(world: World) -> Live:
    """Return a second process on the store; of a memory, which has no other, the same."""
    return world.live if world.forgets else await world.restart()


def received(listener: RecordingListener) -> list[tuple[int, int]]:
    """Return what was told of likes: how many there are, and how many are new."""
    said = [msgspec.json.decode(event.data or b"") for event in listener.events() if event.kind is EventKind.LIKES]
    return [(one["likes"], one["added"]) for one in said]


async def test_likes_are_counted_shown_and_told(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    assert await add(world.live, like(likes=3), like(likes=4)) == [7, 7]
    assert await add(world.live, like()) == [8]
    assert (await world.room()).likes == 8
    assert (await world.live.channels.snapshot(R1, DEFAULT_TENANT)).room.likes == 8
    await listener.new_events()
    assert received(listener) == [(7, 7), (8, 1)]
    (event, _) = [event for event in listener.events() if event.kind is EventKind.LIKES]
    assert (event.cause, event.by, event.member) == (Cause.CALL, None, None)


async def test_only_members_of_a_live_room_of_the_tenant_like_it(world: World) -> None:
    row = await world.go_live()
    with pytest.raises(NotInRoom):
        await world.live.likes.add(like("bob"))
    with pytest.raises(RoomNotFound):
        await world.live.likes.add(like()._replace(tenant=TenantName("other")))
    with pytest.raises(RoomNotFound):
        await world.live.likes.add(like(room="r9"))
    await world.enter("bob")
    assert await add(world.live, like("bob")) == [1]
    await world.leave("bob")
    with pytest.raises(NotInRoom):
        await world.live.likes.add(like("bob"))
    await world.close_room(replace(row, rev=2))
    with pytest.raises(RoomNotFound):
        await world.live.likes.add(like())


async def test_who_may_not_keeps_nobody_from_liking(world: World) -> None:
    await world.go_live()
    brought = [like(), like("bob"), like(likes=2), like("cid", 9), like(likes=3)]
    answers = await asyncio.gather(*map(world.live.likes.add, brought), return_exceptions=True)
    assert [type(answer) for answer in answers] == [int, NotInRoom, int, NotInRoom, int]
    assert (await world.room()).likes == 6


async def test_a_batch_that_comes_again_counts_nothing_and_is_answered_alike(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    there = await another(world)
    assert await add(world.live, like(likes=5, batch="a"), like(likes=5, batch="a")) == [5, 5]
    assert await add(there, like(likes=5, batch="a"), like("bob", 2, "a")) == [7, 7]
    assert set(await add(there, *(like(batch=f"b{n}") for n in range(REMEMBERED - 1)))) == {7 + REMEMBERED - 1}
    assert await add(world.live, like(likes=5, batch="a")) == [7 + REMEMBERED - 1]


async def test_two_processes_that_are_given_one_batch_at_once_count_it_once(world: World) -> None:
    await world.go_live()
    here, there = world.live, await another(world)
    answers = await asyncio.gather(*(live.likes.add(like(likes=9, batch="tap-1")) for live in (here, there) * 5))
    assert (set(answers), (await world.room()).likes) == ({9}, 9)


async def test_nobody_gives_more_than_the_most_within_the_window(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    assert await add(world.live, *(like(likes=100, batch=f"{n}") for n in range(MOST // 100))) == [MOST] * 6
    with pytest.raises(RateLimited):
        await world.live.likes.add(like(batch="more"))
    assert await add(world.live, like("bob")) == [MOST + 1]
    assert await add(world.live, like(likes=100, batch="5")) == [MOST + 1], "what was counted is answered"
    world.clock.advance(WINDOW)
    assert await add(world.live, like(batch="more")) == [MOST + 2], "what was refused was not remembered"


async def test_a_new_broadcast_begins_without_likes(world: World) -> None:
    row = await world.go_live()
    await add(world.live, like(likes=7, batch="a"))
    await world.put(replace(row, rev=2, title="another"))
    assert (await world.room()).likes == 7
    await world.put(replace(row, rev=3, broadcast=BroadcastId("r1-b2")))
    await world.enter("ann")
    assert (await world.room()).likes == 0
    assert await add(world.live, like(likes=2, batch="a")) == [2]
    await world.live.flush()
    assert world.recovery.likes == {B1: 7, BroadcastId("r1-b2"): 2}


async def test_more_likes_than_clients_can_read_are_counted_and_not_told(world: World) -> None:
    listener = await listen(world)
    row = await world.go_live()
    world.recovery.likes[row.broadcast] = SHOWN_MAX
    await world.lose()
    await listener.listen()
    assert await add(world.live, like()) == [SHOWN_MAX + 1]
    await listener.new_events()
    assert received(listener) == [(SHOWN_MAX, 1)]


# --- the pace ---------------------------------------------------------------------------------------------------------


async def test_a_room_is_written_at_most_five_times_a_second_whatever_the_taps(world: World) -> None:
    listener = await listen(world)
    await world.go_live()
    processes = (world.live, await another(world))
    users = [f"u{number}" for number in range(20)]
    for user in users:
        await world.enter(user)

    loop, dice = asyncio.get_running_loop(), random.Random(1)
    end = loop.time() + 1.3

    async def tap(user: str, live: Live) -> int:
        taps = 0
        while loop.time() < end:
            await live.likes.add(like(user, brought := dice.randint(1, 3)))
            taps += brought
        return taps

    taps = await asyncio.gather(*(tap(user, processes[number % 2]) for number, user in enumerate(users)))
    await listener.new_events()
    times = [event.at for event in listener.events() if event.kind is EventKind.LIKES]
    assert len(times) > 1
    assert min(later - earlier for earlier, later in pairwise(times)) >= LEAST
    assert sum(taps) == sum(added for _, added in received(listener)) == (await world.room()).likes


async def test_many_processes_at_once_are_counted_or_refused_and_none_waits_for_ever(world: World) -> None:
    await world.go_live()
    for number in range(3):
        await world.enter(f"u{number}")
    stores = [world.live] if world.forgets else [await world.restart() for _ in range(14)]
    calls = [live.likes.add(like(f"u{number}")) for live in stores for number in range(3)]
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*calls, return_exceptions=True)
    counted = [answer for answer in answers if isinstance(answer, int)]
    assert all(isinstance(answer, int | RateLimited) for answer in answers)
    assert (await world.room()).likes == len(counted) > 0


# --- the recovery store -----------------------------------------------------------------------------------------------


async def test_likes_reach_the_ledger_and_the_list_with_the_flush(world: World) -> None:
    await world.go_live()
    await add(world.live, like(likes=3))
    before = await world.room()
    await world.live.listed([(before.id, before.version)])
    await world.live.flush()
    assert world.recovery.likes == {B1: 3}
    (stale,) = await world.live.stale_rooms(10)
    assert stale.live is not None
    assert (stale.live.likes, stale.version > before.version) == (3, True)
    await world.live.listed([(stale.room, stale.version)])
    world.clock.advance(A_WHILE)
    await world.live.flush()
    assert list(await world.live.stale_rooms(10)) == []


async def test_likes_of_a_broadcast_that_is_over_reach_the_ledger(world: World) -> None:
    row = await world.go_live()
    await add(world.live, like(likes=3))
    await world.close_room(replace(row, rev=2))
    await world.live.flush()
    assert world.recovery.likes == {B1: 3}


async def test_what_the_ledger_does_not_take_is_written_later(world: World) -> None:
    await world.go_live()
    await add(world.live, like(likes=3))
    world.recovery.down = True
    with pytest.raises(DatabaseUnavailable):
        await world.live.flush()
    await add(world.live, like(likes=4))
    world.recovery.down = False
    world.clock.advance(A_WHILE)
    await world.live.flush()
    assert world.recovery.likes == {B1: 7}


async def test_after_all_was_lost_the_likes_are_as_the_ledger_knows_them(world: World) -> None:
    await world.go_live()
    await add(world.live, like(likes=3))
    await world.lose()
    assert (await world.room()).likes == 3
    assert await add(world.live, like(likes=4)) == [7]


async def test_likes_are_saved_by_another_process_when_theirs_has_died(world: World) -> None:
    await world.go_live()
    await add(world.live, like(likes=3))
    died = world.live
    there = await another(world)
    if died is there:
        return
    world.clock.advance(A_WHILE)
    await there.flush()
    assert world.recovery.likes == {B1: 3}


# --- any order --------------------------------------------------------------------------------------------------------

Call = tuple[int, str, str, int]
"""In which process, who, which batch (""), how many."""


def calls_of(dice: random.Random) -> Sequence[Sequence[Call]]:
    """Return calls that come together, one crowd after the other; a batch is as large whenever it comes."""
    sizes = {batch: dice.randint(1, 9) for batch in "abcde"}
    sizes[""] = dice.randint(1, 9)

    def call() -> Call:
        batch = dice.choice(["", *"abcde"])
        return dice.randrange(2), dice.choice(["ann", "bob"]), batch, sizes[batch]

    return [[call() for _ in range(dice.randint(0, 6))] for _ in range(3)]


def counted(crowds: Sequence[Sequence[Call]]) -> int:
    """Return how many likes all this is."""
    calls = [call for crowd in crowds for call in crowd]
    batches = {(user, batch): likes for _, user, batch, likes in calls if batch}
    return sum(batches.values()) + sum(likes for _, _, batch, likes in calls if not batch)


@pytest.mark.parametrize("seed", range(2))
async def test_each_like_counts_once_in_every_order_and_however_often_a_batch_comes(world: World, seed: int) -> None:
    processes = (world.live, await another(world))
    plans = {f"r{number}": calls_of(random.Random(100 * seed + number)) for number in range(40)}

    async def play(room: str, crowds: Sequence[Sequence[Call]]) -> int:
        await world.go_live(room)
        await world.enter("bob", room, f"bob-{room}")
        for crowd in crowds:
            await asyncio.gather(*(processes[at].likes.add(like(user, n, batch, room)) for at, user, batch, n in crowd))
        return (await world.room(room)).likes

    found = await asyncio.gather(*(play(room, crowds) for room, crowds in plans.items()))
    assert dict(zip(plans, found, strict=True)) == {room: counted(crowds) for room, crowds in plans.items()}
