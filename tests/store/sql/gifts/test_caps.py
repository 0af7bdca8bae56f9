"""Caps on both databases: never more than they allow, however many processes sell at once."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from liveroom.domain.gifts.sending import GiftReceipt
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.protection.caps import Caps, GivenSoFar, OwnCaps
from liveroom.domain.protection.failures import CapReached
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.gifts.selling import HOME, TODAY, Shop, order
from tests.usecases.ledger.money import assert_database_sums

DAY = 37
CAPS = Caps(day=DAY)


@pytest.fixture
def shop(database: SqlDatabase) -> Shop:
    return Shop(database)


async def given_of(shop: Shop, user: str) -> GivenSoFar:
    name = accounts_of(HOME, UserId(user)).coins
    return (await shop.db.ledger_accounts.find([name]))[name].given


async def test_two_processes_at_once_sell_no_more_than_the_cap(shop: Shop) -> None:
    await shop.give("1", coins=500, promo=20)
    others = [shop.counter(), shop.counter()]
    random = Random(7)
    orders = [
        [[order("1", "2", count=random.randint(1, 3), caps=CAPS) for _ in range(4)] for _ in range(4)] for _ in others
    ]

    async def sell(index: int) -> list[object]:
        return [one for batch in orders[index] for one in (await others[index].take(batch)).decisions]

    decisions = [one for some in await asyncio.gather(sell(0), sell(1)) for one in some]
    sold = sum(one.coins for one in decisions if isinstance(one, GiftReceipt))
    assert DAY - 15 < sold <= DAY
    assert {type(one) for one in decisions} == {GiftReceipt, CapReached}
    assert (await given_of(shop, "1")).in_day == sold
    await assert_database_sums(shop.db)


async def test_a_wallet_remembers_days_and_own_caps(shop: Shop) -> None:
    await shop.give("1", coins=500)
    own = OwnCaps(Caps(day=20), Caps(1, 2, 2**53 - 1), shop.clock.now().replace(microsecond=0) + timedelta(hours=1))

    async def note(tx: Tx) -> AccountId:
        names = accounts_of(HOME, UserId("1"))
        id = (await tx.ledger_accounts.open([names.coins]))[names.coins]
        account = (await tx.ledger_accounts.lock([id]))[id]
        await tx.ledger_accounts.put([replace(account, given=GivenSoFar(own=own))])
        return id

    await shop.db.transact(note)
    assert (await given_of(shop, "1")).own == own
    await shop.payments.take([order("1", "2", today=date(2026, 11, 29)), order("1", "2", today=TODAY)])
    found = await given_of(shop, "1")
    assert (found.day, found.in_day, found.in_month) == (20261130, 5, 10)


async def test_promotional_coins_count_too(shop: Shop) -> None:
    await shop.give("1", promo=100)
    first, second = (
        await shop.payments.take(
            [order("1", "2", gift="coffee", count=3, caps=CAPS), order("1", "2", count=2, caps=CAPS)]
        )
    ).decisions
    assert isinstance(first, GiftReceipt)
    assert isinstance(second, CapReached)
    assert second.left == 7


async def test_a_repeated_refusal_says_what_is_left_now(shop: Shop) -> None:
    await shop.give("1", coins=100)
    for today in (TODAY, TODAY + timedelta(days=1)):
        asked = order("1", "2", gift="cake", key="once", caps=CAPS, today=today)
        (decision,) = (await shop.payments.take([asked])).decisions
        assert isinstance(decision, CapReached)
        assert decision.left == DAY
        await shop.payments.take([order("1", "2", caps=CAPS, today=today)])
