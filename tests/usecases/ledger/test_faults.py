"""A process that dies in the midst of moving money: nothing of it is there, and the same key does it."""

from collections.abc import Iterator

import pytest

from liveroom import faults
from liveroom.domain.ledger.wallets import Wallet
from tests.dying import Died, die
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, credit, wallet


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


async def test_a_credit_that_died_before_its_commit_is_done_by_the_same_key(world: World) -> None:
    user = await world.make_user()
    faults.arm("ledger.posted", die)
    with pytest.raises(Died):
        await credit(world.core, user.id, 100, "GPA.1")
    faults.disarm()
    assert await wallet(world.core, user.id) == Wallet()
    assert not (await credit(world.core, user.id, 100, "GPA.1")).is_repeated
    assert await wallet(world.core, user.id) == Wallet(coins=100)
    await assert_sums(world.core)
