"""Song queues in any order, and at once on two processes, against plain lists: all show the same, and sing it once.

Processes die once a change is committed, before anybody is told, and Redis forgets everything.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from liveroom import faults
from liveroom.app.assembly import Core
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.song_queue import SongQueueState, position_at
from liveroom.domain.activities.songs import SongQueueParams
from liveroom.domain.errors import Failure
from liveroom.domain.hooks.model import HookAnswer, HookType
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.hooks.calls import HookCall
from tests import migrated
from tests.dying import Died, die
from tests.machines import LoopMachine, play_out
from tests.servers import Mariadb, RedisCluster
from tests.stories.world import once_rebuilt
from tests.usecases.activities.plain_queue import PlainQueue
from tests.usecases.economy.economy import Economy, economy_on, make_actor

FANS, SONGS, MOST, LENGTH = 4, 4, 2, 3000
"""The clock of the tests goes on by itself: what is to be over is so by far, and what is not is not."""
HOST: Final = -1
ROUNDED: Final = 30.0
"""Seconds by which the two may differ: the clock goes on between a call and the look at it."""
_who = st.integers(HOST, FANS - 1)
_fan = st.integers(0, FANS - 1)
_process = st.integers(0, 1)
_ahead = st.sampled_from([0, 0, 0, 1, 1, 2, 3, -1])
"""Which song, counted from the one that plays."""

_moves = st.sampled_from([(0, None), (1000, None), (9000, None), (None, True), (None, False)])


async def sing(call: HookCall) -> HookAnswer:
    """Answer for every song that there is such a one."""
    one = {"songId": call.data["songId"], "title": "A song", "length": LENGTH * 1000}
    return HookAnswer(allow=True, changes={"songs": [one]})


class SongMachine(LoopMachine):
    """Songs are added, moved, sung, held and left by members who come and go."""

    economy: Economy
    cluster: RedisCluster | None

    def now(self) -> float:
        return self.economy.clock.now().timestamp()

    @initialize()
    def begin(self) -> None:
        self.queue = PlainQueue(LENGTH, MOST)
        self.run(self._begin())

    async def _begin(self) -> None:
        core = self.economy.core
        self.host, *fans = [await make_actor(self.economy) for _ in range(1 + FANS)]
        self.fans: Sequence[Actor] = fans
        self.room = RoomId(str(self.host.user))
        enter = core.services.entering.enter
        await once_rebuilt(lambda: enter(self.host, self.room, role="anchor", changes=RoomChanges()))
        for fan in fans:
            await once_rebuilt(partial(enter, fan, self.room, role="audience", changes=RoomChanges()))
        await core.services.connecting.music.song_queues.open(self.host, self.room, SongQueueParams(most=MOST))

    @rule(who=_fan, song=st.integers(0, SONGS - 1), process=_process)
    def add(self, who: int, song: int, process: int) -> None:
        now = self._tick()
        assert self.run(self._add(process, who, song)) == self.queue.add(who, song, now)

    @rule(who=_who, ahead=_ahead, process=_process, sung=st.booleans())
    def end(self, who: int, ahead: int, process: int, sung: bool) -> None:
        now, entry = self._tick(), self._entry(ahead)
        found = self.run(self._act(process, who, "next" if sung else "skip", entry))
        assert found == self.queue.end(who, entry, now, sung=sung)

    @rule(calls=st.lists(st.tuples(_who, _process), min_size=2, max_size=6))
    def end_at_once(self, calls: list[tuple[int, int]]) -> None:
        """Many say that the song is over: it is once, by one who may."""
        now, entry = self._tick(), self._entry(0)

        async def all() -> list[str]:
            return await asyncio.gather(*(self._act(process, who, "skip", entry) for who, process in calls))

        found = self.run(all())
        playing = self.queue.playing
        may = [who for who, _ in calls if playing is not None and who in (HOST, playing[2])]
        assert found.count("") == (1 if may else 0)
        assert {*found} <= {"", "SongNotPlaying", "PermissionDenied"}
        if may:
            assert self.queue.end(HOST, entry, now, sung=False) == ""

    @rule(calls=st.lists(st.tuples(_fan, st.integers(0, SONGS - 1), _process), min_size=2, max_size=6))
    def add_at_once(self, calls: list[tuple[int, int, int]]) -> None:
        """Many add songs: what is there afterwards comes of some order of theirs."""
        now = self._tick()

        async def all() -> list[str]:
            return await asyncio.gather(*(self._add(process, who, song) for who, song, process in calls))

        found, state = self.run(all()), self.run(self._state(0))
        taken = sorted((who, song) for (who, song, _), why in zip(calls, found, strict=True) if not why)
        new = [one for one in self._songs(state) if one[0] > self.queue.entries]
        assert sorted((who, song) for _, song, who in new) == taken
        for _, song, who in new:
            assert self.queue.add(who, song, now) == "", "in the order in which they stand, each was allowed"

    @rule(who=_who, ahead=_ahead, process=_process, how=_moves)
    def move(self, who: int, ahead: int, process: int, how: tuple[float | None, bool | None]) -> None:
        (to, held), now, entry = how, self._tick(), self._entry(ahead)
        action = "seek" if to is not None else "pause" if held else "resume"
        found = self.run(self._act(process, who, action, entry, position=timedelta(seconds=to or 0)))
        assert found == self.queue.move(who, entry, now, to=to, held=held)

    @rule(who=_who, ahead=_ahead, process=_process)
    def remove(self, who: int, ahead: int, process: int) -> None:
        self._tick()
        entry = self._entry(ahead)
        assert self.run(self._act(process, who, "remove", entry)) == self.queue.remove(who, entry)

    @rule(who=_who, ahead=_ahead, process=_process)
    def top(self, who: int, ahead: int, process: int) -> None:
        self._tick()
        entry = self._entry(ahead)
        assert self.run(self._act(process, who, "top", entry)) == self.queue.top(who, entry)

    @rule(who=_fan, ahead=_ahead, process=_process, sings=st.booleans())
    def chorus(self, who: int, ahead: int, process: int, sings: bool) -> None:
        self._tick()
        entry = self._entry(ahead)
        found = self.run(self._act(process, who, "join" if sings else "leave", entry))
        assert found == self.queue.sing(who, entry, sings=sings)

    @rule(who=_fan)
    def leave(self, who: int) -> None:
        """Somebody leaves and comes back: their songs are gone."""
        now, core = self._tick(), self.economy.core

        async def go() -> None:
            await core.services.departures.leave(self.fans[who], self.room)
            await core.services.connecting.activities.departed.run()
            enter = core.services.entering.enter
            await once_rebuilt(lambda: enter(self.fans[who], self.room, role="audience", changes=RoomChanges()))

        self.run(go())
        self.queue.leave(who, now)

    @rule(who=_fan, song=st.integers(0, SONGS - 1), process=_process)
    def die(self, who: int, song: int, process: int) -> None:
        """The process that has added a song dies before it tells anybody: another one does."""
        now = self._tick()

        async def go() -> str:
            faults.arm("activity.committed", die)
            try:
                return await self._add(process, who, song)
            except Died:
                return ""
            finally:
                faults.disarm()

        assert self.run(go()) == self.queue.add(who, song, now)
        self.run(self._told())

    @precondition(lambda self: self.cluster is not None)
    @rule(who=_fan, song=st.integers(0, SONGS - 1), process=_process)
    def forget(self, who: int, song: int, process: int) -> None:
        """Redis forgets everything, and somebody adds a song: the queue comes back from SQL."""

        async def write() -> None:
            for core in self.economy.cores:
                await once_rebuilt(core.jobs.backlog.write_all)

        self.run(write())
        self.run(self._told())
        assert self.cluster is not None
        self.cluster.flushall()
        now = self._tick()
        assert self.run(self._add(process, who, song)) == self.queue.add(who, song, now)

    @rule(seconds=st.sampled_from([1, LENGTH + 100]))
    def pass_by(self, seconds: int) -> None:
        self.economy.clock.advance(seconds)

        async def both() -> None:
            await asyncio.gather(*(core.jobs.due_activities.run() for core in self.economy.cores))
            # A process that shares no live store tells nobody: the relay does.
            await self._told()

        self.run(both())
        self.queue.pass_by(self.now())

    @invariant()
    def agrees(self) -> None:
        """SQL, and what each process shows of the room, say what the lists do."""
        if not hasattr(self, "fans"):
            return
        state = self.run(self._state(1))
        queue, playing = self.queue, state.playing
        assert self._songs(state) == [*([] if queue.playing is None else [queue.playing]), *queue.waiting]
        assert (state.sung, state.entries) == (queue.sung, queue.entries)
        if playing is not None:
            assert [self._number(one) for one in playing.chorus] == queue.chorus
            position = position_at(playing, self.economy.clock.now()).total_seconds()
            assert abs(position - queue.at(self.now())) < ROUNDED
            assert playing.paused == (queue.held is not None)
        shown = self.run(self._shown())
        entries = [] if shown["playing"] is None else [shown["playing"]["entryId"]]
        assert [*entries, *(one["entryId"] for one in shown["waiting"])] == [one[0] for one in self._songs(state)]

    def _tick(self) -> float:
        """Let a second pass, in which nothing is over: every change is told with a time of its own."""
        self.economy.clock.advance(1)
        return self.now()

    async def _told(self) -> None:
        """Let the relay tell what nobody has told within a second."""
        self.economy.clock.advance(1)
        for core in self.economy.cores if self.economy.shares else [self.economy.core]:
            await once_rebuilt(core.jobs.relay.run)

    def _entry(self, ahead: int) -> int:
        if self.queue.playing is None:
            return max(1, self.queue.entries + ahead)
        return max(1, self.queue.playing[0] + ahead)

    def _number(self, user: str) -> int:
        return next(number for number, fan in enumerate(self.fans) if fan.user == user)

    def _songs(self, state: SongQueueState) -> list[tuple[int, int, int]]:
        found = [*([] if state.playing is None else [state.playing.queued]), *state.waiting]
        return [(one.entry, int(one.song.id.removeprefix("s")), self._number(one.by)) for one in found]

    def _core(self, process: int) -> Core:
        return self.economy.cores[process] if self.economy.shares else self.economy.core

    async def _add(self, process: int, who: int, song: int) -> str:
        queues = self._core(process).services.connecting.music.song_queues
        try:
            await once_rebuilt(lambda: queues.add(self.fans[who], self.room, f"s{song}"))
        except Failure as failure:
            return type(failure).__name__
        return ""

    async def _act(self, process: int, who: int, action: str, entry: int, **data: Any) -> str:
        queues = self._core(process).services.connecting.music.song_queues
        actor = self.host if who == HOST else self.fans[who]
        try:
            await queues.act(actor, self.room, action, {"entry": entry, **data})
        except Failure as failure:
            return type(failure).__name__
        return ""

    async def _state(self, process: int) -> SongQueueState:
        queues = self._core(process).services.connecting.music.song_queues
        return (await queues.read(self.host, self.room)).state

    async def _shown(self) -> Any:
        live = await self._core(1).live.room(self.room)
        assert live is not None
        (running,) = live.options.activities
        return msgspec.json.decode(running.shown)


async def play(folder: Path, *, examples: int, steps: int, cluster: RedisCluster | None = None, **given: Any) -> None:
    """Let examples of the machine play on one installation."""
    async with economy_on(folder, **given) as economy:
        for core in economy.cores:
            core.hook_calls.add_local(HookType.SONG, sing)
        SongMachine.economy, SongMachine.cluster = economy, cluster
        await play_out(SongMachine, examples=examples, steps=steps, phases=[Phase.generate], derandomize=examples < 20)


async def test_queues_in_any_order_come_to_what_lists_say(tmp_path: Path) -> None:
    await play(tmp_path, examples=4, steps=15)


@pytest.mark.long
async def test_so_they_do_in_many_orders(tmp_path: Path) -> None:
    await play(tmp_path, examples=80, steps=40)


@pytest.mark.long
@pytest.mark.services
async def test_so_they_do_on_a_cluster_that_forgets_with_two_processes(
    tmp_path: Path, mariadb: Mariadb, redis_cluster: RedisCluster
) -> None:
    redis_cluster.flushall()
    url = migrated.mariadb_url(mariadb)
    await play(tmp_path, examples=30, steps=30, cluster=redis_cluster, database_url=url, redis_url=redis_cluster.url)
