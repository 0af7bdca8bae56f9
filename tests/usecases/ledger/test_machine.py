"""Money in any order, again and at once on two processes, against a plain model; the audit never finds anything."""

import asyncio
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from liveroom.app.assembly import Core
from liveroom.domain.errors import DatabaseUnavailable, Failure
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.journals import JournalId, MoveKind
from liveroom.domain.ledger.payouts import PayoutState
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.ledger.auditing import LedgerAudit
from liveroom.usecases.ledger.comparing import compare_totals
from liveroom.usecases.ledger.credits import Credit, Credits
from liveroom.usecases.ledger.payouts import PayoutRequest
from tests import migrated
from tests.machines import LoopMachine, play_out
from tests.servers import Mariadb
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, limited, operator_of
from tests.usecases.ledger.money_model import CLEARING, LASTS, MoneyAct, MoneyModel, said
from tests.usecases.ledger.two_processes import two_processes

_USERS = 2
_credits = st.sampled_from(["buy", "grant", "lend", "spend", "earn", "earn", "lose"])
_key, _user, _amount = st.sampled_from("abcdef"), st.integers(0, _USERS - 1), st.integers(1, 9)
_acts = st.one_of(
    st.builds(MoneyAct, _credits, _user, _amount, _key),
    st.builds(MoneyAct, _credits, _user, _amount, _key),
    st.builds(MoneyAct, st.just("reverse"), _user, st.integers(0, 20), _key),
    st.builds(MoneyAct, st.sampled_from(["hold", "hold", "settle", "cancel"]), _user, _amount, _key),
    st.builds(MoneyAct, st.sampled_from(["freeze", "thaw", "thaw", "thaw"]), _user, st.just(1), st.just("")),
)


class Dies(EventRecorder):
    """Does not come back from the last thing that a transaction does before its commit."""

    async def record_for_user(self, *_: Any) -> None:
        raise DatabaseUnavailable("died, as the test wants it")


@dataclass
class Till:
    """Does acts where the service runs."""

    users: Sequence[UserId]
    journals: dict[tuple[str, str], JournalId] = field(default_factory=dict)
    expires: dict[str, datetime] = field(default_factory=dict)

    async def do(self, core: Core, act: MoneyAct, chosen: tuple[str, str] | None, *, dies: bool = False) -> str:
        """Do it; return ``done``, ``repeated``, or the name of the failure."""
        try:
            return "repeated" if await self._do(core, act, chosen, dies=dies) else "done"
        except Failure as failure:
            return type(failure).__name__

    async def _do(self, core: Core, act: MoneyAct, chosen: tuple[str, str] | None, *, dies: bool) -> bool:
        money, operator, user = core.services.money, operator_of(core), self.users[act.user]
        tenant = operator.tenant.name
        if act.what in {"freeze", "thaw"}:
            frozen = act.what == "freeze"
            return await money.freezing.freeze(tenant, user, frozen=frozen) is frozen
        if act.what == "hold":
            payouts = replace(money.payouts, clearing=CLEARING, approvals=limited(core, 0).approvals)
            return (
                await payouts.hold(operator, PayoutRequest(user, None, act.amount, self.named(act.key)))
            ).is_repeated
        if act.what in {"settle", "cancel"}:
            state = PayoutState.SETTLED if act.what == "settle" else PayoutState.CANCELLED
            return (await money.payouts.end(operator, self.named(act.key), state)).is_repeated
        credits = limited(core, 0)
        credits = replace(credits, recorder=Dies(credits.recorder.targets_of, core.clock)) if dies else credits
        if act.what == "reverse":
            assert chosen is not None
            return (await credits.reverse(operator, self.journals[chosen], self.named(act.key), "")).is_repeated
        return await self._credit(core, credits, act)

    async def _credit(self, core: Core, credits: Credits, act: MoneyAct) -> bool:
        kind, amount, currency = said(act)
        expires = self.expires.setdefault(act.key, core.clock.now() + LASTS) if act.what == "lend" else None
        if expires is not None and expires <= core.clock.now():
            expires = core.clock.now() + LASTS
        asked = Credit(
            self.users[act.user], MoveKind(kind), Currency(currency), amount, self.named(act.key), expires=expires
        )
        done = await credits.credit(operator_of(core), asked)
        self.journals[kind, act.key] = done.journal.id
        return done.is_repeated

    def named(self, key: str) -> str:
        """Return a key that no other example has."""
        return f"{self.users[0]}-{key}"


class MoneyMachine(LoopMachine):
    """Acts one by one, again, at once; between them balances are folded, time passes, and processes die."""

    world: World
    cores: Sequence[Core]
    audit: LedgerAudit

    @initialize()
    def begin(self) -> None:
        async def make() -> list[UserId]:
            return [(await self.world.make_user()).id for _ in range(_USERS)]

        self.model, self.till = MoneyModel(), Till(self.run(make()))

    @rule(act=_acts, process=st.integers(0, 1))
    def do(self, act: MoneyAct, process: int) -> None:
        chosen = self._chosen(act)
        if self._is_possible(act):
            done = self.run(self.till.do(self.cores[process], act, chosen))
            assert done == self.model.do(act, self.now())

    @rule(act=_acts, process=st.integers(0, 1))
    def again(self, act: MoneyAct, process: int) -> None:
        """Do the same twice, on both processes."""
        self.do(act, process)
        self.do(act, 1 - process)

    @rule(act=st.builds(MoneyAct, _credits, _user, _amount, _key), process=st.integers(0, 1))
    def die(self, act: MoneyAct, process: int) -> None:
        """A process that dies before its commit has done nothing; the same key does it afterwards."""
        if self._is_possible(act):
            done = self.run(self.till.do(self.cores[process], act, None, dies=True))
            expected = deepcopy(self.model).do(act, self.now())
            assert done == ("DatabaseUnavailable" if expected == "done" else expected)

    @rule(acts=st.lists(_acts, min_size=2, max_size=4))
    def at_once(self, acts: Sequence[MoneyAct]) -> None:
        acts = [act for act in acts if self._is_possible(act) and act.what != "reverse"]

        async def all() -> list[str]:
            calls = [self.till.do(self.cores[turn % 2], act, None) for turn, act in enumerate(acts)]
            return await asyncio.gather(*calls)

        outcomes, wallets = self.run(all()), self._wallets()
        for order in permutations(range(len(acts))):
            model = deepcopy(self.model)
            if all_match(model, acts, outcomes, order, self.now()) and self._shown(model) == wallets:
                self.model = model
                return
        raise AssertionError(f"in no order {acts} come to {outcomes} and {wallets}")

    @rule(process=st.integers(0, 1))
    def fold(self, process: int) -> None:
        self.run(self.cores[process].jobs.folding.run())

    @rule()
    def let_hours_pass(self) -> None:
        self.world.pass_by(2 * 3600)

    @rule(process=st.integers(0, 1))
    def expire(self, process: int) -> None:
        self.run(self.cores[process].jobs.expired_coins.run())
        self.model.expire(self.now())

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def everything_adds_up(self) -> None:
        assert self._wallets() == self._shown(self.model)
        self.world.pass_by(0.002)
        self.run(self.audit.look())
        assert self.run(self.world.core.db.differences.open(5)) == []

    def teardown(self) -> None:
        async def work() -> None:
            core = self.world.core
            await assert_sums(core)
            await core.jobs.folding.run()
            await assert_sums(core)
            tenant = core.services.tenants.default.name
            assert await core.db.snapshot(lambda tx: compare_totals(tx, [tenant])) == []

        self.run(work())

    def now(self) -> datetime:
        return self.world.core.clock.now()

    def _chosen(self, act: MoneyAct) -> tuple[str, str] | None:
        return self.model.chosen(act) if act.what == "reverse" else None

    def _is_possible(self, act: MoneyAct) -> bool:
        """Say whether the till can say the same as the model: there is something to take back; a loan says its end."""
        if act.what == "reverse":
            return self.model.chosen(act) is not None
        return act.what != "lend" or act.key not in self.till.expires or self.till.expires[act.key] > self.now()

    def _wallets(self) -> list[object]:
        async def read() -> list[object]:
            wallets = replace(self.world.core.services.money.wallets, clearing=CLEARING)
            tenant = self.world.core.services.tenants.default.name
            return [await wallets.get(tenant, user) for user in self.till.users]

        return self.run(read())

    def _shown(self, model: MoneyModel) -> list[object]:
        return [model.users[number].wallet(self.now()) for number in range(_USERS)]


def all_match(
    model: MoneyModel, acts: Sequence[MoneyAct], outcomes: Sequence[str], order: Sequence[int], now: datetime
) -> bool:
    """Say whether the acts come to these outcomes in this order."""
    return all(model.do(acts[number], now) == outcomes[number] for number in order)


async def play(folder: Path, *, examples: int, steps: int, **given: Any) -> None:
    """Let examples of the machine play on one database."""
    async with two_processes(folder, **given) as world, world.neighbour() as other:
        machine = MoneyMachine
        machine.world, machine.cores = world, (world.core, other)
        machine.audit = replace(world.core.jobs.ledger_audit, watches=(), settled=timedelta(0))
        await play_out(machine, examples=examples, steps=steps, derandomize=examples < 50)


async def test_money_in_any_order_comes_to_what_a_plain_model_says(tmp_path: Path) -> None:
    await play(tmp_path, examples=12, steps=20)


@pytest.mark.services
async def test_so_it_does_on_mariadb_where_two_processes_really_meet(tmp_path: Path, mariadb: Mariadb) -> None:
    await play(tmp_path, examples=4, steps=12, database_url=migrated.mariadb_url(mariadb))


@pytest.mark.long
@pytest.mark.parametrize("where", ["sqlite", pytest.param("mariadb", marks=pytest.mark.services)])
async def test_so_it_does_in_many_orders(tmp_path: Path, where: str, request: pytest.FixtureRequest) -> None:
    url = {"database_url": migrated.mariadb_url(request.getfixturevalue("mariadb"))} if where == "mariadb" else {}
    await play(tmp_path, examples=150, steps=40, **url)
