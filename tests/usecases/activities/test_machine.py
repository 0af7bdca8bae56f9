"""Polls in any order, and at once on two processes, against a dictionary: each ballot counts once, and all show it."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from liveroom.domain.activities.failures import TooManyActivities
from liveroom.domain.errors import Failure
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomChanges
from tests import migrated
from tests.machines import LoopMachine, play_out
from tests.servers import Mariadb, RedisCluster
from tests.stories.world import once_rebuilt
from tests.usecases.activities.evening import Evening
from tests.usecases.activities.plain_poll import Choices, PlainPoll
from tests.usecases.economy.economy import Economy, economy_on, make_actor

FANS, OPTIONS, LASTS = 6, 3, 600
"""The clock of the tests goes on by itself: what is to be due is so by far, and what is not is not."""
_choices = st.lists(st.integers(0, OPTIONS), min_size=1, max_size=OPTIONS, unique=True).map(sorted).map(tuple)
_votes = st.lists(st.tuples(st.integers(0, FANS - 1), _choices, st.integers(0, 1)), min_size=1, max_size=12)


async def evening_on(economy: Economy) -> Sequence[Evening]:
    """Return an evening with a room of its own, as each process has it; where one has no live store, twice the same."""
    core = economy.core
    enter = core.services.entering.enter
    host, *fans = [await make_actor(economy) for _ in range(1 + FANS)]
    room = RoomId(str(host.user))
    await once_rebuilt(lambda: enter(host, room, role="anchor", changes=RoomChanges()))
    for fan in fans:
        await once_rebuilt(partial(enter, fan, room, role="audience", changes=RoomChanges()))
    cores = economy.cores if economy.shares else (core, core)
    return [Evening(one, host, fans, room) for one in cores]


class PollMachine(LoopMachine):
    """Polls are started, voted on, ended and over; several things happen at once."""

    economy: Economy

    def now(self) -> float:
        return self.economy.clock.now().timestamp()

    @initialize()
    def begin(self) -> None:
        self.evenings, self.id = self.run(evening_on(self.economy)), ""
        self.poll = PlainPoll(OPTIONS, 1, reason="never")

    @rule(most=st.integers(1, OPTIONS), lasts=st.sampled_from([0, LASTS]), anonymous=st.booleans())
    def start(self, most: int, lasts: int, anonymous: bool) -> None:
        self.economy.clock.advance(1)
        options = tuple(f"o{number}" for number in range(OPTIONS))
        try:
            id = self.run(self.evenings[0].poll(options=options, most=most, lasts=lasts, anonymous=anonymous))
        except TooManyActivities:
            assert not self.poll.reason
            return
        assert self.poll.reason
        self.id, self.poll = id, PlainPoll(OPTIONS, most, self.now() + lasts if lasts else None)

    @rule(votes=_votes, ends=st.booleans())
    def vote(self, votes: list[tuple[int, Choices, int]], ends: bool) -> None:
        if not self.id:
            return

        async def all() -> list[object]:
            cast = [self._cast(self.evenings[process], fan, choices) for fan, choices, process in votes]
            return await asyncio.gather(*cast, *([self._end()] if ends else []))

        found = self.run(all())[: len(votes)]
        self.poll.take([(fan, choices) for fan, choices, _ in votes], found, ends=ends, now=self.now())

    @rule(seconds=st.sampled_from([1, LASTS]))
    def pass_by(self, seconds: int) -> None:
        self.economy.clock.advance(seconds)

        async def both() -> None:
            await asyncio.gather(*(core.jobs.due_activities.run() for core in self.economy.cores))
            # A process that shares no live store tells nobody: the relay does, after a second.
            self.economy.clock.advance(1)
            await self.economy.core.jobs.relay.run()

        self.run(both())
        self.poll.step(self.now())

    @invariant()
    def agrees(self) -> None:
        """SQL, the room's state and the result say what the dictionary does."""
        if not getattr(self, "id", ""):
            return
        row, shown = self.run(self.evenings[0].row(self.id)), self.run(self.evenings[1].shown())
        assert (row.votes, dict(row.tally)) == (len(self.poll.ballots), self.poll.tally)
        assert ("" if row.end is None else row.end.value) == self.poll.reason
        assert [one.id for one in shown] == ([] if self.poll.reason else [self.id])
        if self.poll.reason:
            counts = [self.poll.tally.get(str(number), 0) for number in range(OPTIONS)]
            assert msgspec.json.decode(row.result)["counts"] == counts

    async def _cast(self, evening: Evening, fan: int, choices: Choices) -> object:
        try:
            voted = await evening.vote(fan, self.id, *choices)
        except Failure as failure:
            return type(failure).__name__
        return tuple(map(int, voted.ballot.choices)), voted.is_repeated

    async def _end(self) -> object:
        evening = self.evenings[1]
        try:
            return await evening.services.activities.end(evening.host, self.id)
        except Failure as failure:
            return failure


async def play(folder: Path, *, examples: int, steps: int, **given: Any) -> None:
    """Let examples of the machine play on one installation."""
    async with economy_on(folder, **given) as economy:
        PollMachine.economy = economy
        await play_out(PollMachine, examples=examples, steps=steps, phases=[Phase.generate], derandomize=examples < 20)


async def test_polls_in_any_order_come_to_what_a_dictionary_says(tmp_path: Path) -> None:
    await play(tmp_path, examples=5, steps=10)


@pytest.mark.long
async def test_so_they_do_in_many_orders(tmp_path: Path) -> None:
    await play(tmp_path, examples=80, steps=30)


@pytest.mark.long
@pytest.mark.services
async def test_so_they_do_on_a_cluster_with_two_processes(
    tmp_path: Path, mariadb: Mariadb, redis_cluster: RedisCluster
) -> None:
    redis_cluster.flushall()
    url = migrated.mariadb_url(mariadb)
    await play(tmp_path, examples=30, steps=25, database_url=url, redis_url=redis_cluster.url)
