"""Seals: each hour everything that was moved is sealed; each day one seal is computed anew. One process does it."""

import secrets
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.ledger.differences import LedgerCheck, LedgerDifference
from liveroom.domain.ledger.journals import JournalId, LedgerEntry
from liveroom.domain.ledger.seals import CHECKED_EVERY, Seal, SealDigest, seal_end
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.ledger.auditing import Findings
from liveroom.usecases.ledger.comparing import FROM_THE_FIRST, compare_totals

_LEASE: Final = "ledger seals"
_CLAIM: Final = timedelta(minutes=10)
_AT_ONCE: Final = 500
_BEHIND: Final = "!"
"""Behind a journal's id, and before the next one."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """Makes seals, and computes old ones anew."""

    db: Database
    clock: Clock
    findings: Findings
    _holder: str = field(default_factory=lambda: secrets.token_hex(8))

    async def run(self) -> int:
        """Do what is due; return how many seals were made."""
        now = self.clock.now()
        last = await self.db.seals.last()
        begin, end = last.until if last else FROM_THE_FIRST, seal_end(now)
        first = await self.db.ledger_audit.next_journal(begin)
        is_due, is_checked = first is not None and first < end, await self._is_checked(now)
        if not is_due and is_checked:
            return 0
        if not await self.db.leases.claim(_LEASE, self._holder, now, now + _CLAIM):
            return 0
        try:
            made = is_due and await self._make(last, begin, end)
            if not is_checked:
                await self._check_one(now)
        finally:
            await self.db.leases.release(_LEASE, self._holder)
        return int(made)

    async def _make(self, last: Seal | None, begin: JournalId, end: JournalId) -> bool:
        digest = await digest_of(self.db, last.digest if last else "", begin, end)
        number = last.number + 1 if last else 1
        made = await self.db.seals.add(Seal(number, end, digest.hex, digest.journals, self.clock.now()))
        tenants = [tenant.name for tenant in await self.db.tenants.list()]
        names = {DEFAULT_TENANT, *tenants}
        found = await self.db.snapshot(lambda tx: compare_totals(tx, sorted(names)))
        await self.findings.settle(found, LedgerCheck.TOTAL)
        return made

    async def _is_checked(self, now: datetime) -> bool:
        """Say whether a seal was computed anew a short time ago, or there is none."""
        if await self.db.seals.least_checked() is None:
            return True
        checked = await self.db.seals.last_checked()
        return checked is not None and now - checked < CHECKED_EVERY

    async def _check_one(self, now: datetime) -> None:
        number = await self.db.seals.least_checked()
        if number is not None:
            await self.findings.settle(await compare_seal(self.db, number), LedgerCheck.SEAL, str(number))
            await self.db.seals.checked(number, now)


async def compare_seal(rows: Tx, number: int) -> list[LedgerDifference]:
    """Compute a seal anew; return a difference where it is another than the one that was made."""
    seal, before = await rows.seals.get(number), await rows.seals.get(number - 1)
    if seal is None or (before is None and number > 1):
        return [LedgerDifference(LedgerCheck.SEAL, DEFAULT_TENANT, str(number), 1, 0)]
    begin = before.until if before else FROM_THE_FIRST
    digest = await digest_of(rows, before.digest if before else "", begin, seal.until)
    if (digest.hex, digest.journals) == (seal.digest, seal.journals):
        return []
    return [LedgerDifference(LedgerCheck.SEAL, DEFAULT_TENANT, str(number), seal.journals, digest.journals)]


async def digest_of(rows: Tx, before: str, begin: JournalId, end: JournalId) -> SealDigest:
    """Return the digest of a span, read in parts: what is there never changes."""
    digest = SealDigest(before)
    while journals := await rows.ledger_audit.journals(begin, end, _AT_ONCE):
        entries = defaultdict[JournalId, list[LedgerEntry]](list)
        for one in await rows.ledger_audit.entries(journals[0].id, journals[-1].id):
            entries[one.entry.journal].append(one.entry)
        for journal in journals:
            digest.add(journal, entries[journal.id])
        begin = JournalId(journals[-1].id + _BEHIND)
    return digest
