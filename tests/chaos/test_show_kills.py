"""Polls and a song queue while processes die and servers are lost: each vote counts once, each song is there once."""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.chaos.gift_trouble import Trouble, mortals
from tests.chaos.load import OUTAGE
from tests.chaos.processes import caller_of
from tests.servers import Mariadb, Redis, running
from tests.songs import write_silence
from tests.stories.installations import served_world
from tests.stories.world import Ask, Phone, Reply
from tests.worlds import a_moment

_FANS: Final = 16
_SONGS: Final = 3
"""How many each of them wants to sing."""
_CHOICES: Final = 4
_POINTS: Final = ("activity.committed", "activity.counted")
_ENOUGH: Final = 10
"""Polls that were decided, at least."""
_MOST: Final = 150.0
_SETTLED: Final = 60.0
_EAGER: Final = 0.3
"""How probable it is that somebody adds a song before they vote."""
_PAUSE: Final = 0.05
_RATE_LIMITED: Final = 3004
_NOT_IN_ROOM: Final = 3007
_ONE_AT_A_TIME: Final = 3131
_OVER: Final = 3132
_TWICE: Final = 3141
_SHOWS: Final = {"LIVEROOM_MUSIC": "folder", "LIVEROOM_LOG_LEVEL": "warning"}


@dataclass
class Fan:
    """Somebody who votes in each poll, and adds each of their songs once."""

    phone: Phone
    songs: Sequence[str] = ()
    added: set[str] = field(default_factory=set)


@dataclass
class Show:
    """A room with polls and a song queue, and those who are in it; whoever is not answered asks again."""

    host: Phone
    fans: Sequence[Fan]
    asks: Sequence[Ask]
    dice: random.Random
    polls: int = 0
    wrong: list[str] = field(default_factory=list)
    broken: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    async def ask(self, phone: Phone, path: str, **given: Any) -> Reply | None:
        """Call one process or another; None: nobody knows what became of it."""
        phone.ask = self.dice.choice(self.asks)
        try:
            reply = await phone.reply(path, **given)
        except (httpx.TransportError, TimeoutError):
            reply = {"errorCode": 103}
        if reply["errorCode"] in OUTAGE:
            self.broken += 1
            return None
        return reply

    async def until(self, phone: Phone, path: str, *or_codes: int, **given: Any) -> Any:
        """Ask until it is done, or answered with one of these codes; return its data."""
        async with asyncio.timeout(_SETTLED):
            while (reply := await self.ask(phone, path, **given)) is None or reply["errorCode"] not in {0, *or_codes}:
                await self._make_up_for(phone, reply)
        return reply.get("data")

    async def _make_up_for(self, phone: Phone, reply: Reply | None) -> None:
        """Wait after a call that came to nothing; enter again whom a flushed Redis has forgotten."""
        if reply is not None and reply["errorCode"] != _RATE_LIMITED:
            assert reply["errorCode"] == _NOT_IN_ROOM, reply
            await self.ask(phone, "rooms/enter_room", roomId=self.host.user, role="audience")
        await a_moment(_PAUSE)

    async def begin(self) -> None:
        """Open the queue, and let everybody choose their songs."""
        room = self.host.user
        await self.until(self.host, "music/open", roomId=room, who="everyone", most=_SONGS)
        found = await self.until(self.host, "music/search", roomId=room, text="song")
        for fan in self.fans:
            fan.songs = self.dice.sample([song["songId"] for song in found], _SONGS)

    def start(self) -> None:
        self.task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        self.stopping.set()
        if self.task is not None:
            await self.task

    async def _go_on(self) -> None:
        while not self.stopping.is_set():
            await self._decide()
        for fan in self.fans:
            for song in fan.songs:
                while song not in fan.added:
                    await self.add(fan, song)

    async def _decide(self) -> None:
        """Let everybody vote in a poll, and end it: it says what they have been told that they chose."""
        room, options = self.host.user, [f"choice {number}" for number in range(_CHOICES)]
        given = {"roomId": room, "question": "Which?", "options": options}
        await self.until(self.host, "activities/start_poll", _ONE_AT_A_TIME, **given)
        poll = await self._running()
        chosen = await asyncio.gather(*(self._vote(fan, poll) for fan in self.fans))
        await self.until(self.host, "activities/end", _OVER, activityId=poll)
        past = await self.until(self.host, "activities/past", roomId=room)
        result = next(one["result"] for one in past if one["activityId"] == poll)
        wanted = [chosen.count(number) for number in range(_CHOICES)]
        if (result["votes"], result["counts"]) != (len(self.fans), wanted):
            self.wrong.append(f"{poll}: {result}, not {wanted}")
        self.polls += 1

    async def _running(self) -> str:
        """Return the poll, as soon as the room has been told of it: a process may die before it tells."""
        async with asyncio.timeout(_SETTLED):
            while True:
                running = await self.until(self.host, "activities/current", roomId=self.host.user)
                if polls := [str(one["activityId"]) for one in running if one["type"] == "poll"]:
                    return polls[0]
                await a_moment(_PAUSE)

    async def _vote(self, fan: Fan, poll: str) -> int:
        choice = self.dice.randrange(_CHOICES)
        missing = [song for song in fan.songs if song not in fan.added]
        if missing and self.dice.random() < _EAGER:
            await self.add(fan, self.dice.choice(missing))
        await self.until(fan.phone, "activities/vote", activityId=poll, choices=[str(choice)])
        return choice

    async def add(self, fan: Fan, song: str) -> None:
        """Add a song. One that is there already was added by a call that nobody has answered."""
        reply = await self.ask(fan.phone, "music/add", roomId=self.host.user, songId=song)
        if reply is None:
            return
        if reply["errorCode"] == _TWICE:
            queue = await self.ask(fan.phone, "music/queue", roomId=self.host.user)
            if queue is not None and queue["errorCode"] == 0 and (fan.phone.user, song) in _entries(queue["data"]):
                fan.added.add(song)
        elif reply["errorCode"] == 0:
            fan.added.add(song)
        else:
            await self._make_up_for(fan.phone, reply)


def _entries(queue: dict[str, Any]) -> list[tuple[str, str]]:
    """Return who has chosen what, in order."""
    playing = [queue["playing"]] if queue["playing"] else []
    return [(one["userId"], one["song"]["songId"]) for one in (*playing, *queue["waiting"])]


@dataclass
class Night:
    show: Show
    trouble: Trouble

    async def until_it_counts(self) -> None:
        """Return when enough was decided, a process has died at each point, and each server was lost."""
        async with asyncio.timeout(_MOST):
            while self.show.polls < _ENOUGH or {*_POINTS} - self.trouble.deaths.keys() or len(self.trouble.losses) < 4:
                self.trouble.look()
                if self.show.task is not None and self.show.task.done():
                    self.show.task.result()
                await a_moment(0.2)


@asynccontextmanager
async def night(folder: Path, mariadb: Mariadb, redis: Redis, seed: int) -> AsyncIterator[Night]:
    """Yield it, with everybody in the room."""
    dice, world, songs = random.Random(seed), served_world(folder, mariadb, redis), folder / "songs"
    songs.mkdir()
    for number in range(12):
        write_silence(songs / f"Ann - song {number:02}.wav", 3600, rate=1)
    await world.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(world.stop, gracefully=False)
        processes = mortals(folder, world.settings, **_SHOWS, LIVEROOM_MUSIC_FOLDER=str(songs))
        for process in processes:
            stack.callback(process.kill)
            await asyncio.to_thread(process.start)
        asks = [await stack.enter_async_context(caller_of(process)) for process in processes]
        host, *people = await world.strangers(1 + _FANS)
        await host.go_live()
        for phone in people:
            await phone.enter(host.user)
        show = Show(host, list(map(Fan, people)), asks, dice)
        await show.begin()
        yield Night(show, Trouble(processes, mariadb, redis, dice, _POINTS))


@pytest.mark.long
@pytest.mark.services
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_each_vote_counts_once_and_each_song_is_there_once_whatever_dies(
    tmp_path: Path, mariadb_to_kill: Mariadb, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    with running(Redis(tmp_path / "redis", "--appendfsync", "always")) as redis:
        async with night(tmp_path, mariadb_to_kill, redis, seed) as it:
            show = it.show
            show.start()
            it.trouble.start()
            await it.until_it_counts()
            await it.trouble.stop()
            await show.stop()
            said = f"{show.polls} polls of {_FANS} votes, {show.broken} calls without an answer"
            with capsys.disabled():
                sys.stdout.write(
                    f"\nseed {seed}, {time.monotonic() - began:.0f} s: {said}; "
                    f"deaths {dict(it.trouble.deaths)}; {dict(it.trouble.losses)}\n"
                )
            assert not show.wrong, "\n".join([*show.wrong, *(f"{at} {what}" for at, what in it.trouble.happened)])
            queues = list[list[tuple[str, str]]]()
            for ask in show.asks:
                show.host.ask = ask
                queues.append(_entries(await show.host.call("music/queue", roomId=show.host.user)))
            assert all(queue == queues[0] for queue in queues)
            assert Counter(queues[0]) == Counter((fan.phone.user, song) for fan in show.fans for song in fan.songs)
            for process in it.trouble.processes:
                assert "Traceback" not in process.log(), process.log()
