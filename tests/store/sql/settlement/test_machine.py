"""Two months of any gifts, prices, splits and rules, against a plain model: each statement is what it must be.

Settled by two processes and a job at once; what the split of a gift rounds off is the platform's, and nobody else's.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from liveroom.domain.agencies.model import account_of
from liveroom.domain.gifts.model import Shares
from liveroom.domain.gifts.sending import GiftReceipt
from liveroom.domain.ledger.accounts import AccountId, AccountKind
from liveroom.domain.settlement.periods import SettlementPeriod
from liveroom.store.sql.agency_tables import agencies, agency_hosts
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.gift_rank_tables import unranked_gifts
from liveroom.store.sql.ledger_tables import accounts, approvals, dues, entries, journals, lots
from liveroom.store.sql.sent_gift_tables import lot_uses, sent_gifts
from liveroom.store.sql.settlement_tables import account_statements, bonus_rules, settlements
from liveroom.store.sql.tables import outbox, users
from liveroom.usecases.settlement.recomputing import Recomputation
from tests.examples import many
from tests.store.sql.gifts.selling import HOME, order
from tests.store.sql.settlement.bureau import MONTH, MONTHS, Bureau
from tests.usecases.ledger.money import assert_database_sums

HOSTS = ("2", "3", "4")
"""The first two are with an agency."""
WITH_AGENCY = ("2", "3")
PERIODS = (MONTH, MONTHS.at(MONTH.ends + timedelta(days=1)))
_TABLES = (accounts, journals, entries, dues, lots, sent_gifts, lot_uses, outbox, unranked_gifts, approvals)
_EMPTY = [
    statement(delete(one))
    for one in (*_TABLES, agencies, agency_hosts, settlements, account_statements, bonus_rules, users)
]


class AnyGift(NamedTuple):
    """A gift of any version."""

    host: str
    month: int
    price: int
    points: int
    shares: Shares
    number: int
    promo: int
    """Promotional coins that its sender has; more than it costs are not drawn."""
    refunded: int
    """In which month it is taken back; 9: never."""


@st.composite
def _gifts(draw: Any) -> AnyGift:
    host = draw(st.integers(0, 1000))
    agency = draw(st.integers(0, 1000 - host))
    month, price, number = draw(st.integers(0, 1)), draw(st.integers(1, 30)), draw(st.integers(1, 7))
    return AnyGift(
        host=draw(st.sampled_from(HOSTS)),
        month=month,
        price=price,
        points=draw(st.integers(0, 40)),
        shares=Shares(host, agency, 1000 - host - agency),
        number=number,
        promo=draw(st.sampled_from([0, 0, 1])) and draw(st.integers(1, price * number)),
        refunded=draw(st.sampled_from([9, 9, 1, month])),
    )


_rule = st.fixed_dictionaries(
    {
        "whose": st.sampled_from(["host", "agency"]),
        "points": st.integers(0, 60),
        "bonusPoints": st.integers(1, 50),
        "bonusPerMille": st.integers(0, 1000),
    }
)
_RULES = st.lists(_rule, max_size=3)
_ADJUSTED = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(HOSTS), st.integers(1, 30)), max_size=2)


@dataclass
class Model:
    """What statements say, by month and by whose it is: a host, or the agency as ""."""

    rules: Sequence[Mapping[str, Any]]
    moved: defaultdict[tuple[int, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    platform: int = 0
    sales: int = 0

    def give(self, gift: AnyGift, month: int, sign: int) -> tuple[int, int, int]:
        """Send a gift, or take it back; return its split."""
        coins, column = gift.price * gift.number, "gifts" if sign > 0 else "refunds"
        total = gift.points * gift.number * (coins - gift.promo) // coins
        host = total * gift.shares.host // 1000
        agency = total * gift.shares.agency // 1000 if gift.host in WITH_AGENCY else 0
        for whose, points in ((gift.host, host), ("", agency)):
            if points:
                self.moved[month, whose][column] += sign * points
        self.platform += sign * (total - host - agency)
        self.sales += sign * coins
        return host, agency, total - host - agency

    def bonus(self, month: int, whose: str) -> int:
        """Return what rules bring."""
        moved = self.moved[month, whose]
        points = moved["gifts"] + moved["refunds"]
        kind = "host" if whose else "agency"
        met = [one for one in self.rules if one["whose"] == kind and points >= one["points"]]
        return sum(one["bonusPoints"] + max(points, 0) * one["bonusPerMille"] // 1000 for one in met)

    def statement(self, month: int, whose: str) -> tuple[int, ...] | None:
        """Return opening, gifts, refunds, adjustments, payouts and bonuses; None: nothing has moved."""
        moved = self.moved.get((month, whose))
        if not moved:
            return None
        opening = sum(self.moved[before, whose].total() for before in range(month))
        return opening, moved["gifts"], moved["refunds"], moved["adjustments"], 0, moved["bonuses"]


@dataclass
class Months:
    """Has all of it done in a database, and compares."""

    bureau: Bureau
    model: Model
    sent: dict[AnyGift, str] = field(default_factory=dict)
    accounts: dict[AccountId, str] = field(default_factory=dict)

    async def begin(self) -> None:
        bureau = self.bureau
        bureau.at(MONTH.begins + timedelta(days=1))
        await bureau.people("9", *HOSTS)
        agency = account_of(HOME, (await bureau.agency("9", *WITH_AGENCY)).id).owner
        self.accounts = {await bureau.account(AccountKind.EARNINGS, host): host for host in HOSTS}
        self.accounts[await bureau.account(AccountKind.AGENCY, agency)] = ""
        await bureau.rules(**{f"r{number}": rule for number, rule in enumerate(self.model.rules)})

    async def send(self, gift: AnyGift) -> None:
        sender = f"{100 + len(self.sent)}"  # each has what their gift costs: what comes back pays for no other
        one = order(sender, gift.host, count=gift.number)
        version = one.offered.version._replace(price=gift.price, points=gift.points, shares=gift.shares)
        await self.bureau.shop.give(sender, coins=gift.price * gift.number - gift.promo, promo=gift.promo)
        one = replace(one, offered=one.offered._replace(version=version))
        (receipt,) = (await self.bureau.shop.payments.take([one])).decisions
        assert isinstance(receipt, GiftReceipt)
        assert tuple(receipt.gifts[0].shares) == self.model.give(gift, gift.month, 1)
        self.sent[gift] = receipt.gifts[0].id

    async def take_back(self, gift: AnyGift, month: int) -> None:
        id = self.sent[gift]
        await self.bureau.refunds().refund(self.bureau.operator(), id, f"r-{id}", "")
        self.model.give(gift, month, -1)

    async def adjust(self, month: int, host: str, points: int) -> None:
        await self.bureau.adjust(host, points)
        self.model.moved[month, host]["adjustments"] += points

    async def settle(self, month: int, period: SettlementPeriod) -> None:
        """Let several settle it at once; compare every statement, and the whole with what is computed anew."""
        bureau, model = self.bureau, self.model
        bureau.at(period.settles + timedelta(seconds=1))
        work = [bureau.settlements(at_once).settle(bureau.operator(), period.id) for at_once in (1, 3)]
        await asyncio.gather(*work, bureau.settlements().run())
        while await bureau.settlements().run():
            pass
        found = await bureau.db.settlements.statements(HOME, period.id, "", 99)
        shown = {self.accounts[one.account]: (tuple(one.moved), one.bonus) for one in found}
        expected = {
            whose: (said, model.bonus(month, whose))
            for whose in ("", *HOSTS)
            if (said := model.statement(month, whose)) is not None
        }
        assert shown == expected
        for whose, (_, bonus) in expected.items():
            if bonus:
                model.moved[month + 1, whose]["bonuses"] += bonus
        assert [one async for one in Recomputation(bureau.db).differences(HOME, period.id)] == []

    async def check(self) -> None:
        """Fail unless all coins and points are where they belong."""
        bureau, model = self.bureau, self.model
        await assert_database_sums(bureau.db)
        while await bureau.shop.folding.run():
            pass
        await assert_database_sums(bureau.db)
        assert await bureau.balance(AccountKind.SALES) == model.sales
        assert await bureau.balance(AccountKind.PLATFORM) == model.platform
        held = await bureau.db.ledger_accounts.of_ids(set(self.accounts))
        ends = {whose: sum(model.moved[month, whose].total() for month in range(3)) for whose in ("", *HOSTS)}
        assert {self.accounts[id]: one.balance for id, one in held.items()} == ends


async def play(
    database: SqlDatabase,
    gifts: Sequence[AnyGift],
    adjusted: Sequence[tuple[int, str, int]],
    rules: Sequence[Mapping[str, Any]],
) -> None:
    """Let two months pass."""
    months = Months(Bureau(database), Model(rules))
    await months.begin()
    for month, period in enumerate(PERIODS):
        months.bureau.at(period.begins + timedelta(days=2))
        for gift in gifts:
            if gift.month == month:
                await months.send(gift)
        for gift in gifts:
            if gift.refunded == month and gift in months.sent:
                await months.take_back(gift, month)
        for when, host, points in adjusted:
            if when == month:
                await months.adjust(month, host, points)
        await months.settle(month, period)
    await months.check()


@pytest.mark.parametrize("examples", [8, pytest.param(300, marks=pytest.mark.long)])
def test_statements_are_what_a_plain_model_says(url: str, examples: int) -> None:
    played = 0

    @many(examples, derandomize=examples < 50)
    @given(st.lists(_gifts(), min_size=1, max_size=8, unique=True), _ADJUSTED, _RULES)
    def games(gifts: list[AnyGift], adjusted: list[tuple[int, str, int]], rules: list[dict[str, Any]]) -> None:
        nonlocal played
        played += 1

        async def game() -> None:
            database = await SqlDatabase.open(url)
            try:
                for one in _EMPTY:
                    await database.engine.run(one)
                await play(database, gifts, adjusted, rules)
            finally:
                await database.close()

        asyncio.run(game())

    games()
    assert played >= examples // 2
