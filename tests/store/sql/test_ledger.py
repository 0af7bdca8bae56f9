"""The ledger's rows, on both databases: what must hold whoever writes them."""

import asyncio
from dataclasses import replace

import pytest

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountKind, AccountName, AccountState
from liveroom.domain.ledger.journals import JournalId, LedgerEntry, LedgerJournal, MoveKind
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import NOW

HOME = TenantName("")
WALLET = AccountName(HOME, AccountKind.WALLET, "40000001")
FLOAT = AccountName(HOME, AccountKind.FLOAT)


def journal(id: str = "j1", key: str = "purchase:1", reverses: str | None = None) -> LedgerJournal:
    return LedgerJournal(JournalId(id), HOME, MoveKind.PURCHASE, key, "digest", "key:1", NOW, reverses=reverses)


async def test_accounts_that_are_opened_at_once_by_many_are_made_once(database: SqlDatabase) -> None:
    names = [AccountName(HOME, AccountKind.WALLET, str(number)) for number in range(5)]

    async def open(tx: Tx) -> list[str]:
        found = await tx.ledger_accounts.open(names)
        return [found[name] for name in names]

    opened = await asyncio.gather(*(database.transact(open) for _ in range(8)))
    assert len({tuple(ids) for ids in opened}) == 1


async def test_the_database_itself_refuses_a_balance_below_its_floor_unless_it_is_owed(database: SqlDatabase) -> None:
    ids = await database.ledger_accounts.open([WALLET, FLOAT])
    account = (await database.ledger_accounts.lock([ids[WALLET]]))[ids[WALLET]]
    source = (await database.ledger_accounts.lock([ids[FLOAT]]))[ids[FLOAT]]
    await database.ledger_accounts.put([source.settled(-10)])
    owing = account.settled(-5, may_owe=True)
    assert owing.state is AccountState.OWING
    await database.ledger_accounts.put([owing])
    with pytest.raises(DatabaseUnavailable):
        await database.ledger_accounts.put([replace(owing, state=AccountState.OPEN)])


async def test_a_journal_is_written_once_for_its_key_and_once_for_what_it_takes_back(database: SqlDatabase) -> None:
    ids = await database.ledger_accounts.open([WALLET, FLOAT])

    def entries(id: str) -> list[LedgerEntry]:
        return [LedgerEntry(JournalId(id), ids[FLOAT], -5), LedgerEntry(JournalId(id), ids[WALLET], 5)]

    async def add(one: LedgerJournal) -> bool:
        async def work(tx: Tx) -> bool:
            if await tx.journals.of_key(HOME, one.key) or (one.reverses and await tx.journals.reversal_of(HOME, "j1")):
                return False
            return await tx.journals.add(one, entries(one.id))

        return await database.transact(work)

    assert await add(journal())
    assert not any(await asyncio.gather(*(add(journal("j2")) for _ in range(3))))
    assert sum(await asyncio.gather(*(add(journal(f"r{n}", f"reversal:{n}", "j1")) for n in range(3)))) == 1
    assert dict(await database.journals.entries(JournalId("j1"))) == {FLOAT: -5, WALLET: 5}
