"""Goals in any order, looked at by two processes at once, against a few numbers: each target is reached once."""

import asyncio
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from liveroom.domain.activities.failures import ActivityRefuses, TooManyActivities
from liveroom.domain.activities.goals import GOALS_MAX, GoalMeasure, GoalParams
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ledger.failures import BalanceTooLow
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.gifts.sending import WantedGift
from tests import migrated
from tests.machines import LoopMachine, play_out
from tests.servers import Mariadb, RedisCluster
from tests.stories.world import once_rebuilt
from tests.usecases.activities.plain_goal import PlainGoal
from tests.usecases.activities.test_machine import FANS, evening_on
from tests.usecases.economy.economy import Economy, economy_on
from tests.usecases.economy.plain_approvals import PURCHASES
from tests.usecases.ledger.money import credit

_PRICES = {"rose": 1, "heart": 5}
_fans = st.integers(0, FANS - 1)
_steps = st.lists(st.integers(1, 60), min_size=1, max_size=3, unique=True).map(sorted).map(tuple)


class GoalMachine(LoopMachine):
    """Goals are set, and people like, give, follow, come and go; sometimes the live store forgets everything."""

    economy: Economy
    cluster: RedisCluster | None

    @initialize()
    def begin(self) -> None:
        self.evenings, self.goals = self.run(evening_on(self.economy)), dict[str, PlainGoal]()
        self.there, self.keys = {*range(FANS)}, 0
        self.figures, self.following = Counter({"viewers": 1 + FANS}), set[int]()
        self.run(self._enrich())
        # Goals of an earlier example may have been reached since it last looked.
        self.economy.clock.advance(5)
        self.run(once_rebuilt(self.economy.core.services.connecting.activities.goal_counting.run))

    async def _enrich(self) -> None:
        for number, fan in enumerate(self.evenings[0].fans):
            await credit(self.economy.core, fan.user, PURCHASES, f"{fan.user}-{number}")

    @rule(measure=st.sampled_from(list(GoalMeasure)), steps=_steps, whole=st.booleans())
    def set_goal(self, measure: GoalMeasure, steps: tuple[int, ...], whole: bool) -> None:
        gift, figure = "rose" if measure is GoalMeasure.GIFT else "", self.figures[measure.value]
        is_new = measure in (GoalMeasure.LIKES, GoalMeasure.COINS, GoalMeasure.GIFT) and not whole
        base = figure if is_new else 0
        params = GoalParams(measure=measure, targets=steps, gift_id=gift, whole=whole)
        if measure is GoalMeasure.NEW_FOLLOWERS:
            params, base, figure = msgspec.structs.replace(params, whole=True), 0, 0
        runs = sum(not one.reason for one in self.goals.values())
        evening, id = self.evenings[0], list[str]()

        async def begin() -> None:
            view = await evening.services.goals.start(evening.host, evening.room, params)
            id.append(view.activity.id)

        try:
            self.economy.clock.advance(1)
            self.run(once_rebuilt(begin))
        except ActivityRefuses:
            assert figure - base >= steps[0]
        except TooManyActivities:
            assert runs == GOALS_MAX
        else:
            assert runs < GOALS_MAX
            self.goals[id[0]] = PlainGoal(measure.value, steps, base, figure - base)

    @precondition(lambda self: self.there)
    @rule(fan=_fans, likes=st.integers(1, 30))
    def like(self, fan: int, likes: int) -> None:
        if fan in self.there:
            self.economy.clock.advance(11)
            evening = self.evenings[0]
            self.run(once_rebuilt(lambda: evening.core.services.likes.add(evening.fans[fan], evening.room, likes)))
            self.figures["likes"] += likes

    @rule(fan=_fans, gift=st.sampled_from(sorted(_PRICES)), number=st.integers(1, 6))
    def give(self, fan: int, gift: str, number: int) -> None:
        if fan in self.there:
            self.economy.clock.advance(2)
            self.keys += 1
            evening = self.evenings[0]
            wanted = WantedGift(evening.room, GiftId(gift), f"{evening.room}-{self.keys}", number, ())
            sending = evening.core.services.money.gifts.sending
            try:
                self.run(once_rebuilt(lambda: sending.send(evening.fans[fan], wanted)))
            except BalanceTooLow:
                return
            self.figures["coins"] += _PRICES[gift] * number
            self.figures["gift"] += number if gift == "rose" else 0

    @rule(fan=_fans)
    def follow(self, fan: int) -> None:
        self.economy.clock.advance(1)
        evening = self.evenings[0]
        follows, who, whom = evening.core.services.following.follows, evening.fans[fan], evening.host.user
        change = follows.remove if fan in self.following else follows.add
        self.run(once_rebuilt(lambda: change(who, whom)))
        self.following ^= {fan}
        self.figures["followers"] = self.figures["newFollowers"] = len(self.following)

    @rule(fan=_fans)
    def come_or_go(self, fan: int) -> None:
        evening = self.evenings[0]
        enter = partial(evening.core.services.entering.enter, role="audience", changes=RoomChanges())
        leave = evening.core.services.departures.leave
        change = leave if fan in self.there else enter
        self.run(once_rebuilt(lambda: change(evening.fans[fan], evening.room)))
        self.there ^= {fan}
        self.figures["viewers"] = 1 + len(self.there)

    @precondition(lambda self: self.cluster is not None)
    @rule()
    def forget(self) -> None:
        async def write() -> None:
            self.economy.clock.advance(2)
            for core in self.economy.cores:
                await once_rebuilt(core.jobs.backlog.write_all)
                await once_rebuilt(core.jobs.relay.run)

        self.run(write())
        assert self.cluster is not None
        self.cluster.flushall()

    @rule()
    def end(self) -> None:
        running = [id for id, one in self.goals.items() if not one.reason]
        if running:
            self.economy.clock.advance(1)
            evening = self.evenings[-1]
            self.run(once_rebuilt(lambda: evening.services.activities.end(evening.host, running[0])))
            self.goals[running[0]].reason = "ended"

    @rule()
    def look(self) -> None:
        """Both processes look, whoever of them may, and what each sees it notes."""
        self.economy.clock.advance(5)
        cores = self.economy.cores if self.economy.shares else self.economy.cores[:1]
        before = {id: len(one.reached) for id, one in self.goals.items()}

        noted = list[int]()

        async def one(number: int) -> None:
            counting = cores[number].services.connecting.activities.goal_counting
            rows = {id: await self.evenings[0].row(id) for id, goal in self.goals.items() if not goal.reason}
            for id, row in rows.items():
                figure = self.figures[self.goals[id].measure] - self.goals[id].base
                noted.append(await counting.reach(row, max(row.votes, figure)))
            noted.append(await counting.run())

        async def all() -> None:
            await asyncio.gather(*(once_rebuilt(partial(one, number)) for number in range(len(cores))))

        self.run(all())
        for goal in self.goals.values():
            goal.look(self.figures[goal.measure])
        assert sum(noted) == sum(len(one.reached) - before[id] for id, one in self.goals.items()), "each once"
        self.run(self._agree())

    async def _agree(self) -> None:
        """Rows, the room's state and results say what the numbers do."""
        shown = {one.id: msgspec.json.decode(one.shown) for one in await self.evenings[-1].shown()}
        assert shown.keys() == {id for id, goal in self.goals.items() if not goal.reason}
        for id, goal in self.goals.items():
            row = await self.evenings[0].row(id)
            assert (row.votes, "" if row.end is None else row.end.value) == (goal.count, goal.reason)
            told = msgspec.json.decode(row.result) if goal.reason else shown[id]
            assert told["reached"] == len(goal.reached)


async def play(folder: Path, *, examples: int, steps: int, cluster: RedisCluster | None = None, **given: Any) -> None:
    """Let examples of the machine play on one installation."""
    async with economy_on(folder, gifts="test", **given) as economy:
        GoalMachine.economy = economy
        GoalMachine.cluster = cluster
        await play_out(GoalMachine, examples=examples, steps=steps, phases=[Phase.generate], derandomize=examples < 20)


async def test_goals_in_any_order_come_to_what_a_few_numbers_say(tmp_path: Path) -> None:
    await play(tmp_path, examples=2, steps=10)


@pytest.mark.long
async def test_so_they_do_in_many_orders(tmp_path: Path) -> None:
    await play(tmp_path, examples=60, steps=40)


@pytest.mark.long
@pytest.mark.services
async def test_so_they_do_on_a_cluster_that_forgets_with_two_processes(
    tmp_path: Path, mariadb: Mariadb, redis_cluster: RedisCluster
) -> None:
    redis_cluster.flushall()
    url = migrated.mariadb_url(mariadb)
    await play(tmp_path, examples=20, steps=25, cluster=redis_cluster, database_url=url, redis_url=redis_cluster.url)
