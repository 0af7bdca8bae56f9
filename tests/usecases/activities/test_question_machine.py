"""Rounds of questions in any order, and at once on two processes, against plain lists: all show the same votes."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.questions import QuestionsParams
from liveroom.domain.errors import Failure
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.activities.questions import RoomQuestions
from tests import migrated
from tests.machines import LoopMachine, play_out
from tests.servers import Mariadb, RedisCluster
from tests.stories.world import once_rebuilt
from tests.usecases.activities.plain_questions import PlainRound
from tests.usecases.activities.test_machine import evening_on
from tests.usecases.economy.economy import Economy, economy_on

FANS, TEXTS, MOST = 4, 5, 2
HOST: Final = -1
_who = st.integers(HOST, FANS - 1)
_fan = st.integers(0, FANS - 1)
_process = st.integers(0, 1)
_which = st.sampled_from([0, 0, 1, 2, 3, -1])
"""Which question, counted from the one that has waited longest; -1: one that was asked before."""
_votes = st.lists(st.tuples(_who, _which, st.booleans(), _process), min_size=1, max_size=10)


class QuestionMachine(LoopMachine):
    """Questions are asked, voted for, marked, answered and removed by members who come and go."""

    economy: Economy

    @initialize()
    def begin(self) -> None:
        self.round = PlainRound(MOST)
        self.evenings = self.run(evening_on(self.economy))
        opened = self._questions(0).open(self.evenings[0].host, self.evenings[0].room, QuestionsParams(most=MOST))
        self.id = self.run(opened).activity.id

    @rule(who=_who, text=st.integers(0, TEXTS - 1), process=_process)
    def ask(self, who: int, text: int, process: int) -> None:
        self._tick()
        assert self.run(self._said(self._ask(process, who, text))) == self.round.ask(who, text)

    @rule(calls=st.lists(st.tuples(_who, st.integers(0, TEXTS - 1), _process), min_size=2, max_size=6))
    def ask_at_once(self, calls: list[tuple[int, int, int]]) -> None:
        """Many ask: what waits afterwards comes of some order of theirs."""
        self._tick()

        async def all() -> list[str]:
            return await asyncio.gather(*(self._said(self._ask(process, who, text)) for who, text, process in calls))

        found = self.run(all())
        state = self.run(self._questions(0).read(self.evenings[0].host, self.evenings[0].room)).state
        new = [(self._number(one.by), int(one.text[:-1])) for one in state.waiting[len(self.round.waiting) :]]
        assert sorted((who, text) for (who, text, _), why in zip(calls, found, strict=True) if not why) == sorted(new)
        for who, text in new:
            assert self.round.ask(who, text) == "", "in the order in which they wait, each was allowed"

    @rule(votes=_votes)
    def vote(self, votes: list[tuple[int, int, bool, int]]) -> None:
        """Many vote, and take back: of what one person says of one question, the last one to arrive holds."""
        self._tick()
        asked = [(who, self._id(which), up, process) for who, which, up, process in votes]

        async def all() -> list[str]:
            return await asyncio.gather(
                *(
                    self._said(self._questions(process).vote(self._actor(who), self.id, id, up=up))
                    for who, id, up, process in asked
                )
            )

        said = defaultdict[tuple[int, str], set[bool]](set)
        for (who, id, up, _), why in zip(asked, self.run(all()), strict=True):
            assert why == ("" if self.round.find(id) is not None else "QuestionNotFound")
            said[who, id].add(up)
        for (who, id), ups in said.items():
            question = self.round.find(id)
            if question is None:
                continue
            read = self.run(self._questions(1).read(self._actor(who), self.evenings[1].room))
            is_voted = next(one.is_voted for one in read.questions if one.asked.id == id)
            assert is_voted in ups
            (question.voters.add if is_voted else question.voters.discard)(who)

    @rule(who=_who, which=_which, process=_process)
    def mark(self, who: int, which: int, process: int) -> None:
        self._tick()
        id = self._id(which)
        found = self.run(self._said(self._questions(process).mark(self._actor(who), self.id, id)))
        assert found == self.round.mark(who, id)

    @rule(who=_who, which=_which, process=_process)
    def answer(self, who: int, which: int, process: int) -> None:
        self._tick()
        id = self._id(which)
        found = self.run(self._said(self._questions(process).answer(self._actor(who), self.id, id, "so")))
        assert found == self.round.answer(who, id)

    @rule(which=_which, calls=st.lists(_process, min_size=2, max_size=4))
    def answer_at_once(self, which: int, calls: list[int]) -> None:
        """Hosts on several devices answer the same question: once."""
        self._tick()
        id = self._id(which)

        async def all() -> list[str]:
            work = [self._questions(process).answer(self._actor(HOST), self.id, id, "so") for process in calls]
            return await asyncio.gather(*map(self._said, work))

        found = self.run(all())
        assert found.count("") == (0 if self.round.answer(HOST, id) else 1)
        assert {*found} <= {"", "QuestionNotFound"}

    @rule(who=_who, which=_which, process=_process)
    def remove(self, who: int, which: int, process: int) -> None:
        self._tick()
        id = self._id(which)
        found = self.run(self._said(self._questions(process).remove(self._actor(who), self.id, id)))
        assert found == self.round.remove(who, id)

    @rule(who=_fan)
    def leave(self, who: int) -> None:
        """Somebody leaves and comes back: what they have asked is gone, and their votes are not."""
        self._tick()
        core, room = self.economy.core, self.evenings[0].room

        async def go() -> None:
            await core.services.departures.leave(self._actor(who), room)
            await core.services.connecting.activities.departed.run()
            enter = partial(core.services.entering.enter, self._actor(who), room, role="audience")
            await once_rebuilt(lambda: enter(changes=RoomChanges()))

        self.run(go())
        self.round.leave(who)

    @invariant()
    def agrees(self) -> None:
        """SQL, the list, the room's state and what was answered say what the lists do."""
        if not getattr(self, "id", ""):
            return
        evening = self.evenings[1]
        read = self.run(self._questions(1).read(evening.host, evening.room))
        assert [(one.asked.id, one.votes) for one in read.questions] == self.round.listed()
        assert (read.state.asked, read.state.marked) == (self.round.asked, self.round.marked)
        (running,) = self.run(evening.shown())
        assert msgspec.json.decode(running.shown)["waiting"] == [one.id for one in self.round.waiting]
        found, _ = self.run(self._questions(0).answered(evening.host, self.id, cursor=0, limit=100))
        rows = [(one.question.question, self._number(one.question.by), one.question.votes) for one in found]
        assert rows == self.round.answered[::-1]

    def _tick(self) -> None:
        """Let a minute pass: nobody has asked too often. A process that shares no live store tells nobody."""
        self.economy.clock.advance(61)
        self.run(self.economy.core.jobs.relay.run())

    def _id(self, which: int) -> str:
        waiting = self.round.waiting
        return waiting[which].id if 0 <= which < len(waiting) else f"q{max(self.round.asked - 2, 0)}"

    def _questions(self, process: int) -> RoomQuestions:
        return self.evenings[process].services.questions

    def _actor(self, who: int) -> Actor:
        evening = self.evenings[0]
        return evening.host if who == HOST else evening.fans[who]

    def _number(self, user: str) -> int:
        return next(who for who in range(HOST, FANS) if self._actor(who).user == user)

    def _ask(self, process: int, who: int, text: int) -> Coroutine[Any, Any, object]:
        return self._questions(process).ask(self._actor(who), self.id, f"{text}?")

    async def _said(self, work: Coroutine[Any, Any, object]) -> str:
        try:
            await work
        except Failure as failure:
            return type(failure).__name__
        return ""


async def play(folder: Path, *, examples: int, steps: int, **given: Any) -> None:
    """Let examples of the machine play on one installation."""
    async with economy_on(folder, **given) as economy:
        QuestionMachine.economy = economy
        await play_out(
            QuestionMachine, examples=examples, steps=steps, phases=[Phase.generate], derandomize=examples < 20
        )


async def test_rounds_in_any_order_come_to_what_lists_say(tmp_path: Path) -> None:
    await play(tmp_path, examples=3, steps=12)


@pytest.mark.long
async def test_so_they_do_in_many_orders(tmp_path: Path) -> None:
    await play(tmp_path, examples=60, steps=40)


@pytest.mark.long
@pytest.mark.services
async def test_so_they_do_on_a_cluster_with_two_processes(
    tmp_path: Path, mariadb: Mariadb, redis_cluster: RedisCluster
) -> None:
    redis_cluster.flushall()
    url = migrated.mariadb_url(mariadb)
    await play(tmp_path, examples=25, steps=30, database_url=url, redis_url=redis_cluster.url)
