"""All that moves money, in any order, again, and at once on two processes, against a plain model.

Gifts to one and to many, combos, the share of an agency, refunds, top-ups and what takes them back, grants that expire,
payouts, approvals by a second person, red envelopes of users and of the operator, frozen accounts, refunds of a minor's
period, users who go, and months that are settled.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
)

from liveroom.domain.errors import Failure
from liveroom.domain.gifts.ranking import RankCursor, Ranking, RankPeriod, RankSide
from liveroom.domain.settlement.periods import Calendar
from liveroom.usecases.ledger.auditing import LedgerAudit
from liveroom.usecases.ledger.comparing import compare_totals
from liveroom.usecases.protection.minor_refunds import MinorPeriod
from liveroom.usecases.settlement.recomputing import Recomputation
from tests.machines import LoopMachine
from tests.usecases.economy.acts import ANY, GIFT, KEYS, LARGE, OPERATORS, SENDERS, apart
from tests.usecases.economy.economy import PEOPLE, Economy, Evening
from tests.usecases.economy.economy_model import EconomyModel
from tests.usecases.economy.plain_approvals import DAY, WEEK
from tests.usecases.economy.plain_rows import AGENCY, CLEARING, CLOSES, LASTS, STAGE, Act, Done, Said
from tests.usecases.ledger.money import assert_sums

_ABOUT = {
    "refund": ("gift", "gifts"),
    "reverse": ("credit", "credits"),
    "grab": ("envelope", "envelopes"),
    **dict.fromkeys(("settle", "cancel"), ("key", "payouts")),
}
"""What is said by its number among those that there are, and where the model keeps these."""
_OF_PRESENT = {"gift", "fill", "grab", "join", "leave", "dismiss"}
_STEP = 10
"""Seconds between steps: people have rates."""
_LATELY = timedelta(hours=1)
_OF_MINORS = "three"
"""An operator who does nothing else, so that what others have done in a day leaves them something to do."""
_NEAR = timedelta(seconds=3)


class EconomyMachine(LoopMachine):
    """Acts one by one, again, and at once; jobs run on both processes; time passes."""

    economy: Economy
    audit: LedgerAudit
    played: Counter[str]

    @initialize()
    def begin(self) -> None:
        """Begin with a new month, when all is over that people of another example have left behind."""
        calendar = self.calendar
        self.economy.clock.advance(CLOSES + timedelta(days=1))
        self.economy.clock.advance(calendar.at(self.now()).ends - self.now() + timedelta(hours=1))
        self.month = calendar.at(self.now())
        self.run(self.do_what_is_due())
        self.evening, self.model = Evening(self.economy), EconomyModel()
        self.run(self.evening.begin())
        self.expires: dict[str, datetime] = {}
        self.periods: dict[str, tuple[int, datetime, datetime]] = {}
        self.began = self.now()
        for user in range(1, PEOPLE):
            self.do(Act("buy", user, 50, f"first-{user}"), 0)
        for user in range(STAGE + 1):
            self.do(Act("earn", user, 25, f"first-{user}"), 0)
        for user in range(2):
            self.do(Act("join", user), 0)

    @property
    def calendar(self) -> Calendar:
        """Return which months are settled."""
        core = self.economy.core
        return core.services.money.settlement.settlements.spans.calendars.of(core.services.tenants.default)

    # --- acts ------------------------------------------------------------------------------------------------------

    @rule(acts=st.lists(ANY, min_size=2, max_size=8), process=st.integers(0, 1))
    def one_by_one(self, acts: Sequence[Act], process: int) -> None:
        for act in acts:
            self.do(act, process)

    @rule(acts=st.lists(GIFT, min_size=2, max_size=6), process=st.integers(0, 1))
    def give(self, acts: Sequence[Act], process: int) -> None:
        self.one_by_one(acts, process)

    def do(self, act: Act, process: int) -> None:
        self.step_on()
        meant = self.meant(act)
        if meant is not None:
            done = self.run(self.evening.do(meant, process))
            word = self.model.do(meant, self.now(), done)
            assert word == done.word, f"{meant}: {word} is expected, and {done} was said"
            self.played[f"{meant.what} {done.word}"] += 1

    @rule(act=ANY, process=st.integers(0, 1))
    def again(self, act: Act, process: int) -> None:
        """Do the same twice, on both processes."""
        self.do(act, process)
        self.do(act, 1 - process)

    @rule(acts=st.lists(ANY, min_size=2, max_size=4))
    def at_once(self, acts: Sequence[Act]) -> None:
        """Do several things at once, on both processes: they come to what they come to in some order."""
        self.step_on()
        meant = apart([one for act in acts if (one := self.meant(act)) is not None])

        async def together() -> list[Done]:
            return list(await asyncio.gather(*(self.evening.do(act, turn % 2) for turn, act in enumerate(meant))))

        done, held, now = self.run(together()), self.run(self.evening.held()), self.now()
        self.played["at once"] += len(meant) > 1
        self.played.update(f"{act.what} {one.word}" for act, one in zip(meant, done, strict=True))
        for order in permutations(range(len(meant))):
            model = deepcopy(self.model)
            words = all(model.do(meant[one], now, done[one]) == done[one].word for one in order)
            if words and _same(held, model):
                self.model = model
                return
        raise AssertionError(f"in no order {meant} come to {done} and {held}")

    def meant(self, act: Act) -> Act | None:
        """Return an act with what it is about; None for what nobody can do now."""
        act = act._replace(to=tuple(one for one in act.to if one != act.user) or (0,))
        if act.what in _OF_PRESENT and {act.user, *act.to} & self.model.gone:
            return None
        if act.what == "lend":
            expires = self.expires.setdefault(act.key, self.now() + LASTS)
            return act._replace(expires=expires) if expires > self.now() else None
        if act.what in _ABOUT:
            field, kept = _ABOUT[act.what]
            known = list(getattr(self.model, kept))
            return self._not_own(act._replace(**{field: known[act.number % len(known)]})) if known else None
        return act

    def _not_own(self, act: Act) -> Act | None:
        is_own = act.what == "grab" and self.model.envelopes[act.envelope].sender == act.user
        return None if is_own else act

    @precondition(lambda self: hasattr(self, "model") and self.model.approvals.known)
    @rule(
        number=st.integers(0, 40), by=OPERATORS, approve=st.sampled_from([True, True, False]), process=st.integers(0, 1)
    )
    def decide(self, number: int, by: str, approve: bool, process: int) -> None:
        self.step_on()
        asked = [key for key, one in self.model.approvals.known.items() if one.state == "asked"]
        if not asked:
            return
        full = asked[number % len(asked)]
        core = self.economy.cores[process]

        async def work() -> str:
            kind, _, key = full.partition(":")
            known = await core.db.approvals.of_key(
                self.evening.actors[0].tenant.name, f"{kind}:{self.evening.key(key)}"
            )
            assert known is not None
            operator = self.evening.operator(by)
            try:
                await core.services.money.approvals.decide(operator, known.id, approve=approve)
            except Failure as failure:
                return type(failure).__name__
            return "done"

        word = self.run(work())
        assert self.model.approvals.decide(full, by, self.now(), approve=approve) == word
        self.played[f"decide {word}"] += 1

    @rule(act=LARGE, approve=st.booleans(), process=st.integers(0, 1))
    def by_two(self, act: Act, approve: bool, process: int) -> None:
        """Do something large, let another operator decide if it waits for one, and do it again."""
        self.do(act, process)
        self.decide(0, "two" if act.by == "one" else "one", approve, 1 - process)
        self.do(act, process)

    @rule(user=SENDERS, key=KEYS, process=st.integers(0, 1), chance=st.integers(0, 2), short=st.booleans())
    def take_back_a_minors_period(self, user: int, key: str, process: int, chance: int, *, short: bool) -> None:
        """All that somebody has sent and bought since the beginning, or lately, by jobs on both processes; seldom."""
        if chance or user in self.model.gone or self.run(self.evening.economy.core.db.minor_refunds.open(1)):
            return
        self.step_on()
        since = max(self.began, self.now() - _LATELY) if short else self.began
        said = self.periods.setdefault(key, (user, since, self.now()))
        period = MinorPeriod(self.evening.actors[said[0]].user, said[1], said[2], self.evening.key(key), "a child")
        money, amount = self.economy.cores[process].services.money, self._amount(*said)
        known = self.model.keys.get(("minor", key))
        expected = "repeated"
        if known is None:
            full, now = f"minor_refund:{key}", self.now()
            expected = (
                "UserNotFound"
                if said[0] in self.model.gone
                else self.model.approvals.take(full, False, (key,), amount, said[0], _OF_MINORS, now) or "done"
            )

        async def ask() -> str:
            try:
                asked = await money.minor_refunds.ask(self.evening.operator(_OF_MINORS), period)
            except Failure as failure:
                return type(failure).__name__
            jobs = [core.jobs.minor_refunds.run() for core in self.economy.cores]
            while sum(await asyncio.gather(*jobs)):
                jobs = [core.jobs.minor_refunds.run() for core in self.economy.cores]
            return "repeated" if asked.is_repeated else "done"

        word = self.run(ask())
        assert word == expected, said
        self.played[f"minor {word}"] += 1
        if word == "done":
            self.model.approvals.done(self.now())
            self.model.keys["minor", key] = Said((key,))
        if word in {"done", "repeated"}:
            self.model.take_back_period(*said, self.now())

    def _amount(self, user: int, since: datetime, until: datetime) -> int:
        sent = [one.coins for one in self.model.gifts.values() if one.sender == user and since <= one.at < until]
        bought = [
            one.amount
            for (kind, _), one in self.model.credits.items()
            if kind == "purchase" and one.user == user and since <= one.at < until
        ]
        return sum(sent) + sum(bought)

    @rule(user=st.integers(STAGE, PEOPLE - 1), chance=st.integers(0, 3))
    def go(self, user: int, chance: int) -> None:
        """Somebody deletes their account, and is erased; that is seldom."""
        if chance or user in self.model.gone:
            return
        self.step_on()

        async def work() -> None:
            core = self.economy.core
            await core.services.moderation.delete(self.evening.actors[user].user)
            await core.jobs.relay.run()

        self.run(work())
        self.model.delete(user, self.now())
        self.played["go"] += 1

    @rule(chance=st.integers(0, 15), process=st.integers(0, 1))
    def close_the_agency(self, chance: int, process: int) -> None:
        """The agency is closed for good; that is seldom, as nobody earns it anything then."""
        if chance:
            return
        self.step_on()
        agencies = self.economy.cores[process].services.money.settlement.admin_agencies
        self.run(agencies.close(self.evening.operator("one"), self.evening.agency.id))
        self.model.agency.close(self.now())
        self.played["close"] += 1

    # --- jobs and time ---------------------------------------------------------------------------------------------

    @rule(process=st.integers(0, 1))
    def fold(self, process: int) -> None:
        self.run(self.economy.cores[process].jobs.folding.run())
        self.model.fold()

    @rule(hours=st.sampled_from([0, 0, 0, 2, 2, 2, 25, 31 * 24]))
    def let_time_pass(self, hours: int) -> None:
        """Let it pass; then both processes do what is due, at once."""
        self.economy.clock.advance(timedelta(hours=hours, minutes=3))
        self.step_on()
        self.run(self.do_what_is_due())
        self.model.pass_by(self.now())

    async def do_what_is_due(self) -> None:
        cores = self.economy.cores
        await asyncio.gather(*(core.jobs.envelopes.run() for core in cores))
        await asyncio.gather(*(core.jobs.expired_coins.run() for core in cores))
        await asyncio.gather(*(core.jobs.deleted_users.erase() for core in cores))
        await asyncio.gather(*(core.jobs.rank_counting.run() for core in cores))

    @rule(chance=st.integers(0, 3))
    def settle_the_month(self, chance: int) -> None:
        """Let the month end, and settle it on both processes at once; that is seldom, as everything waits for less."""
        if chance:
            return
        clock, month = self.economy.clock, self.month
        clock.advance(max(month.settles - self.now(), timedelta(0)) + timedelta(seconds=1))
        self.let_time_pass(0)
        settlements = [core.services.money.settlement.settlements for core in self.economy.cores]
        self.month = self.calendar.at(self.now())
        tenant = self.evening.actors[0].tenant.name

        async def settle() -> Any:
            await asyncio.gather(*(one.settle(self.evening.operator("one"), month.id) for one in settlements))
            while await settlements[0].run():
                pass
            found = await self.economy.core.db.settlements.statements(tenant, month.id, "", 999)
            differences = [one async for one in Recomputation(self.economy.core.db).differences(tenant, month.id)]
            return found, differences

        found, differences = self.run(settle())
        assert differences == []
        shown = {
            self.evening.accounts[one.account][1]: one.moved for one in found if one.account in self.evening.accounts
        }
        assert shown == {user: moved for user in [*range(PEOPLE), AGENCY] if (moved := self._moved(user, month))}
        self.played["settle"] += 1

    def _moved(self, user: int | str, month: Any) -> tuple[int, ...] | None:
        """Return the columns of a statement as the model's entries say them."""
        sums = Counter[str]()
        for at, kind, whose, amount in self.model.entries:
            if whose == user and at < month.ends:
                sums[kind if at >= month.begins else "before"] += amount
        if not any(whose == user and month.begins <= at < month.ends for at, _, whose, _ in self.model.entries):
            return None
        payouts = sums["payouts"] + sums["returned"]
        return sums["before"], sums["gifts"], sums["refunds"], sums["adjust"], payouts, 0

    # --- what is always so -----------------------------------------------------------------------------------------

    @precondition(lambda self: hasattr(self, "model"))
    @invariant()
    def everything_adds_up(self) -> None:
        held = self.run(self.evening.held())
        assert _same(held, self.model), (held, +self.model.held)
        self.economy.clock.advance(0.002)
        self.run(self.audit.look())
        assert self.run(self.economy.core.db.differences.open(5)) == []

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return

        async def work() -> None:
            core = self.economy.core
            await assert_sums(core)
            while await core.jobs.folding.run():
                pass
            await assert_sums(core)
            tenant = core.services.tenants.default.name
            assert await core.db.snapshot(lambda tx: compare_totals(tx, [tenant])) == []
            while await core.jobs.rank_counting.run():
                pass

        self.run(work())
        assert self.run(self.ranked(RankSide.SENDERS)) == self._sums("sender")
        assert self.run(self.ranked(RankSide.RECEIVERS)) == self._sums("receiver")

    async def ranked(self, side: RankSide) -> dict[int | str, int]:
        """Return the ranking of the broadcast."""
        core = self.economy.core
        room = await core.db.rooms.get(self.evening.room)
        assert room is not None
        ranking = Ranking(side, RankPeriod.BROADCAST, room.broadcast)
        page = await core.db.gift_ranks.page(self.evening.actors[0].tenant.name, ranking, RankCursor(), 9)
        return {self.evening.accounts[one.account][1]: one.coins for one in page if one.coins}

    def _sums(self, whose: str) -> dict[int | str, int]:
        sums = Counter[int | str]()
        for gift in self.model.gifts.values():
            sums[getattr(gift, whose)] += 0 if gift.is_refunded else gift.coins
        return dict(+sums)

    def now(self) -> datetime:
        return self.economy.clock.now()

    def step_on(self) -> None:
        """Let some seconds pass, and more where something is about to end: the clock goes on by itself."""
        self.economy.clock.advance(_STEP)
        while any(abs(edge - self.now()) < _NEAR for edge in self._edges()):
            self.economy.clock.advance(2 * _NEAR)

    def _edges(self) -> Sequence[datetime]:
        lots = [lot.expires for lots in self.model.lots.values() for lot in lots if lot.expires is not None]
        asked = [end for one in self.model.approvals.known.values() for end in (one.at + DAY, one.at + WEEK)]
        decided = [one.decided + WEEK for one in self.model.approvals.known.values() if one.decided is not None]
        open = [one.ends for one in self.model.envelopes.values()]
        cleared = [one.at + CLEARING for one in self.model.entries]
        left = [ends for ends in self.model.agency.hosts.values() if ends is not None]
        return [*lots, *asked, *decided, *open, *cleared, *left, *self.model.closes.values(), *self.expires.values()]


def _same(held: Any, model: EconomyModel) -> bool:
    return {whose: sum for whose, sum in held.items() if sum} == {
        whose: sum for whose, sum in model.held.items() if sum
    }
