"""Folding: exactly what was read is dropped, and nobody's lock is taken out of order."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.failures import ApprovalRequired
from liveroom.domain.ledger.journals import MoveKind
from liveroom.ports import Due, Tx
from liveroom.store.sql.dialect import MysqlDialect, PreparedStatements
from liveroom.store.sql.ledger import accounts
from liveroom.usecases.ledger.credits import Credit
from liveroom.usecases.ledger.folding import fold
from tests import migrated
from tests.servers import Mariadb
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, credit, limited, operator_of, wallet
from tests.usecases.ledger.two_processes import two_processes


class WithoutTheFirst:
    """Dues of which the one with the lowest number is not committed yet when they are read."""

    def __init__(self, dues: Any) -> None:
        self._dues = dues

    async def first(self, limit: int) -> Sequence[Due]:
        found: Sequence[Due] = await self._dues.first(limit)
        return found[1:]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dues, name)


async def test_a_due_that_is_committed_late_below_others_is_not_dropped_with_them(world: World) -> None:
    user = await world.make_user()
    for number in range(3):
        await credit(world.core, user.id, 10, f"order-{number}")

    async def work(tx: Tx) -> int:
        tx.dues = WithoutTheFirst(tx.dues)
        return await fold(tx)

    assert await world.core.db.transact(work) == 2
    assert await world.core.db.dues.oldest() is not None
    await assert_sums(world.core)
    assert await world.core.jobs.folding.run() == 1
    await assert_sums(world.core)


def test_accounts_are_locked_in_the_order_of_their_ids() -> None:
    """Two that lock the same accounts in two orders would wait for each other."""
    text = PreparedStatements(MysqlDialect()).prepare(accounts.LOCK).text
    assert "ORDER BY lr_accounts.id FOR UPDATE" in " ".join(text.replace("`", "").split())


@pytest.mark.services
async def test_a_key_that_comes_often_at_once_finds_what_the_first_has_written(
    tmp_path: Path, mariadb: Mariadb
) -> None:
    async with two_processes(tmp_path, database_url=migrated.mariadb_url(mariadb)) as world, world.neighbour() as other:
        for number in range(3):
            user = await world.make_user()
            calls = [credit(core, user.id, 100, f"GPA.{number}") for core in (world.core, other) for _ in range(6)]
            done = await asyncio.gather(*calls)
            assert sorted(one.is_repeated for one in done) == [False] + [True] * 11
            assert (await wallet(world.core, user.id)).coins == 100


@pytest.mark.services
async def test_acts_of_an_operator_add_up_also_where_two_of_different_kinds_come_at_once(
    tmp_path: Path, mariadb: Mariadb
) -> None:
    """A grant and an adjustment locked different accounts, and each saw a sum without the other."""
    async with two_processes(tmp_path, database_url=migrated.mariadb_url(mariadb)) as world, world.neighbour() as other:
        for number in range(4):
            user, by = (await world.make_user()).id, operator_of(world.core, f"one-{number}")
            calls = [
                limited(core, 100).credit(by, Credit(user, kind, Currency.COIN, 60, f"act-{number}"))
                for core, kind in ((world.core, MoveKind.GRANT), (other, MoveKind.ADJUST))
            ]
            done = await asyncio.gather(*calls, return_exceptions=True)
            assert sorted(isinstance(one, ApprovalRequired) for one in done) == [False, True]
