"""Coins to try things with: some each hour, where the installation is there for that."""

import asyncio
from dataclasses import replace

import pytest

from liveroom.domain.errors import NotOffered
from liveroom.domain.ledger.wallets import Wallet
from liveroom.usecases.ledger.coins_for_tests import COINS
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, wallet


async def test_a_user_is_given_coins_once_an_hour_however_often_they_ask(world: World) -> None:
    user, other = await world.make_user(), await world.make_user()
    coins = world.core.services.money.coins_for_tests
    given = await asyncio.gather(*(coins.give(one.tenant, one.id) for one in (user, user, user, other)))
    assert sorted(one.added for one in given) == [0, 0, COINS, COINS]
    assert await wallet(world.core, user.id) == Wallet(promo=COINS)
    world.pass_by((given[0].next - world.core.clock.now()).total_seconds())
    assert (await coins.give(user.tenant, user.id)).added == COINS
    assert await wallet(world.core, user.id) == Wallet(promo=2 * COINS)
    await assert_sums(world.core)


async def test_where_gifts_are_for_real_nobody_is_given_any(world: World) -> None:
    user = await world.make_user()
    coins = replace(world.core.services.money.coins_for_tests, is_on=False)
    with pytest.raises(NotOffered):
        await coins.give(user.tenant, user.id)
    assert await wallet(world.core, user.id) == Wallet()
