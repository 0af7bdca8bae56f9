"""Folding: exactly what was read is dropped, and nobody's lock is taken out of order."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from liveroom.ports import Due, Tx
from liveroom.store.sql.dialect import MysqlDialect, PreparedStatements
from liveroom.store.sql.ledger import accounts
from liveroom.usecases.ledger.folding import fold
from tests import migrated
from tests.servers import Mariadb
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, credit, wallet
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
    text = PreparedStatements(MysqlDialect()).prepare(accounts._LOCK).text
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
