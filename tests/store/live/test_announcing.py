"""Announcements: events of free kinds in a room's order, at once or at its pace, each once, for those who listen."""

import asyncio
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from liveroom.domain.errors import RoomNotFound
from liveroom.domain.events.model import CROWD, PACE, Announcement, Cause, Event, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId, new_id
from tests.store.live.listener import R1, RecordingListener, listen, socket_of
from tests.store.live.world import World, eventually

DATA = b'{"text":"\xe4\xbd\xa0\xe5\xa5\xbd \\"there\\"","n":[1,2.5,null]}'


@pytest.fixture
async def listener(world: World) -> RecordingListener:
    """Return the listener to room r1, in which ann and bob are and have been received as entered."""
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await listener.new_events()
    return listener


def saying(world: World, kind: str = "polls.opened", data: bytes = DATA, **given: Any) -> Announcement:
    return Announcement(new_id(world.clock.now()), kind, data)._replace(**given)


async def announce(world: World, *announcements: Announcement, room: RoomId = R1) -> None:
    for announcement in announcements:
        await world.live.channels.announce(room, DEFAULT_TENANT, announcement)


def announced(listener: RecordingListener) -> list[Event]:
    return [event for event in listener.events() if event.data is not None]


async def test_an_announcement_is_an_event_of_the_room_and_carries_what_was_given(
    world: World, listener: RecordingListener
) -> None:
    await announce(world, saying(world), saying(world, EventKind.ROOM_NOTICE, b'"x"', by=UserId("bob")))
    await listener.catch_up()
    first, second = announced(listener)
    assert (first.kind, first.data, first.by, first.cause) == ("polls.opened", DATA, None, Cause.SERVICE)
    assert (second.kind, second.data, second.by, second.cause) == (EventKind.ROOM_NOTICE, b'"x"', "bob", Cause.CALL)
    assert isinstance(second.kind, EventKind)
    assert second.seq == first.seq + 1
    assert [event.seq for event in listener.events()] == list(range(1, second.seq + 1))


async def test_it_leaves_at_once_behind_what_was_gathered_before_it(world: World, listener: RecordingListener) -> None:
    await world.enter("cid")
    await world.enter("dan")
    await announce(world, saying(world))
    await listener.catch_up()
    assert listener.news() == ["member.entered cid", "member.entered dan", "polls.opened"]
    assert announced(listener) == [event for event in listener.publications()[-1].events if event.data is not None]


async def test_paced_ones_leave_together_at_the_pace_of_the_room(world: World, listener: RecordingListener) -> None:
    before = len(listener.publications())
    for number in range(20):
        await announce(world, saying(world, data=b"%d" % number, paced=True))
    await listener.new_events()
    assert [event.data for event in announced(listener)] == [b"%d" % number for number in range(20)]
    assert len(listener.publications()) - before < 10
    times = [publication.at for publication in listener.publications()[before:]]
    assert all(later - earlier >= PACE for earlier, later in pairwise(times))


async def test_paced_ones_leave_without_being_asked_for(world: World, listener: RecordingListener) -> None:
    await announce(world, *(saying(world, data=b"%d" % number, paced=True) for number in range(2)))
    world.clock.advance(PACE)
    await eventually(lambda: [event.data for event in announced(listener)] == [b"0", b"1"])


async def test_a_crush_of_paced_ones_is_bounded_and_an_urgent_one_is_told_nevertheless(
    world: World, listener: RecordingListener
) -> None:
    await announce(world, saying(world, "polls.first", paced=True))
    for first in range(0, CROWD + 20, 20):
        await asyncio.gather(
            *(announce(world, saying(world, "polls.voted", paced=True)) for _ in range(first, first + 20))
        )
    await announce(world, saying(world, "polls.closed"))
    await listener.new_events()
    kinds = [event.kind for event in announced(listener)]
    assert kinds[0] == "polls.first"
    assert kinds[-1] == "polls.closed"
    assert max(len(publication.events) for publication in listener.publications()) <= CROWD + 2


async def test_it_is_remembered_for_those_who_come_back(world: World, listener: RecordingListener) -> None:
    before = listener.last()
    assert before is not None
    await announce(world, saying(world))
    recent = await world.live.channels.recent(R1, after=before.offset, limit=10)
    (event,) = recent.publications[0].events
    assert (event.kind, event.data, event.cause) == ("polls.opened", DATA, Cause.SERVICE)
    assert recent.position.offset == before.offset + 1


async def test_it_keeps_its_place_when_a_new_epoch_begins(world: World, listener: RecordingListener) -> None:
    await announce(world, saying(world, data=b"0", paced=True), saying(world, data=b"1", paced=True))
    position = (await world.live.channels.positions([R1]))[R1]
    await world.live.channels.renew_epoch(R1, position.epoch)
    await announce(world, saying(world, data=b"2"))
    await eventually(lambda: b"2" in [event.data for event in announced(listener)])
    assert [event.data for event in announced(listener)] == [b"0", b"1", b"2"]


async def test_only_a_live_room_of_the_own_tenant_is_told(world: World, listener: RecordingListener) -> None:
    with pytest.raises(RoomNotFound):
        await world.live.channels.announce(R1, TenantName("other"), saying(world))
    with pytest.raises(RoomNotFound):
        await announce(world, saying(world), room=RoomId("r9"))
    row, _, _ = world.recovery.rooms[R1]
    await world.close_room(replace(row, rev=2))
    with pytest.raises(RoomNotFound):
        await announce(world, saying(world))
    assert announced(listener) == []


async def test_where_nobody_listens_nothing_is_told_and_a_position_seen_before_is_outdated(world: World) -> None:
    await world.go_live()
    seen = (await world.live.channels.positions([R1]))[R1]
    await announce(world, saying(world), saying(world, paced=True))
    now = (await world.live.channels.positions([R1]))[R1]
    assert now.offset == 0
    assert now.epoch != seen.epoch
    assert list((await world.live.channels.recent(R1, after=0, limit=10)).publications) == []


async def test_it_changes_nothing_about_the_room(world: World, listener: RecordingListener) -> None:
    await world.live.channels.join(R1, DEFAULT_TENANT, socket_of("bob"))
    before = await world.room()
    await announce(world, saying(world), saying(world, paced=True))
    assert await world.room() == before
    assert [stale.room for stale in await world.live.stale_rooms(10) if stale.version > before.version] == []
