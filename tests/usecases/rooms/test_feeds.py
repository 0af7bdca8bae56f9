"""The channels of room lists: every subscriber of every process knows what the list says, a moment later."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from liveroom.api.rooms.feeds import LIST_WIRE
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.events.model import RECOVERED, Position
from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.domain.rooms.feeds import PUBLICATION_BYTES, Feed
from liveroom.domain.rooms.paging import ListedRoom, RoomQuery
from liveroom.ports import ListLost, Sent
from liveroom.usecases.rooms.feeds import ListFeeds
from tests.lists import reduce
from tests.outages import Switch
from tests.servers import Redis
from tests.service import Service, serving
from tests.store.live.world import MORNING

VOICE = Feed(DEFAULT_TENANT, "voice")
POLL = 0.25


@dataclass
class Subscriber:
    """A client of one channel, who applies what it is told."""

    position: Position
    rooms: dict[str, dict[str, Any]] = field(default_factory=dict)
    lost: bool = False

    def receive(self, epoch: str, sent: Sent) -> None:
        assert (epoch, sent.offset) == (self.position.epoch, self.position.offset + 1)
        assert len(sent.data) <= PUBLICATION_BYTES
        self.position = Position(epoch, sent.offset)
        reduce(self.rooms, json.loads(sent.data))

    def begin(self, position: Position, snapshot: bytes) -> None:
        """Start from a snapshot."""
        self.position, self.lost = position, False
        self.rooms = {card["roomId"]: card for card in json.loads(snapshot)["rooms"]}


@dataclass
class Process:
    """A process and its subscribers to one channel."""

    feeds: ListFeeds
    feed: Feed = VOICE
    subscribers: list[Subscriber] = field(default_factory=list)
    published_at: list[Any] = field(default_factory=list)

    def published(self, feed: Feed, epoch: str, sent: Sent) -> None:
        assert feed == self.feed
        self.published_at.append(sent.at)
        for subscriber in self.subscribers:
            subscriber.receive(epoch, sent)

    def begun_anew(self, feed: Feed) -> None:
        for subscriber in self.subscribers:
            subscriber.lost = True
        self.subscribers = []

    async def subscribe(self, former: Subscriber | None = None) -> Subscriber:
        """Join the channel, going on where a former subscription ended."""
        await self.feeds.join(self.feed)
        missed = await self.missed(former.position) if former else None
        if former is not None and missed is not None:
            subscriber = former
            for sent in missed:
                subscriber.receive(subscriber.position.epoch, sent)
        else:
            position, snapshot = await self.feeds.snapshot(self.feed)
            subscriber = former or Subscriber(position)
            subscriber.begin(position, snapshot)
        self.subscribers.append(subscriber)
        return subscriber

    async def missed(self, since: Position) -> list[Sent] | None:
        """Return what was published since a position, if that can be said."""
        position, missed = await self.feeds.recent(self.feed, after=since.offset, limit=RECOVERED + 1)
        if position.epoch != since.epoch or len(missed) != position.offset - since.offset or len(missed) > RECOVERED:
            return None
        return list(missed)

    def stop(self) -> None:
        """Lose all subscribers."""
        self.subscribers = []
        self.feeds.leave(self.feed)


@dataclass
class Stage:
    """A service whose list is written by hand, and processes that follow one of its channels."""

    service: Service
    processes: list[Process] = field(default_factory=list)
    versions: int = 0
    listed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def start(self, live: Any = None, feed: Feed = VOICE) -> Process:
        """Start a process more."""
        core = self.service.core
        feeds = ListFeeds(live or core.live, self.service.clock, core.services.listings, LIST_WIRE)
        process = Process(feeds, feed)
        feeds.attach(process)
        self.processes.append(process)
        return process

    async def put(self, room: str, users: int = 1, title: str = "", *, category: str = "voice") -> None:
        """Put a room on the list as it is now."""
        self.versions += 1
        card = {"roomId": room, "title": title, "nnUsers": users, "totalJoined": users + 1}
        self.listed[room] = card
        opened = MORNING.replace(second=int(room) % 60)
        ready = json.dumps(card, separators=(",", ":")).encode()
        entry = ListedRoom(RoomId(room), self.versions, category, opened, users + 1, ready)
        await self.service.core.live.put_listed(DEFAULT_TENANT, [entry])

    async def take_off(self, room: str) -> None:
        self.versions += 1
        self.listed.pop(room, None)
        entry = ListedRoom(RoomId(room), self.versions, "voice", MORNING, 0, None)
        await self.service.core.live.put_listed(DEFAULT_TENANT, [entry])

    async def pass_by(self, seconds: float = POLL) -> None:
        """Let time pass on a running service."""
        for _ in range(int(seconds / POLL)):
            self.service.clock.advance(POLL)
            for process in self.processes:
                await process.feeds.poll()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a stage whose list was built, without rooms."""
    settings: dict[str, Any] = {}
    if request.param == "redis":
        server: Redis = request.getfixturevalue("redis_server")
        server.flushall()
        settings["redis_url"] = server.url
    async with serving(tmp_path, **settings) as service:
        await service.services.listings.rooms(RoomQuery(DEFAULT_TENANT))
        yield Stage(service)


# --- what is told -----------------------------------------------------------------------------------------------------


async def test_a_snapshot_shows_the_list_newest_rooms_first(stage: Stage) -> None:
    await stage.put("1", title="first")
    await stage.put("3", title="third")
    await stage.put("2", title="second")
    await stage.put("9", category="chat")
    position, data = await stage.start().feeds.snapshot(VOICE)
    snapshot = json.loads(data)
    assert [card["title"] for card in snapshot["rooms"]] == ["third", "second", "first"]
    assert snapshot["rooms"][0] == {"roomId": "3", "title": "third", "nnUsers": 1, "totalJoined": 2}
    assert (position.offset, snapshot["rev"]) == (0, stage.versions)


async def test_a_room_that_opens_changes_and_closes_is_told_within_the_second(stage: Stage) -> None:
    subscriber = await stage.start().subscribe()
    await stage.put("1", title="new")
    await stage.pass_by(1)
    assert subscriber.rooms == stage.listed
    await stage.put("1", title="newer")
    await stage.pass_by(1)
    assert subscriber.rooms == stage.listed
    await stage.take_off("1")
    await stage.pass_by(1)
    assert subscriber.rooms == {}
    assert subscriber.position.offset == 3


async def test_nothing_is_published_while_nothing_changes(stage: Stage) -> None:
    await stage.put("1")
    subscriber = await stage.start().subscribe()
    await stage.put("9", category="chat")
    await stage.pass_by(5)
    assert subscriber.position.offset == 0


async def test_at_most_one_publication_leaves_in_a_second(stage: Stage) -> None:
    process = stage.start()
    await process.subscribe()
    for number in range(12):
        await stage.put("1", title=f"title {number}")
        await stage.pass_by()
    assert len(process.published_at) == 3
    gaps = [later - sooner for sooner, later in zip(process.published_at, process.published_at[1:], strict=False)]
    assert all(gap.total_seconds() >= 1 for gap in gaps)


async def test_counts_that_change_and_change_back_are_never_half_told(stage: Stage) -> None:
    """Whoever subscribed in between had seen counts that nobody told them to give up: a snapshot is what was told."""
    await stage.put("1", users=1)
    process = stage.start()
    await process.subscribe()
    await stage.put("1", users=2)
    await stage.pass_by()
    late = await process.subscribe()
    await stage.put("1", users=1)
    await stage.pass_by(4)
    assert late.rooms == stage.listed


async def test_a_list_that_changed_much_is_told_in_parts(stage: Stage) -> None:
    process = stage.start()
    subscriber = await process.subscribe()
    for number in range(150):
        await stage.put(str(number), title="x" * 300)
    await stage.pass_by(1)
    assert 0 < len(subscriber.rooms) < 150
    await stage.pass_by(4)
    assert subscriber.rooms == stage.listed


# --- several processes ------------------------------------------------------------------------------------------------


async def test_all_processes_tell_the_same(stage: Stage) -> None:
    first, second = stage.start(), stage.start()
    here, there = await first.subscribe(), await second.subscribe()
    await stage.put("1")
    await stage.pass_by(1)
    assert (here.position, here.rooms) == (there.position, there.rooms)
    assert here.rooms == stage.listed


async def test_another_process_goes_on_exactly_where_a_dead_producer_stopped(stage: Stage) -> None:
    first, second = stage.start(), stage.start()
    await first.subscribe()
    subscriber = await second.subscribe()
    await stage.put("1")
    await stage.pass_by(1)
    stage.processes.remove(first)
    await stage.put("2")
    await stage.pass_by(4)
    assert subscriber.rooms == stage.listed
    assert subscriber.position.offset == 2
    assert not subscriber.lost


async def test_whoever_comes_back_on_another_process_is_told_what_they_missed(stage: Stage) -> None:
    first, second = stage.start(), stage.start()
    subscriber = await first.subscribe()
    await second.subscribe()
    await stage.put("1")
    await stage.pass_by(1)
    first.subscribers.remove(subscriber)
    await stage.put("2")
    await stage.pass_by(1)
    await second.subscribe(subscriber)
    assert (subscriber.position.offset, subscriber.rooms) == (2, stage.listed)


async def test_a_process_that_has_not_polled_yet_asks_before_it_answers(stage: Stage) -> None:
    first, second = stage.start(), stage.start()
    ahead, behind = await first.subscribe(), await second.subscribe()
    await stage.put("1")
    stage.service.clock.advance(1)
    await first.feeds.poll()
    assert (ahead.position.offset, behind.position.offset) == (1, 0)
    assert await second.missed(ahead.position) == []
    assert behind.position == ahead.position


async def test_subscribers_who_come_and_go_on_any_process_know_the_list(stage: Stage) -> None:
    rng = random.Random(7)
    processes = [stage.start() for _ in range(3)]
    gone: list[Subscriber] = []
    for _ in range(300):
        process, room = rng.choice(processes), str(rng.randrange(20))
        match rng.randrange(6):
            case 0 if len(process.subscribers) < 5:
                await process.subscribe(gone.pop() if gone else None)
            case 1 if process.subscribers:
                gone.append(process.subscribers.pop())
                if not process.subscribers:
                    process.stop()
            case 2:
                await stage.take_off(room)
            case 3 | 4:
                await stage.put(room, rng.randrange(4), title=rng.choice("ab"))
            case _:
                await stage.pass_by(rng.choice((POLL, 1, 2)))
    subscribers = [await process.subscribe() for process in processes]
    await stage.pass_by(5)
    subscribers += [one for process in processes for one in process.subscribers]
    assert all(one.rooms == stage.listed for one in subscribers)


# --- beginning, missing and losing ------------------------------------------------------------------------------------


async def test_the_first_to_come_after_a_pause_gets_the_list_as_it_is(stage: Stage) -> None:
    process = stage.start()
    before = await process.subscribe()
    process.stop()
    for number in range(150):
        await stage.put(str(number), title="x" * 300)
    stage.service.clock.advance(60)
    assert (await process.feeds.join(VOICE)).epoch != before.position.epoch
    await process.subscribe(before)
    assert before.rooms == stage.listed


async def test_a_short_pause_in_which_little_changed_is_recovered_from(stage: Stage) -> None:
    process = stage.start()
    subscriber = await process.subscribe()
    process.stop()
    await stage.put("1")
    stage.service.clock.advance(60)
    await process.subscribe(subscriber)
    assert (subscriber.rooms, subscriber.position.offset) == (stage.listed, 1)


async def test_whoever_missed_too_much_gets_a_snapshot(stage: Stage) -> None:
    process = stage.start()
    subscriber = await process.subscribe()
    start = subscriber.position
    for number in range(RECOVERED + 1):
        await stage.put("1", title=f"title {number}")
        await stage.pass_by(1)
    assert subscriber.position.offset == RECOVERED + 1
    assert await process.missed(start) is None
    assert await process.missed(Position("other", RECOVERED)) is None
    assert await process.missed(Position(start.epoch, RECOVERED + 9)) is None
    missed = await process.missed(Position(start.epoch, 1))
    assert missed is not None
    assert len(missed) == RECOVERED


async def test_history_is_what_was_told(stage: Stage) -> None:
    process = stage.start()
    await process.subscribe()
    for title in ("a", "b"):
        await stage.put("1", title=title)
        await stage.pass_by(1)
    position, found = await process.feeds.recent(VOICE, after=0, limit=10, reverse=True)
    assert [(sent.offset, json.loads(sent.data)["set"][0]["title"]) for sent in found] == [(2, "b"), (1, "a")]
    position_too, both = await process.feeds.recent(VOICE, after=0, limit=10)
    assert (position_too, list(both)) == (position, list(reversed(found)))


async def test_many_who_come_at_once_begin_one_epoch(stage: Stage) -> None:
    processes = [stage.start() for _ in range(3)]
    joined = await asyncio.gather(*(process.feeds.join(VOICE) for process in processes * 5))
    assert len(set(joined)) == 1


@pytest.mark.services
async def test_a_channel_whose_list_was_lost_begins_anew(tmp_path: Path, redis_server: Redis) -> None:
    redis_server.flushall()
    async with serving(tmp_path, redis_url=redis_server.url) as service:
        stage = Stage(service)
        process = stage.start()
        host = await service.sign_up()
        room = await host.go_live(category="voice")
        subscriber = await process.subscribe()
        assert list(subscriber.rooms) == [room]
        await service.core.jobs.backlog.write_all()
        redis_server.flushall()
        await stage.pass_by()
        assert subscriber.lost
        again = await process.subscribe(subscriber)
        assert list(again.rooms) == [room]


class Forgetful:
    """A live store that loses its lists as soon as they are built."""

    def __init__(self) -> None:
        self.feeds = self

    async def state(self, feed: Feed) -> None:
        raise ListLost(feed.tenant)


async def test_a_list_that_is_lost_again_and_again_is_unavailable(stage: Stage) -> None:
    with pytest.raises(LiveUnavailable):
        await stage.start(Forgetful()).feeds.join(VOICE)


async def test_an_outage_loses_nobody(stage: Stage) -> None:
    switch = Switch(LiveUnavailable)
    process = stage.start(switch.over(stage.service.core.live))
    subscriber = await process.subscribe()
    switch.down = True
    await stage.put("1")
    with pytest.raises(LiveUnavailable):
        await process.feeds.poll()
    switch.down = False
    await stage.pass_by(1)
    assert (subscriber.rooms, subscriber.lost) == (stage.listed, False)


async def test_a_channel_that_nobody_here_listens_to_is_not_asked_about(stage: Stage) -> None:
    process = stage.start(Forgetful())
    process.feeds.leave(VOICE)
    assert await process.feeds.poll() == 0
