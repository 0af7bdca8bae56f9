"""How much may be said: by one, in a room, by priority; and that nothing that was accepted is lost in a flood."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.errors import LiveUnavailable, RateLimited, SlowMode
from liveroom.domain.events.model import CROWD, PACE, Announcement, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, room_bucket
from liveroom.domain.messages.model import (
    CROWD_BYTES,
    EACH_WINDOW,
    HIGH_A_SECOND,
    HIGH_BYTES,
    ROOM_WINDOW,
    Allowed,
    MessageType,
    Priority,
)
from liveroom.ports import Said
from tests.store.live.listener import R1, RecordingListener
from tests.store.live.talking import arrange, messages_of, page, received_texts, say, saying, stand, watched_room
from tests.store.live.world import World

TEN = Allowed(each=10, room=10_000)
FORTY = Allowed(each=0, room=40)
LONG = "x" * 500


@pytest.fixture
async def listener(world: World) -> RecordingListener:
    return await watched_room(world)


async def refusal(world: World, user: str, **given: Any) -> RateLimited:
    with pytest.raises(RateLimited) as refused:
        await say(world, user, **given)
    return refused.value


async def burst(world: World, number: int, user: str = "bob", **given: Any) -> int:
    """Say so many things at once; return how many were."""
    said = await asyncio.gather(
        *(world.live.talk.say(saying(user, f"{n}", **given)) for n in range(number)), return_exceptions=True
    )
    assert all(isinstance(one, Said | RateLimited) for one in said), said
    return sum(isinstance(one, Said) for one in said)


async def test_one_may_say_ten_things_in_ten_seconds(world: World, listener: RecordingListener) -> None:
    del listener
    assert await burst(world, 15, allowed=TEN) == 10
    refused = await refusal(world, "bob", allowed=TEN)
    assert timedelta(seconds=5) < refused.retry_after <= EACH_WINDOW
    assert refused.detail == f"{-(-refused.retry_after // timedelta(seconds=1))} s"
    await say(world, "cid", allowed=TEN)
    world.clock.advance(refused.retry_after)
    await say(world, "bob", allowed=TEN)


async def test_who_has_said_much_in_one_room_may_write_in_another(world: World) -> None:
    """Also in one of the same bucket, whose keys differ in the room alone."""
    other = next(room for n in range(9999) if room_bucket(room := RoomId(f"other{n}")) == room_bucket(R1))
    for room in (R1, other):
        await world.go_live(room)
    allowed = Allowed(each=1, room=10_000)
    for room in (R1, other):
        await say(world, "ann", room=room, allowed=allowed)
        await refusal(world, "ann", room=room, allowed=allowed)


async def test_the_ten_seconds_slide(world: World, listener: RecordingListener) -> None:
    """Not twenty around the end of a window."""
    del listener
    assert await burst(world, 5, allowed=TEN) == 5
    world.clock.advance(9)
    assert await burst(world, 9, allowed=TEN) == 5
    world.clock.advance(1)
    assert await burst(world, 9, allowed=TEN) == 5


async def test_leaving_and_entering_again_evades_no_limit(world: World, listener: RecordingListener) -> None:
    del listener
    await burst(world, 10, allowed=TEN)
    await world.leave("bob")
    await world.enter("bob", session="tablet")
    await refusal(world, "bob", allowed=TEN)


async def test_hosts_are_bound_by_it_too(world: World, listener: RecordingListener) -> None:
    del listener
    assert await burst(world, 12, "ann", allowed=TEN) == 10
    assert not isinstance(await refusal(world, "ann", allowed=TEN), SlowMode)


async def test_in_slow_mode_one_waits_between_messages(world: World, listener: RecordingListener) -> None:
    del listener
    await arrange(world, slow=timedelta(seconds=30))
    await say(world, "bob")
    refused = await refusal(world, "bob")
    assert timedelta(seconds=25) < refused.retry_after <= timedelta(seconds=30)
    assert isinstance(refused, SlowMode)
    await world.leave("bob")
    await world.enter("bob")
    await refusal(world, "bob")
    await say(world, "cid")
    for _ in range(3):
        await say(world, "ann")
        await say(world, "bob", admin=True)
    world.clock.advance(31)
    await say(world, "bob")
    await arrange(world, slow=timedelta(0))
    await say(world, "bob")


async def test_slow_mode_of_an_hour_is_remembered_for_an_hour(world: World, listener: RecordingListener) -> None:
    del listener
    await arrange(world, slow=timedelta(hours=1))
    await say(world, "bob")
    world.clock.advance(59 * 60)
    await say(world, "cid")
    await refusal(world, "bob")


async def test_a_room_takes_forty_a_second_and_as_many_in_the_next(world: World, listener: RecordingListener) -> None:
    del listener
    assert await burst(world, 60, allowed=FORTY) == 40
    assert (await refusal(world, "cid", allowed=FORTY)).retry_after <= ROOM_WINDOW
    world.clock.advance(ROOM_WINDOW)
    assert await burst(world, 60, allowed=FORTY) == 40


async def test_low_ones_give_way_when_half_of_it_is_used(world: World, listener: RecordingListener) -> None:
    del listener
    assert await burst(world, 30, priority=Priority.LOW, allowed=FORTY) == 20
    assert await burst(world, 30, allowed=FORTY) == 20
    await refusal(world, "cid", priority=Priority.LOW, allowed=FORTY)


async def test_high_ones_have_an_allowance_of_their_own(world: World, listener: RecordingListener) -> None:
    del listener
    await burst(world, 60, allowed=FORTY)
    assert await burst(world, 15, "ann", priority=Priority.HIGH, allowed=FORTY) == 15
    assert await burst(world, 15, "", priority=Priority.HIGH, allowed=FORTY) == HIGH_A_SECOND - 15
    await refusal(world, "bob", allowed=FORTY)


async def test_a_second_holds_so_many_bytes(world: World, listener: RecordingListener) -> None:
    said = await burst(world, 60, type=MessageType.CUSTOM, data=json.dumps({"x": "y" * 2000}).encode())
    assert CROWD_BYTES // 2400 - 1 <= said <= CROWD_BYTES // 2000
    loud = await burst(world, 60, "ann", type=MessageType.CUSTOM, data=json.dumps({"x": "y" * 2000}).encode(),
                       priority=Priority.HIGH)  # fmt: skip
    assert HIGH_BYTES // 2400 - 1 <= loud <= HIGH_BYTES // 2000
    await listener.new_events()
    sizes = [sum(len(event.data or b"") for event in one.events) for one in listener.publications()]
    assert max(sizes) <= CROWD_BYTES + HIGH_BYTES
    assert len(messages_of(listener)) == said + loud


async def test_high_ones_leave_at_once_and_the_others_at_the_pace(world: World, listener: RecordingListener) -> None:
    await say(world, "bob", "first")
    before = len(listener.publications())
    for number in range(10):
        await say(world, "bob", f"{number}")
    await say(world, "cid", "low", priority=Priority.LOW)
    assert len(listener.publications()) - before <= 1
    await say(world, "ann", "important", priority=Priority.HIGH)
    await listener.catch_up()
    assert received_texts(listener)[-2:] == ["low", "important"]


async def test_an_important_one_is_not_lost_in_a_flood(world: World, listener: RecordingListener) -> None:
    """500 from 50 people within some seconds, and a notice in the midst: all that was accepted arrives, in order."""
    people = [f"u{n}" for n in range(50)]
    for person in people:
        await world.enter(person)
    other = world.live if world.forgets else await world.restart()
    lives = (world.opened[0], other)
    accepted: list[Said] = []
    important: list[Said] = []
    for part in range(10):
        world.clock.advance(timedelta(milliseconds=350))
        crowd = [
            lives[n % 2].talk.say(saying(person, f"{part} {person} {LONG[:60]}", allowed=Allowed(10, 40)))
            for n, person in enumerate(people)
        ]
        if part == 5:
            crowd.insert(25, lives[0].talk.say(saying("ann", "important", priority=Priority.HIGH, allowed=FORTY)))
        said = await asyncio.gather(*crowd, return_exceptions=True)
        accepted += [one for one in said if isinstance(one, Said)]
        important += [one for one in accepted if one.message is not None and one.message.text == "important"]
        assert all(isinstance(one, Said | RateLimited) for one in said), said
    assert len(important) >= 1
    assert 100 <= len(accepted) < 300
    await _received(world, listener)
    await _check(world, listener, accepted)


async def _received(world: World, listener: RecordingListener) -> None:
    world.clock.advance(PACE)
    for live in world.opened:
        await live.channels.gathered()
    await listener.catch_up()


async def _check(world: World, listener: RecordingListener, accepted: Sequence[Said]) -> None:
    """Check that all that was accepted was heard once, in the order of its numbers, and is kept and written."""
    numbers = sorted(one.number for one in accepted)
    received = [json.loads(event.data or b"")["messageId"] for event in messages_of(listener)]
    assert received == [str(number) for number in numbers]
    shown = [message.number for message in (await page(world, "ann", limit=100)).messages]
    assert shown == numbers[: -len(shown) - 1 : -1]
    await world.save()
    assert sorted(number for _, number in world.recovery.messages) == numbers


async def test_what_was_accepted_is_told_behind_however_much_is_gathered(
    world: World, listener: RecordingListener
) -> None:
    """Past a crowd of gathered events announcements are left out; messages are bounded otherwise."""
    row, policy, card = world.recovery.rooms[R1]
    held = await world.live.put_room(replace(row, rev=2, capacity=9), policy, card)
    paced = [Announcement(f"{n:016}", "polls.voted", b"0", paced=True) for n in range(CROWD)]
    await asyncio.gather(*(world.live.channels.announce(R1, DEFAULT_TENANT, one) for one in paced))
    await say(world, "bob", "behind them all")
    await say(world, "", "a notice", priority=Priority.HIGH)
    assert messages_of(listener) == []
    assert held is not None
    await world.release(held)
    await listener.catch_up()
    assert received_texts(listener) == ["behind them all", "a notice"]
    assert len(listener.publications()[-1].events) > CROWD


async def test_nothing_is_taken_that_could_be_lost(world: World, listener: RecordingListener) -> None:
    """While the database is down messages wait for it; with too many waiting nobody is told that theirs is kept."""
    three = Allowed(each=0, room=100, unsaved=3)
    await say(world, "bob", "0", allowed=three)
    world.recovery.down = True
    await say(world, "bob", "1", allowed=three)
    await say(world, "bob", "2", allowed=three)
    with pytest.raises(LiveUnavailable):
        await say(world, "bob", "3", allowed=three)
    world.recovery.down = False
    await world.save()
    await say(world, "bob", "4", allowed=three)
    await listener.new_events()
    assert received_texts(listener) == ["0", "1", "2", "4"]


async def test_of_a_muted_flood_nothing_counts_against_the_room(world: World, listener: RecordingListener) -> None:
    del listener
    await stand(world, "bob", muted_until=world.clock.now() + timedelta(hours=1))
    for _ in range(60):
        with pytest.raises(Exception, match="UTC"):
            await say(world, "bob", allowed=FORTY)
    assert await burst(world, 40, "cid", allowed=FORTY) == 40


async def test_it_counts_where_nobody_listens_and_is_told_to_nobody(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    assert await burst(world, 60, allowed=FORTY) == 40
    recent = await world.live.channels.recent(R1, after=0, limit=100)
    assert [event for one in recent.publications for event in one.events if event.kind is EventKind.MESSAGE_SENT] == []
    assert len((await page(world)).messages) == 40
