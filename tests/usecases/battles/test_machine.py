"""Battles in any order against a plain model: every room shows what the model says, in SQL and in the live store."""

import asyncio
from collections.abc import Sequence
from copy import deepcopy
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from liveroom.domain.ids import RoomId
from tests import migrated
from tests.contract.battling import Host, answer, give, hosts, invite, viewer
from tests.contract.test_connections import connect
from tests.machines import LoopMachine, play_out
from tests.servers import Mariadb, RedisCluster
from tests.service import Device, Keyholder, Service, serving
from tests.usecases.battles.agreement import battles_of
from tests.usecases.battles.battle_model import BattleModel, PlainBattle

_HOSTS = 4
_LASTS, _SHOWS, _WHILE = 600, 600, 250
"""Seconds. A while, taken some times, is never near to another time: the clock of the tests goes on by itself."""
_host = st.integers(0, _HOSTS - 1)
_act = st.sampled_from(["give", "give", "give up", "leave", "step"])


class BattleMachine(LoopMachine):
    """Battles begin, count, lose rooms and are decided; time passes; two things happen at once."""

    service: Service

    @initialize(guests=st.integers(1, 3), teams=st.booleans())
    def begin(self, guests: int, teams: bool) -> None:
        async def make() -> tuple[list[Host], list[Device], Keyholder]:
            found, key = await hosts(self.service, _HOSTS), await self.service.make_key()
            fans = await asyncio.gather(*(viewer(self.service, host, key=key) for host in found))
            return found, fans, key

        self.hosts, self.fans, self.key = self.run(make())
        self.model, self.sent = BattleModel(_HOSTS, _LASTS, _SHOWS), list[str]()
        self.battle(0, [1, 2, 3][:guests], teams)

    @rule(host=_host, others=st.lists(_host, min_size=1, max_size=3, unique=True), teams=st.booleans())
    def battle(self, host: int, others: list[int], teams: bool) -> None:
        others = [one for one in others if one != host]
        if not others:
            return
        sides = [1 + number % 2 for number in range(1, len(others) + 1)] if teams else range(2, len(others) + 2)
        asked = [self.hosts[one] for one in others]
        self.service.clock.advance(2)  # each host may ask and answer sixty times in a minute

        async def work() -> bool:
            given = {"sides": ",".join(map(str, sides)), "duration": _LASTS}
            invited = await invite(self.hosts[host], *asked, **given)
            if invited.code or "battleId" not in invited.data:
                return False
            for other in asked:
                assert (await answer(other, "accept", invited.data["battleId"])).code == 0
            return True

        may = self.model.may_begin(host, others)
        assert self.run(work()) == may
        if may:
            self.model.begin(host, {host: 1, **dict(zip(others, sides, strict=True))}, self.now())

    @rule(host=_host, other=_host)
    def connect(self, host: int, other: int) -> None:
        model = self.model
        if host != other and len(model.group(host)) == len(model.group(other)) == 1:
            self.run(connect(self.hosts[host], self.hosts[other]))
            model.groups.append({host, other})

    @rule(host=_host, count=st.integers(1, 3))
    def give(self, host: int, count: int) -> None:
        self.service.clock.advance(2)  # as below
        sent = self.run(give(self.fans[host], self.hosts[host], count=count))
        self.sent.append(sent.data["sentIds"][0])
        self.model.give(host, 10 * count, self.now())

    @rule(at_once=st.lists(st.tuples(_host, st.integers(1, 3)), min_size=2, max_size=6))
    def give_at_once(self, at_once: list[tuple[int, int]]) -> None:
        self.service.clock.advance(2)  # each fan may send twenty gifts in a second

        async def all() -> list[Any]:
            calls = [give(self.fans[host], self.hosts[host], count=count) for host, count in at_once]
            return await asyncio.gather(*calls)

        for (host, count), sent in zip(at_once, self.run(all()), strict=True):
            self.sent.append(sent.data["sentIds"][0])
            self.model.give(host, 10 * count, self.now())

    @rule(acts=st.lists(st.tuples(_act, _host), min_size=2, max_size=4, unique=True))
    def at_once(self, acts: list[tuple[str, int]]) -> None:
        """Several things happen at once: what comes of them is what comes of them in some order."""
        self.service.clock.advance(2)

        async def all() -> list[str]:
            return list(await asyncio.gather(*(self.do(what, host) for what, host in acts)))

        done = self.run(all())
        shown = self.shown()
        for order in permutations(range(len(acts))):
            model = deepcopy(self.model)
            says = all_match(model, [(acts[one], bool(done[one])) for one in order], self.now())
            if says and shown == [self._expected(model.at.get(host)) for host in range(_HOSTS)]:
                self.model = model
                self.sent += [done[one] for one in order if acts[one][0] == "give"]
                return
        raise AssertionError(f"in no order {acts} come to {done} and {shown}")

    async def do(self, what: str, host: int) -> str:
        """Do it; return "" where it was refused, of a gift its id."""
        device, room = self.hosts[host]
        if what == "give":
            return str((await give(self.fans[host], self.hosts[host])).data["sentIds"][0])
        if what == "step":
            await self.service.core.jobs.battle_ends.step()
            return "done"
        method = "battles/end" if what == "give up" else "connections/leave"
        return "" if (await device.call(method, {"roomId": room})).code else "done"

    @rule(host=_host)
    def give_and_take_back(self, host: int) -> None:
        """A gift that counts, and counts no longer, leaves all as it was."""
        self.give(host, 3)
        self.every_room_shows_what_the_model_says()
        self.take_back(len(self.sent) - 1)

    @precondition(lambda self: bool(getattr(self, "sent", None)))
    @rule(data=st.data())
    def refund(self, data: Any) -> None:
        self.take_back(data.draw(st.integers(0, len(self.sent) - 1)))

    def take_back(self, number: int) -> None:
        refund = {"sentId": self.sent[number], "key": f"back-{self.sent[number]}", "reason": "a child"}
        assert self.run(self.key.call("admin/refund_gift", refund)).code == 0
        self.model.refund(number)

    @rule(host=_host)
    def give_up(self, host: int) -> None:
        device, room = self.hosts[host]
        code = self.run(device.call("battles/end", {"roomId": room})).code
        assert (code == 0) is self.model.give_up(host, self.now())

    @rule(host=_host, closes=st.booleans())
    def leave(self, host: int, closes: bool) -> None:
        device, room = self.hosts[host]

        async def close() -> int:
            await device.call("rooms/destroy_room", {"roomId": room})
            await device.go_live(room, category="connections")
            return int((await self.fans[host].enter(room, "audience")).code)

        if closes:
            assert self.run(close()) == 0
            self.model.disconnect(host, self.now())
            self.model.at.pop(host, None)  # whose result it showed alone
        else:
            code = self.run(device.call("connections/leave", {"roomId": room})).code
            assert (code == 0) is self.model.disconnect(host, self.now())

    @rule(whiles=st.integers(0, 2), times=st.integers(1, 2))
    def later(self, whiles: int, times: int) -> None:
        """Some time passes, and what is due is done, perhaps twice at once."""
        self.let_time_pass(whiles)
        self.do_what_is_due(times)

    def let_time_pass(self, whiles: int) -> None:
        self.service.clock.advance(_WHILE * whiles)

    @rule(host=_host, count=st.integers(1, 3))
    def let_it_end(self, host: int, count: int) -> None:
        """Send one more gift; then the time of all battles is over, and they are decided, twice at once."""
        self.give(host, count)
        self.let_time_pass(3)
        self.do_what_is_due(2)

    def do_what_is_due(self, times: int) -> None:
        async def work() -> None:
            await asyncio.gather(*(self.service.core.jobs.battle_ends.step() for _ in range(times)))

        self.run(work())
        self.model.step(self.now())

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def every_room_shows_what_the_model_says(self) -> None:
        assert self.shown() == [self._expected(self.model.at.get(host)) for host in range(_HOSTS)]

    def shown(self) -> list[Any]:
        """Return what each room shows."""
        found = self.run(battles_of(self.service.core, [RoomId(room) for _, room in self.hosts]))
        return [_shown(battle) for battle in found.values()]

    def _expected(self, battle: PlainBattle | None) -> Any:
        if battle is None:
            return None
        rooms = {self.hosts[host][1]: (side, battle.scores[host]) for host, side in battle.sides.items()}
        gone = {self.hosts[host][1] for host in set(battle.sides) - battle.inside}
        return battle.state, battle.winner, battle.reason, rooms, gone

    def now(self) -> float:
        return self.service.clock.now().timestamp()


def _shown(found: Any) -> Any:
    if found is None:
        return None
    battle, scores = found
    rooms = {str(one.room): (one.side, scores.get(one.room, 0)) for one in battle.rooms}
    gone = {str(one.room) for one in battle.rooms if one.left is not None}
    decided = not battle.is_running
    return battle.state.value, battle.winner if decided else None, (decided and battle.reason) or None, rooms, gone


def all_match(model: BattleModel, acts: Sequence[tuple[tuple[str, int], bool]], now: float) -> bool:
    """Say whether the acts are done and refused as it was said, in this order."""
    for (what, host), is_done in acts:
        if what == "give":
            model.give(host, 10, now)
        elif what == "step":
            model.step(now)
        elif (model.give_up if what == "give up" else model.disconnect)(host, now) is not is_done:
            return False
    return True


async def play(folder: Path, *, examples: int, steps: int, **given: Any) -> None:
    """Let examples of the machine play on one service."""
    async with serving(folder, account_limit=0, battle_result=f"{_SHOWS}s", **given) as service:
        BattleMachine.service = service
        await play_out(
            BattleMachine, examples=examples, steps=steps, phases=[Phase.generate], derandomize=examples < 20
        )


async def test_battles_in_any_order_come_to_what_a_plain_model_says(tmp_path: Path) -> None:
    await play(tmp_path, examples=12, steps=12)


@pytest.mark.long
async def test_so_they_do_in_many_orders(tmp_path: Path) -> None:
    await play(tmp_path, examples=60, steps=30)


@pytest.mark.long
@pytest.mark.services
async def test_so_they_do_on_a_cluster(tmp_path: Path, mariadb: Mariadb, redis_cluster: RedisCluster) -> None:
    redis_cluster.flushall()
    url = migrated.mariadb_url(mariadb)
    await play(tmp_path, examples=30, steps=30, database_url=url, redis_url=redis_cluster.url)
