"""Paying for gifts, on both databases: once for each key, never more than there is, everything accounted for."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from liveroom.domain.events.records import Target
from liveroom.domain.gifts.paying import Decision
from liveroom.domain.gifts.sending import GiftOrder, GiftReceipt, Purse
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import AccountKind
from liveroom.domain.ledger.failures import AccountFrozen, BalanceTooLow, KeyReused
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.gifts.selling import HOME, Shop, order
from tests.store.sql.looking import rows_of
from tests.usecases.ledger.money import assert_database_sums


@pytest.fixture
async def shop(database: SqlDatabase) -> AsyncIterator[Shop]:
    """Yield a shop; whatever was sold must add up, before it is folded and after."""
    shop = Shop(database)
    yield shop
    await assert_database_sums(database)
    while await shop.folding.run():
        pass
    await assert_database_sums(database)


def receipt(decision: Decision) -> GiftReceipt:
    assert isinstance(decision, GiftReceipt), decision
    return decision


async def sell(shop: Shop, *orders: GiftOrder) -> Sequence[Decision]:
    return (await shop.payments.take(orders)).decisions


async def test_a_gift_takes_coins_and_earns_points_by_its_shares(shop: Shop) -> None:
    await shop.give("1", coins=100)
    (done,) = await sell(shop, order("1", "2", gift="coffee", count=3))
    assert receipt(done).coins == 30
    assert receipt(done).purse == Purse(70, 0)
    # Half of 30 coins are 15 points: 700 per mille of it for the receiver; without an agency the platform has the rest.
    assert await shop.balance(AccountKind.EARNINGS, "2") == 10
    assert await shop.balance(AccountKind.PLATFORM) == 5
    assert await shop.balance(AccountKind.SALES) == 30


async def test_promotional_coins_go_first_those_that_expire_first_and_earn_nothing(shop: Shop) -> None:
    await shop.give("1", coins=100, promo=10)
    await shop.give("1", promo=10, lasts=timedelta(hours=1))
    (done,) = await sell(shop, order("1", "2", "3", gift="coffee"))
    assert receipt(done).purse == Purse(100, 0)
    assert await shop.balance(AccountKind.EARNINGS, "2") == 0
    (done,) = await sell(shop, order("1", "2", gift="coffee"))
    assert receipt(done).purse == Purse(90, 0)
    assert await shop.balance(AccountKind.EARNINGS, "2") == 3
    uses = [use for gift in receipt(done).gifts for use in await shop.db.sent_gifts.uses(gift.id)]
    assert uses == []


async def test_expired_coins_pay_nothing(shop: Shop) -> None:
    await shop.give("1", promo=10, lasts=timedelta(seconds=1))
    shop.clock.advance(1)
    assert isinstance((await sell(shop, order("1", "2")))[0], BalanceTooLow)


async def test_each_receiver_gets_the_gift_and_all_of_them_or_none(shop: Shop) -> None:
    await shop.give("1", coins=29)
    refused, done = await sell(
        shop, order("1", "2", "3", "4", gift="coffee"), order("1", "2", "3", gift="coffee", key="two")
    )
    assert isinstance(refused, BalanceTooLow)
    assert [gift.coins for gift in receipt(done).gifts] == [10, 10]
    assert len({gift.id for gift in receipt(done).gifts}) == 2


async def test_too_little_is_final_for_its_key_also_after_a_top_up(shop: Shop) -> None:
    first = order("1", "2", gift="coffee")
    assert isinstance((await sell(shop, first))[0], BalanceTooLow)
    await shop.give("1", coins=100)
    assert isinstance((await sell(shop, first))[0], BalanceTooLow)
    assert receipt((await sell(shop, order("1", "2", gift="coffee")))[0]).purse == Purse(90, 0)


async def test_a_key_is_paid_once_in_a_batch_over_batches_and_from_processes_at_once(shop: Shop) -> None:
    await shop.give("1", coins=100)
    one = order("1", "2", gift="coffee", key="same")
    first, second = await sell(shop, one, one)
    assert (receipt(first).is_repeated, receipt(second).is_repeated) == (False, True)
    others = [shop.counter() for _ in range(4)]
    again = await asyncio.gather(*(other.take([one, order("1", "3", gift="rose")]) for other in others))
    assert all(receipt(batch.decisions[0]).is_repeated for batch in again)
    assert {receipt(batch.decisions[0]).gifts[0].id for batch in again} == {receipt(first).gifts[0].id}
    assert await shop.balance(AccountKind.WALLET, "1") == 86


async def test_a_fresh_key_that_comes_at_several_processes_at_once_is_paid_once(shop: Shop) -> None:
    await shop.give("1", coins=100)
    # Those who open the same accounts would wait for each other, and never meet at the key.
    await sell(shop, order("1", "2", gift="coffee"))
    taps = [order("1", "2", gift="coffee", key=f"fresh-{number}") for number in range(5)]
    counters = [shop.counter() for _ in range(4)]
    done = await asyncio.gather(*(counter.take(taps) for counter in counters))
    for tap in range(len(taps)):
        receipts = [receipt(batch.decisions[tap]) for batch in done]
        assert [one.is_repeated for one in receipts].count(False) == 1
        assert len({one.gifts[0].id for one in receipts}) == 1
    assert await shop.balance(AccountKind.WALLET, "1") == 40


async def test_a_key_with_something_else_is_refused_and_other_senders_have_keys_of_their_own(shop: Shop) -> None:
    await shop.give("1", coins=100)
    await shop.give("5", coins=100)
    done = await sell(
        shop,
        order("1", "2", key="k"),
        order("1", "2", key="k", count=2),
        order("5", "2", key="k"),
        order("1", "3", key="k"),
    )
    assert [type(one) for one in done] == [GiftReceipt, KeyReused, GiftReceipt, KeyReused]


async def test_coins_for_half_of_what_many_ask_for_at_once_are_spent_to_the_last_and_no_further(shop: Shop) -> None:
    await shop.give("1", coins=50)
    batches = [[order("1", str(10 + n), gift="heart") for n in range(4)] for _ in range(5)]
    counters = [shop.counter() for _ in batches]
    done = await asyncio.gather(*(one.take(batch) for one, batch in zip(counters, batches, strict=True)))
    paid = [one for batch in done for one in batch.decisions if isinstance(one, GiftReceipt)]
    assert len(paid) == 10
    assert await shop.balance(AccountKind.WALLET, "1") == 0


async def test_a_combo_counts_on_over_batches_and_only_what_was_paid(shop: Shop) -> None:
    await shop.give("1", coins=20)
    first = await sell(shop, order("1", "2", count=2, combo="c"), order("1", "2", count=1, combo="c"))
    second = await sell(shop, order("1", "2", count=9, combo="c"), order("1", "2", count=1, combo="c"))
    totals = [one.gifts[0].combo_total for one in (*first, *second) if isinstance(one, GiftReceipt)]
    assert totals == [2, 3, 4]


async def test_a_frozen_wallet_pays_for_nothing_and_the_key_stays_free(shop: Shop) -> None:
    await shop.give("1", coins=100)
    ids = await shop.db.ledger_accounts.open(accounts_of(HOME, UserId("1")))
    await shop.db.ledger_accounts.freeze(list(ids.values()), frozen=True)
    one = order("1", "2")
    assert isinstance((await sell(shop, one))[0], AccountFrozen)
    await shop.db.ledger_accounts.freeze(list(ids.values()), frozen=False)
    receipt((await sell(shop, one))[0])


async def test_rooms_and_webhooks_are_told_in_the_transaction(shop: Shop) -> None:
    shop = Shop(shop.db, shop.clock, [Target("w", frozenset(), frozenset())])
    await shop.give("1", coins=100)
    paid = await shop.payments.take([order("1", "2"), order("1", "3", gift="cake"), order("1", "2")])
    ((row, sent),) = paid.rows
    assert row.subject == "700"
    assert [one.gift.gift for one in sent] == ["heart", "heart"]
    told = await rows_of(shop.db, "SELECT kind FROM lr_events WHERE stream = 'room:700'")
    assert told == [("gift.sent",), ("gift.sent",)]
