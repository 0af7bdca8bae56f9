"""The song queue of a room from its opening to its end: with two processes, hooks, late calls and people who leave."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.failures import ActivityNotFound, TooManyActivities
from liveroom.domain.activities.model import ActivityEnd
from liveroom.domain.activities.song_queue import SongQueueState, WhoSings
from liveroom.domain.activities.songs import SongQueueParams
from liveroom.domain.errors import (
    Failure,
    HookRefused,
    NotInRoom,
    NotOffered,
    NotSeated,
    PermissionDenied,
    ProviderUnavailable,
    RateLimited,
)
from liveroom.domain.hooks.model import HookAnswer, HookType
from liveroom.domain.ids import RoomId
from liveroom.domain.music.failures import SongNotFound, SongNotPlaying, SongQueued
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.options import SeatMode
from liveroom.usecases.hooks.calls import HookCall
from liveroom.usecases.music.catalogue import KEPT, SEARCHES, Songs
from liveroom.usecases.music.queue import SongQueues
from tests.songs import MOON, SECONDS
from tests.usecases.conftest import World

FANS = 3


@dataclass
class Evening:
    """A room with a queue, and who is in it."""

    world: World
    host: Actor
    fans: list[Actor]
    room: RoomId
    ids: Mapping[str, str]
    """Of songs, by their titles."""

    @property
    def queues(self) -> SongQueues:
        return self.world.core.services.connecting.music.song_queues

    @property
    def songs(self) -> Songs:
        return self.world.core.services.connecting.music.songs

    async def open(self, **given: Any) -> None:
        await self.queues.open(self.host, self.room, SongQueueParams(**given))

    async def add(self, who: Actor, title: str) -> SongQueueState:
        return (await self.queues.add(who, self.room, self.ids[title])).state

    async def act(self, who: Actor, action: str, entry: int, **data: Any) -> SongQueueState:
        return (await self.queues.act(who, self.room, action, {"entry": entry, **data})).state

    async def state(self) -> SongQueueState:
        return (await self.queues.read(self.host, self.room)).state

    async def shown(self) -> Any:
        """Return what the room's state has of the queue."""
        live = await self.world.core.live.room(self.room)
        assert live is not None
        return msgspec.json.decode(live.options.activities[0].shown) if live.options.activities else None


@pytest.fixture
async def evening(world: World) -> Evening:
    host, *fans = [await world.make_actor(name=f"P{number}") for number in range(1 + FANS)]
    room = await world.go_live(host)
    for fan in fans:
        await world.core.services.entering.enter(fan, room, role="audience", changes=RoomChanges())
    found = await world.core.services.connecting.music.songs.search(host, room, "", cursor="", limit=50)
    ids = {song.title.rpartition(" ")[2]: song.id for song in found.songs}
    await world.core.live.channels.snapshot(room, host.tenant.name)
    return Evening(world, host, fans, room, ids)


async def test_songs_are_chosen_sung_and_scored_and_the_room_hears_all_of_it(evening: Evening, world: World) -> None:
    ann, bob, _ = evening.fans
    await evening.open()
    await evening.add(ann, "Moon")
    await evening.add(bob, "Rain")
    await evening.act(bob, "join", 1)
    world.pass_by(10)
    await evening.act(ann, "pause", 1)
    shown = await evening.shown()
    assert (shown["playing"]["name"], shown["playing"]["chorus"], shown["queued"]) == ("P1", [bob.user], 1)
    assert shown["playing"]["paused"]
    assert shown["playing"]["position"] >= 10_000
    await evening.act(ann, "resume", 1)
    await evening.act(bob, "score", 1, score=77)
    state = await evening.act(ann, "next", 1)
    assert state.playing is not None
    assert state.playing.queued.by == bob.user
    assert state.last is not None
    assert state.last.scores == {bob.user: 77}
    row = (await evening.queues.read(ann, evening.room)).view.activity
    ended = await evening.queues.activities.end(evening.host, row.id)
    assert ended.activity.end is ActivityEnd.ENDED
    assert msgspec.json.decode(ended.activity.result) == {"sung": 1, "queued": 0}
    for person in (ann, bob):
        assert person.user not in ended.activity.state, "nobody is known by a queue that is over"
    recent = await world.core.live.channels.recent(evening.room, after=0, limit=100)
    events = [event for one in recent.publications for event in one.events]
    told = [msgspec.json.decode(one.data or b"") for one in events if str(one.kind) == "activity.changed"]
    assert [one["action"] for one in told] == ["add", "add", "join", "pause", "resume", "score", "next"]
    with pytest.raises(ActivityNotFound):
        await evening.add(ann, "Sun")


async def test_a_song_is_over_by_itself_once_whichever_process_looks(evening: Evening, world: World) -> None:
    ann, bob, _ = evening.fans
    await evening.open()
    await evening.add(ann, "Moon")
    await evening.add(bob, "Rain")
    world.pass_by(SECONDS[MOON] + 1)
    async with world.neighbour() as other:
        await asyncio.gather(world.core.jobs.due_activities.run(), other.jobs.due_activities.run())
    state = await evening.state()
    assert state.playing is not None
    assert (state.playing.queued.by, state.sung, state.waiting) == (bob.user, 1, ())
    with pytest.raises(SongNotPlaying):
        await evening.act(ann, "next", 1)


async def test_of_calls_at_once_each_does_what_it_says_or_nothing(evening: Evening) -> None:
    await evening.open()
    people = [evening.host, *evening.fans]
    await asyncio.gather(
        *(evening.add(who, title) for who in people for title in ("Moon", "Rain")), return_exceptions=True
    )
    before = await evening.state()
    assert before.playing is not None
    songs = [before.playing.queued.song.id, *(queued.song.id for queued in before.waiting)]
    assert all(one != other for one, other in pairwise(songs))
    tries = await asyncio.gather(*(evening.act(evening.host, "skip", 1) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, SongNotPlaying) for one in tries) == 4
    after = await evening.state()
    assert after.playing is not None
    assert [after.playing.queued, *after.waiting] == list(before.waiting)


async def test_who_may_do_what_is_as_the_host_says(evening: Evening, world: World) -> None:
    ann, bob, _ = evening.fans
    with pytest.raises(PermissionDenied):
        await evening.queues.open(ann, evening.room, SongQueueParams())
    await evening.open(who=WhoSings.SEATED)
    with pytest.raises(TooManyActivities):
        await evening.open()
    with pytest.raises(NotSeated):
        await evening.add(ann, "Moon")
    seating = world.core.services.seating
    await seating.plans.configure(evening.host, evening.room, 2, SeatMode.FREE)
    await seating.seats.take(ann, evening.room, 2)
    await evening.add(ann, "Moon")
    with pytest.raises(SongQueued):
        await evening.add(evening.host, "Moon")
    with pytest.raises(PermissionDenied):
        await evening.act(bob, "skip", 1)
    stranger = await world.make_actor()
    for action in ("skip", "join", "leave"):
        with pytest.raises(NotInRoom):
            await evening.act(stranger, action, 1)
    with pytest.raises(NotInRoom):
        await evening.add(stranger, "Rain")
    with pytest.raises(NotInRoom):
        await evening.songs.search(stranger, evening.room, "", cursor="", limit=1)


async def test_an_admin_who_is_not_in_the_room_steers_and_does_not_sing(evening: Evening, world: World) -> None:
    admin = await world.make_actor(admin=True)
    await evening.open()
    await evening.add(evening.fans[0], "Moon")
    await evening.act(admin, "pause", 1)
    with pytest.raises(NotInRoom):
        await evening.add(admin, "Rain")
    with pytest.raises(NotInRoom):
        await evening.act(admin, "join", 1)


async def test_the_queue_goes_on_when_the_host_is_gone(evening: Evening, world: World) -> None:
    ann, bob, _ = evening.fans
    await evening.open()
    await evening.add(ann, "Moon")
    await world.core.services.departures.leave(evening.host, evening.room)
    await evening.add(bob, "Rain")
    state = await evening.act(ann, "next", 1)
    assert state.playing is not None
    assert state.playing.queued.by == bob.user


async def test_songs_go_when_who_chose_them_leaves_or_is_removed(evening: Evening, world: World) -> None:
    ann, bob, cat = evening.fans
    await evening.open()
    for who, title in ((ann, "Moon"), (bob, "Rain"), (cat, "Sun"), (ann, "Rain")):
        await evening.add(who, title)
    await evening.act(cat, "join", 1)
    departed = world.core.services.connecting.activities.departed
    assert await departed.run() == 0
    await world.core.services.departures.leave(ann, evening.room)
    assert await departed.run() == 1
    state = await evening.state()
    assert state.playing is not None
    assert (state.playing.queued.by, [one.by for one in state.waiting], state.sung) == (bob.user, [cat.user], 0)
    await world.core.services.departures.kick(evening.room, bob.user)
    await departed.run()
    shown = await evening.shown()
    assert (shown["playing"]["userId"], shown["waiting"]) == (cat.user, [])


async def test_searching_is_limited(evening: Evening) -> None:
    async def search() -> None:
        for _ in range(SEARCHES + 1):
            await evening.songs.search(evening.host, evening.room, "", cursor="", limit=1)

    with pytest.raises(RateLimited):
        await search()


class Library:
    """Somebody who answers for songs."""

    def __init__(self) -> None:
        self.asked = list[Mapping[str, Any]]()
        self.fails: Exception | None = None

    async def answer(self, call: HookCall) -> HookAnswer:
        self.asked.append(call.data)
        if self.fails is not None:
            raise self.fails
        if call.data["songId"] not in ("", "x1"):
            return HookAnswer(allow=True)
        one = {
            "songId": "x1",
            "title": "Theirs",
            "length": 1000,
            "url": "https://songs.example.com/x1",
            "lyrics": "[00:01]a",
        }
        return HookAnswer(allow=True, changes={"songs": [one, {**one, "songId": "x2"}], "cursor": "next"})


async def test_songs_of_a_hook_take_the_place_of_the_folders(evening: Evening, world: World) -> None:
    library, songs = Library(), evening.songs
    world.core.hook_calls.add_local(HookType.SONG, library.answer)
    found = await songs.search(evening.host, evening.room, "their", cursor="c", limit=1)
    assert ([song.id for song in found.songs], found.cursor) == (["x1"], "next")
    asked = {"userId": evening.host.user, "roomId": evening.room, "category": "", "songId": ""}
    assert library.asked == [{**asked, "text": "their", "cursor": "c", "limit": 1}]
    known = await songs.read(evening.host, evening.room, "x1")
    assert (known.found.url, [line.text for line in known.lyrics]) == ("https://songs.example.com/x1", ["a"])
    await songs.read(evening.fans[0], evening.room, "x1")
    assert len(library.asked) == 2, "what was just asked is known"
    world.pass_by(KEPT.total_seconds() + 1)
    await songs.read(evening.fans[0], evening.room, "x1")
    assert len(library.asked) == 3
    for id in ("x2", evening.ids["Moon"]):
        with pytest.raises(SongNotFound):
            await songs.read(evening.host, evening.room, id)


@pytest.mark.parametrize(
    ("fails", "seen"), [(HookRefused("not in your country"), HookRefused), (ValueError(), ProviderUnavailable)]
)
async def test_a_hook_that_refuses_or_fails_is_not_passed_by(
    evening: Evening, world: World, fails: Exception, seen: type[Failure]
) -> None:
    library = Library()
    library.fails = fails
    world.core.hook_calls.add_local(HookType.SONG, library.answer)
    await evening.open()
    with pytest.raises(seen):
        await evening.add(evening.host, "Moon")


async def test_without_hook_and_folder_there_is_nothing_to_sing(evening: Evening, world: World) -> None:
    songs = Songs(evening.songs.ranks, world.core.clock, world.core.hook_calls, None)
    with pytest.raises(NotOffered):
        await songs.search(evening.host, evening.room, "", cursor="", limit=1)
