"""Credits: once for each key, and taken back once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from liveroom.domain.errors import BadRequest, UserNotFound
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import AMOUNT_MAX, Currency
from liveroom.domain.ledger.failures import (
    AccountFrozen,
    AlreadyReversed,
    BalanceTooHigh,
    BalanceTooLow,
    JournalNotFound,
    KeyReused,
)
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.ledger.wallets import Wallet
from liveroom.usecases.ledger.credits import Credit
from liveroom.usecases.ledger.expiring import ExpiredCoins
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, credit, fold, limited, operator_of, wallet

GRANT, ADJUST = MoveKind.GRANT, MoveKind.ADJUST


@pytest.fixture(autouse=True)
async def _sums(world: World) -> AsyncIterator[None]:
    """Fail each test that leaves something behind that does not add up."""
    yield
    await assert_sums(world.core)
    await fold(world.core)
    await assert_sums(world.core)


def expired_coins(world: World) -> ExpiredCoins:
    return world.core.jobs.expired_coins


async def test_an_order_counts_once_however_often_and_from_wherever_it_comes(world: World) -> None:
    user = await world.make_user()
    async with world.neighbour() as other:
        calls = [credit(core, user.id, 100, "GPA.1") for core in (world.core, other) for _ in range(5)]
        done = await asyncio.gather(*calls)
    assert len({one.journal.id for one in done}) == 1
    assert sorted(one.is_repeated for one in done) == [False] + [True] * 9
    assert await wallet(world.core, user.id) == Wallet(coins=100)


async def test_a_key_that_comes_with_something_else_is_refused_for_whomever_it_comes(world: World) -> None:
    user, other = await world.make_user(), await world.make_user()
    await credit(world.core, user.id, 100, "GPA.1")
    for whose, amount in ((user, 101), (other, 100)):
        with pytest.raises(KeyReused):
            await credit(world.core, whose.id, amount, "GPA.1")
    await credit(world.core, other.id, 7, "GPA.1", GRANT)
    assert await wallet(world.core, other.id) == Wallet(promo=7)


@pytest.mark.parametrize(
    ("amount", "kind", "currency"),
    [
        (0, MoveKind.PURCHASE, Currency.COIN),
        (-1, MoveKind.PURCHASE, Currency.COIN),
        (-1, GRANT, Currency.COIN),
        (5, GRANT, Currency.POINT),
        (5, MoveKind.PURCHASE, Currency.POINT),
    ],
)
async def test_what_cannot_be_credited_is_refused(
    world: World, amount: int, kind: MoveKind, currency: Currency
) -> None:
    user = await world.make_user()
    with pytest.raises(BadRequest):
        await credit(world.core, user.id, amount, "1", kind, currency=currency)


async def test_nobody_and_people_of_other_tenants_are_credited_nothing(world: World) -> None:
    with pytest.raises(UserNotFound):
        await credit(world.core, UserId("1"), 5, "1")


async def test_a_balance_that_could_not_be_counted_exactly_is_refused(world: World) -> None:
    user = await world.make_user()
    await credit(world.core, user.id, 5, "1")
    much = Credit(user.id, MoveKind.PURCHASE, Currency.COIN, AMOUNT_MAX, "2")
    with pytest.raises(BalanceTooHigh):
        await limited(world.core, 0).credit(operator_of(world.core), much)


async def test_an_adjustment_downwards_stops_at_nothing(world: World) -> None:
    user = await world.make_user()
    await credit(world.core, user.id, 10, "1")
    await credit(world.core, user.id, -4, "2", ADJUST)
    with pytest.raises(BalanceTooLow, match="6"):
        await credit(world.core, user.id, -7, "3", ADJUST)
    assert await wallet(world.core, user.id) == Wallet(coins=6)


async def test_a_reversed_order_is_taken_back_once_and_below_nothing_where_it_was_spent(world: World) -> None:
    user = await world.make_user()
    order = await credit(world.core, user.id, 10, "1")
    await credit(world.core, user.id, -8, "spent", ADJUST)
    credits, operator = world.core.services.money.credits, operator_of(world.core)
    done = await asyncio.gather(*(credits.reverse(operator, order.journal.id, "r", "") for _ in range(3)))
    assert sorted(one.is_repeated for one in done) == [False, True, True]
    assert await wallet(world.core, user.id) == Wallet(coins=-8)
    with pytest.raises(AlreadyReversed):
        await credits.reverse(operator, order.journal.id, "r2", "")
    with pytest.raises(JournalNotFound):
        await credits.reverse(operator, done[0].journal.id, "r3", "")
    with pytest.raises(BalanceTooLow):
        await credit(world.core, user.id, -1, "more", ADJUST)
    await credit(world.core, user.id, 20, "2")
    await credit(world.core, user.id, -1, "more", ADJUST)
    assert await wallet(world.core, user.id) == Wallet(coins=11)


async def test_granted_coins_expire_and_of_a_reversed_grant_what_is_left_is_taken(world: World) -> None:
    user, now = await world.make_user(), world.service.clock.now()
    short = await credit(world.core, user.id, 10, "short", GRANT, expires=now + timedelta(hours=1))
    grant = await credit(world.core, user.id, 5, "long", GRANT)
    assert await wallet(world.core, user.id) == Wallet(promo=15)
    world.pass_by(3600)
    assert await wallet(world.core, user.id) == Wallet(promo=5)
    assert await expired_coins(world).run() == 1
    assert await expired_coins(world).run() == 0
    operator = operator_of(world.core)
    await world.core.services.money.credits.reverse(operator, grant.journal.id, "r", "")
    assert await wallet(world.core, user.id) == Wallet()
    with pytest.raises(BalanceTooLow):
        await world.core.services.money.credits.reverse(operator, short.journal.id, "r2", "")


async def test_nothing_moves_in_a_frozen_wallet(world: World) -> None:
    user = await world.make_user()
    order = await credit(world.core, user.id, 10, "1")
    money, operator = world.core.services.money, operator_of(world.core)
    assert not await money.freezing.freeze(user.tenant, user.id, frozen=True)
    for attempt in (
        credit(world.core, user.id, 1, "2"),
        money.credits.reverse(operator, order.journal.id, "r", ""),
        credit(world.core, user.id, 1, "3", ADJUST, currency=Currency.POINT),
    ):
        with pytest.raises(AccountFrozen):
            await attempt
    assert await wallet(world.core, user.id) == Wallet(coins=10, frozen=True)
    assert await money.freezing.freeze(user.tenant, user.id, frozen=False)
    await credit(world.core, user.id, 1, "2")


async def test_a_statement_has_every_line_once_over_its_pages(world: World) -> None:
    user = await world.make_user()
    for number in range(7):
        await credit(world.core, user.id, number + 1, str(number), GRANT if number % 2 else MoveKind.PURCHASE)
        world.service.clock.advance(0.001)
    read, amounts, cursor = world.core.services.money.wallets.statement, [], ""
    while True:
        page, cursor = await read(user.tenant, user.id, Currency.COIN, cursor=cursor, limit=3)
        amounts += [(entry.line.amount, entry.is_promo) for entry in page]
        if not cursor:
            break
    assert amounts == [(number + 1, number % 2 == 1) for number in reversed(range(7))]
    with pytest.raises(BadRequest):
        await read(user.tenant, user.id, Currency.COIN, cursor="nonsense", limit=3)


async def test_what_is_earned_clears_after_two_weeks(world: World) -> None:
    user = await world.make_user()
    await credit(world.core, user.id, 10, "1", ADJUST, currency=Currency.POINT)
    assert await wallet(world.core, user.id) == Wallet(points=10)
    world.pass_by(14 * 86_400 + 1)
    await credit(world.core, user.id, 3, "2", ADJUST, currency=Currency.POINT)
    assert await wallet(world.core, user.id) == Wallet(points=13, cleared=10)
