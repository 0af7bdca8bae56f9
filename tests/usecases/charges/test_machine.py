"""Charges in any order, on two processes, at a wallet of any mood: in the end both sides have taken the same.

The operator's balance is what it was, less what was sent and not refunded; a key that was answered stays so.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from liveroom import faults
from liveroom.app.assembly import Core
from liveroom.domain.errors import Failure
from liveroom.domain.gifts.charges import ChargeState
from liveroom.domain.ids import UserId, new_id
from liveroom.domain.rooms.model import RoomChanges
from liveroom.simulate.endpoint import Mood
from liveroom.usecases.charges.reversing import ChargeReversals
from liveroom.usecases.gifts.sending import GiftOutcome
from tests import migrated
from tests.dying import Died, die
from tests.machines import LoopMachine, play_out
from tests.servers import Mariadb
from tests.usecases.charges.conftest import COINS, ChargedEvening, charged_evening
from tests.usecases.ledger.money import assert_sums, operator_of

_FINAL = {"GiftOutcome", "BalanceTooLow", "ChargeReversed"}
_moods = st.sampled_from([Mood.WELL, Mood.WELL, Mood.LOST, Mood.DOWN, Mood.BROKEN, Mood.NONSENSE])
_keys = st.sampled_from("abcdef")
_points = st.sampled_from(["charge.asked", "charge.answered", "gifts.paid", "gifts.published", "charge.reversed"])


class ChargesMachine(LoopMachine):
    """Sends, repeats, refunds; processes die, the wallet changes its mood, time passes."""

    evening: ChargedEvening
    other: Core

    @initialize()
    def begin(self) -> None:
        evening = self.evening

        async def make() -> None:
            evening.guest = await evening.world.make_actor()
            enter = evening.world.core.services.entering.enter
            await enter(evening.guest, evening.room, role="audience", changes=RoomChanges())

        self.run(make())
        evening.server.endpoint.mood = Mood.WELL
        evening.server.balances[evening.guest.user] = COINS
        evening.world.pass_by(10)  # the wallet may have been left alone
        self.said: dict[str, str] = {}
        self.sent: dict[str, str] = {}
        self.coins: dict[str, int] = {}
        self.refunded: set[str] = set()

    @rule(mood=_moods)
    def change_mood(self, mood: Mood) -> None:
        self.evening.server.endpoint.mood = mood

    @rule(key=_keys, count=st.integers(1, 60))
    def send(self, key: str, count: int) -> None:
        self.coins.setdefault(key, count)
        self.note(key, self.run(self.try_to_send(key)))

    @rule(keys=st.lists(_keys, min_size=2, max_size=3, unique=True))
    def send_at_once(self, keys: Sequence[str]) -> None:
        async def all() -> list[Any]:
            return await asyncio.gather(*(self.try_to_send(key) for key in keys))

        for key in keys:
            self.coins.setdefault(key, 1)
        for key, done in zip(keys, self.run(all()), strict=True):
            self.note(key, done)

    @rule(key=_keys, point=_points)
    def die(self, key: str, point: str) -> None:
        self.coins.setdefault(key, 1)
        faults.arm(point, die)
        try:
            if point == "charge.reversed":
                self.run(self.reverse(self.evening.world.core.jobs.charge_reversals))
            else:
                self.run(self.try_to_send(key))
        except Died:
            pass
        finally:
            faults.disarm()

    @rule(seconds=st.sampled_from([1, 20, 3600]))
    def wait(self, seconds: int) -> None:
        self.evening.world.pass_by(seconds)

    @rule()
    def reverse_on_both(self) -> None:
        async def both() -> None:
            jobs = (self.evening.world.core.jobs, self.other.jobs)
            await asyncio.gather(*(self.reverse(one.charge_reversals) for one in jobs))

        self.run(both())

    @rule(key=_keys)
    def refund(self, key: str) -> None:
        if key not in self.sent or key in self.refunded:
            return
        core = self.evening.world.core
        refunds, operator = core.services.money.gifts.refunds, operator_of(core)
        self.run(refunds.refund(operator, self.sent[key], new_id(core.clock.now()), ""))
        self.refunded.add(key)

    def teardown(self) -> None:
        self.evening.server.endpoint.mood = Mood.WELL

        async def settle() -> None:
            for _ in range(6):
                self.evening.world.pass_by(3600)
                await self.reverse(self.evening.world.core.jobs.charge_reversals)
            await assert_sums(self.evening.world.core)

        self.run(settle())
        for key, was in self.said.items():
            again = self.run(self.try_to_send(key))
            assert type(again).__name__ == was
        charged = self.run(self.of_guest(ChargeState.CHARGED))
        returned = self.run(self.of_guest(ChargeState.RETURNED))
        for open in (ChargeState.ASKED, ChargeState.UNKNOWN, ChargeState.RETURNING):
            assert self.run(self.of_guest(open)) == 0
        assert self.evening.server.balances[self.evening.guest.user] == COINS - charged + returned
        assert returned == sum(self.coins[key] for key in self.refunded)

    async def try_to_send(self, key: str) -> GiftOutcome | Failure:
        self.evening.world.pass_by(2)
        try:
            return await self.evening.send(f"{self.evening.guest.user}-{key}", count=self.coins[key])
        except Failure as failure:
            return failure

    async def reverse(self, jobs: ChargeReversals) -> None:
        await jobs.run()

    async def of_guest(self, state: ChargeState) -> int:
        """Return how many coins the guest's charges of a state have."""
        admin, tenant = self.evening.world.core.services.money.charges.admin, self.evening.guest.tenant.name
        found, _ = await admin.page(tenant, state, cursor="", limit=1000)
        return sum(one.charge.coins for one in found if one.user == UserId(self.evening.guest.user))

    def note(self, key: str, done: GiftOutcome | Failure) -> None:
        """Keep what a key was answered for good: it is never answered otherwise."""
        name = type(done).__name__
        if key in self.said:
            assert name in {self.said[key], "RateLimited"}
        elif name in _FINAL:
            self.said[key] = name
        if isinstance(done, GiftOutcome):
            self.sent[key] = done.receipt.gifts[0].id


async def play(folder: Path, *, examples: int, steps: int, **given: Any) -> None:
    """Let examples of the machine play on one database."""
    async with charged_evening(folder, **given) as evening, evening.world.neighbour() as other:
        machine = ChargesMachine
        machine.evening, machine.other = evening, other
        await play_out(machine, examples=examples, steps=steps, derandomize=examples < 50)
        await other.leave_vendors()


async def test_charges_in_any_order_leave_both_sides_with_the_same(tmp_path: Path) -> None:
    await play(tmp_path, examples=6, steps=15)


@pytest.mark.services
async def test_so_they_do_on_mariadb(tmp_path: Path, mariadb: Mariadb) -> None:
    await play(tmp_path, examples=3, steps=12, database_url=migrated.mariadb_url(mariadb))


@pytest.mark.long
@pytest.mark.parametrize("where", ["sqlite", pytest.param("mariadb", marks=pytest.mark.services)])
async def test_so_they_do_in_many_orders(tmp_path: Path, where: str, request: pytest.FixtureRequest) -> None:
    url = {"database_url": migrated.mariadb_url(request.getfixturevalue("mariadb"))} if where == "mariadb" else {}
    await play(tmp_path, examples=150, steps=40, **url)
