"""Verifying and exporting: everything is computed from entries, in parts, however much it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.ids import DEFAULT_TENANT, TenantName, first_id
from liveroom.domain.ledger.accounts import Account, AccountId
from liveroom.domain.ledger.differences import LedgerDifference
from liveroom.domain.ledger.journals import JournalId, LedgerJournal
from liveroom.domain.ledger.seals import SealedEntry
from liveroom.ports import Database, Tx
from liveroom.usecases.ledger.comparing import FROM_THE_FIRST, compare_accounts_whole, compare_journals, compare_totals
from liveroom.usecases.ledger.sealing import compare_seal

_ACCOUNTS: Final = 200
_ENTRIES: Final = 20_000
_JOURNALS: Final = 500
_BEHIND: Final = "!"
_END: Final = JournalId("~")


class LedgerLine(NamedTuple):
    """An entry with its journal and its account."""

    journal: LedgerJournal
    entry: SealedEntry
    account: Account


@dataclass(slots=True)
class LedgerVerification:
    """Computes every balance, every journal and every seal from entries. Counts what it has looked at."""

    db: Database
    accounts: int = 0
    journals: int = 0
    seals: int = 0

    async def differences(self) -> AsyncIterator[LedgerDifference]:
        """Yield what is not as it must be; nothing is changed, frozen or told."""
        for found in (self._of_accounts(), self._of_journals(), self._of_totals(), self._of_seals()):
            async for difference in found:
                yield difference

    async def _of_accounts(self) -> AsyncIterator[LedgerDifference]:
        after = ""
        while True:

            async def work(tx: Tx, behind: str = after) -> tuple[list[LedgerDifference], int, str]:
                accounts = await tx.ledger_audit.accounts(behind, _ACCOUNTS)
                found = await compare_accounts_whole(tx, {account.id: account for account in accounts})
                return found, len(accounts), accounts[-1].id if accounts else ""

            found, number, after = await self.db.snapshot(work)
            self.accounts += number
            for difference in found:
                yield difference
            if not number:
                return

    async def _of_journals(self) -> AsyncIterator[LedgerDifference]:
        begin: JournalId | None = FROM_THE_FIRST
        while begin is not None and (first := await self.db.ledger_audit.next_journal(begin)) is not None:
            nth = await self.db.ledger_audit.nth_journal(first, _ENTRIES)
            end = JournalId(nth + _BEHIND) if nth == first else nth
            for difference in await compare_journals(self.db, first, end or _END):
                yield difference
            begin = end

    async def _of_totals(self) -> AsyncIterator[LedgerDifference]:
        names = {DEFAULT_TENANT, *(tenant.name for tenant in await self.db.tenants.list())}
        for difference in await self.db.snapshot(lambda tx: compare_totals(tx, sorted(names))):
            yield difference

    async def _of_seals(self) -> AsyncIterator[LedgerDifference]:
        last = await self.db.seals.last()
        for number in range(1, last.number + 1 if last else 1):
            self.seals += 1
            seal = await self.db.seals.get(number)
            self.journals += seal.journals if seal else 0
            for difference in await compare_seal(self.db, number):
                yield difference


async def sealed_lines(
    db: Database, tenant: TenantName, begin: datetime | None, end: datetime | None
) -> AsyncIterator[LedgerLine]:
    """Yield the entries of a tenant up to the last seal, in the order in which they were written, some at a time."""
    last = await db.seals.last()
    start = JournalId(first_id(begin)) if begin else FROM_THE_FIRST
    until = last.until if last else FROM_THE_FIRST
    until = min(until, JournalId(first_id(end))) if end else until
    known: dict[AccountId, Account] = {}
    while journals := await db.ledger_audit.journals(start, until, _JOURNALS):
        heads = {journal.id: journal for journal in journals if journal.tenant == tenant}
        entries = await db.ledger_audit.entries(journals[0].id, journals[-1].id)
        entries = sorted(
            (one for one in entries if one.entry.journal in heads), key=lambda one: (one.entry.journal, one.n)
        )
        known = dict(await db.ledger_accounts.of_ids({one.entry.account for one in entries}))
        for one in entries:
            yield LedgerLine(heads[one.entry.journal], one, known[one.entry.account])
        start = JournalId(journals[-1].id + _BEHIND)
