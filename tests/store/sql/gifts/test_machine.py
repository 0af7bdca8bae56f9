"""Gifts against a plain model: whatever is sent, repeated, changed and topped up, in batches and from two processes."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete

from liveroom.domain.gifts.sending import GiftReceipt
from liveroom.domain.ledger.accounts import AccountKind
from liveroom.domain.ledger.failures import BalanceTooLow, KeyReused
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.ledger_tables import accounts, dues, entries, journals, lots
from liveroom.store.sql.sent_gift_tables import lot_uses, sent_gifts
from liveroom.store.sql.tables import outbox
from tests.examples import many
from tests.store.sql.gifts.selling import Shop, offered, order
from tests.usecases.ledger.money import assert_database_sums

USERS = ("1", "2", "3")
Asked = tuple[str, tuple[str, ...], str, int, str]
"""Sender, receivers, gift, count, key."""

_ASKED = st.tuples(
    st.sampled_from(USERS),
    st.lists(st.sampled_from(("7", "8", "9")), min_size=1, max_size=3, unique=True).map(tuple),
    st.sampled_from(("rose", "heart", "coffee")),
    st.integers(1, 3),
    st.sampled_from([f"k{n}" for n in range(6)]),
)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("batch"), st.lists(_ASKED, min_size=1, max_size=6)),
        st.tuples(st.just("top up"), st.tuples(st.sampled_from(USERS), st.integers(1, 40))),
        st.tuples(st.just("fold"), st.none()),
    ),
    min_size=1,
    max_size=12,
)


_EMPTY = [statement(delete(one)) for one in (accounts, journals, entries, dues, lots, sent_gifts, lot_uses, outbox)]


class Model:
    """What has to come of it, in a dict: balances, and what each key has become."""

    def __init__(self) -> None:
        self.coins = Counter[str]()
        self.known: dict[tuple[str, str], tuple[Asked, bool]] = {}

    def send(self, asked: Asked) -> type:
        """Return what is answered."""
        sender, receivers, gift, count, key = asked
        if (sender, key) in self.known:
            said, is_paid = self.known[sender, key]
            return KeyReused if said != asked else GiftReceipt if is_paid else BalanceTooLow
        cost = offered(gift).version.price * count * len(receivers)
        is_paid = cost <= self.coins[sender]
        self.known[sender, key] = asked, is_paid
        if is_paid:
            self.coins[sender] -= cost
        return GiftReceipt if is_paid else BalanceTooLow


async def play(shop: Shop, steps: Sequence[tuple[str, Any]]) -> None:
    """Do it all, in this order, and compare after each step."""
    model, processes, turn = Model(), [shop.payments, shop.counter()], 0
    for what, said in steps:
        if what == "top up":
            user, amount = said
            model.coins[user] += amount
            await shop.give(user, coins=amount)
        elif what == "fold":
            await shop.folding.run()
        else:
            turn += 1
            orders = [order(by, *to, gift=gift, count=n, key=key) for by, to, gift, n, key in said]
            done = await processes[turn % 2].take(orders)
            assert [type(one) for one in done.decisions] == [model.send(asked) for asked in said]
        for user in USERS:
            assert await shop.balance(AccountKind.WALLET, user) == model.coins[user]
    await assert_database_sums(shop.db)


@pytest.mark.parametrize("examples", [15, pytest.param(400, marks=pytest.mark.long)])
def test_gifts_do_what_a_plain_model_does(url: str, examples: int) -> None:
    played = 0

    @many(examples)
    @given(_STEPS)
    def games(steps: list[tuple[str, Any]]) -> None:
        nonlocal played
        played += 1

        async def game() -> None:
            database = await SqlDatabase.open(url)
            try:
                await _empty(database)
                await play(Shop(database), steps)
            finally:
                await database.close()

        asyncio.run(game())

    games()
    assert played >= examples // 2


async def _empty(database: SqlDatabase) -> None:
    for one in _EMPTY:
        await database.engine.run(one)
