"""A snapshot: reads that see one moment, whatever others commit meanwhile."""

from pathlib import Path

import pytest

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountKind, AccountName
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from tests import migrated
from tests.servers import Mariadb

NAME = AccountName(TenantName(""), AccountKind.FLOAT)


@pytest.mark.services
async def test_on_mariadb_a_snapshot_sees_nothing_of_what_is_committed_meanwhile(mariadb: Mariadb) -> None:
    database = await SqlDatabase.open(migrated.mariadb_url(mariadb))

    async def look(tx: Tx) -> list[int]:
        seen = [len(await tx.ledger_accounts.find([NAME]))]
        await database.ledger_accounts.open([NAME])
        return [*seen, len(await tx.ledger_accounts.find([NAME]))]

    async def write(tx: Tx) -> None:
        await tx.ledger_accounts.open([NAME._replace(kind=AccountKind.SALES)])

    try:
        assert await database.snapshot(look) == [0, 0]
        assert await database.transact(look) == [1, 1]
        with pytest.raises(DatabaseUnavailable):
            await database.snapshot(write)
    finally:
        await database.close()


async def test_on_sqlite_a_snapshot_sees_what_was_committed_before(tmp_path: Path) -> None:
    database = await SqlDatabase.open(f"sqlite:///{migrated.sqlite_file(tmp_path / 'a.db')}")

    async def look(tx: Tx) -> int:
        return len(await tx.ledger_accounts.find([NAME]))

    try:
        assert await database.snapshot(look) == 0
        await database.ledger_accounts.open([NAME])
        assert await database.snapshot(look) == 1
    finally:
        await database.close()
