"""The audit of the ledger: each second, one process compares what was moved a minute ago. It never repairs anything.

A difference freezes the accounts that it is about, and is told: in the log, to webhooks, by ``liveroom doctor`` and in
``/metrics``. What is right again is no difference any more; accounts stay frozen until somebody lets them go.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from liveroom.domain.events.ledger import differs, of_ledger
from liveroom.domain.ids import first_id, made_at
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.differences import (
    SETTLED,
    LedgerCheck,
    LedgerDifference,
    OpenDifference,
)
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.moments import at
from liveroom.ports import Checkpoint, Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.ledger.comparing import compare_accounts, compare_charges, compare_gifts, compare_journals
from liveroom.usecases.ledger.watching import WATCHED, LedgerWatch

log = structlog.get_logger()

_OF_SPANS: Final = {LedgerCheck.GIFTS: compare_gifts, LedgerCheck.EXTERNAL: compare_charges}
_COMPARED: Final = frozenset({LedgerCheck.JOURNAL, LedgerCheck.ACCOUNT, LedgerCheck.LOTS, *_OF_SPANS})
_LEASE: Final = "ledger audit"
_CLAIM: Final = timedelta(seconds=10)
_AT_ONCE: Final = 20_000
"""How many entries one round looks at, so that it ends."""
_BEHIND: Final = timedelta(seconds=2)
"""How far behind now checkpoints are made: what is committed later than that after it was written is counted anew."""
_MARKED: Final = 10
"""Seconds: checkpoints are made for the same moments, so that those of many accounts are read at once."""
_AGAIN: Final = timedelta(seconds=60)
"""How often what differs is compared again."""
_SHOWN: Final = 100
_LAST: Final = "!"
"""Behind a journal's id, and before the next one."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Tells differences, once each."""

    db: Database
    clock: Clock
    recorder: EventRecorder

    async def tell(self, differences: Collection[LedgerDifference]) -> int:
        """Freeze and tell of what is new; return how many."""
        return len(await self.db.transact(lambda tx: self.note(tx, differences)))

    async def settle(self, found: Collection[LedgerDifference], check: LedgerCheck, subject: str | None = None) -> None:
        """Tell what was found by a check (of one subject), and drop what it had found and is right again."""
        known = {one.id for one in found}
        for one in await self.db.differences.open(_SHOWN):
            if one.check is check and subject in {None, one.subject} and one.id not in known:
                await self.db.differences.drop(one.id)
        await self.tell(found)

    async def note(self, tx: Tx, differences: Collection[LedgerDifference]) -> Sequence[LedgerDifference]:
        """Do it in a transaction; return what is new."""
        now = self.clock.now()
        fresh = [one for one in differences if await tx.differences.add(one, now)]
        for one in fresh:
            if one.check.freezes:
                await tx.ledger_accounts.freeze(one.accounts, frozen=True)
            await self.recorder.record(tx, one.tenant, of_ledger(one.tenant), [differs(one, now)])
            about = {"check": one.check.value, "tenant": one.tenant, "subject": one.subject}
            log.error("ledger.differs", **about, expected=one.expected, found=one.found)
        return fresh


@dataclass(slots=True)
class _Span:
    """What one round looks at, and finds."""

    begin: JournalId
    end: JournalId
    known: Sequence[OpenDifference]
    """What was told."""
    found: Sequence[LedgerDifference]
    looked: frozenset[LedgerCheck] = WATCHED
    """Of which kinds everything that is known was looked at again."""
    checkpoints: Sequence[Checkpoint] = ()

    @property
    def again(self) -> Sequence[OpenDifference]:
        """Return what is compared again."""
        return [one for one in self.known if one.check in self.looked]

    @property
    def gone(self) -> Sequence[OpenDifference]:
        """Return what is right again."""
        found = {one.id for one in self.found}
        return [one for one in self.again if one.id not in found]

    @property
    def fresh(self) -> Sequence[LedgerDifference]:
        """Return what was not told yet."""
        known = {one.id for one in self.known}
        return [one for one in self.found if one.id not in known]


@dataclass(slots=True)
class LedgerAudit:
    """Looks at what was moved."""

    db: Database
    clock: Clock
    findings: Findings
    watches: Sequence[LedgerWatch]
    settled: timedelta = SETTLED
    at_once: int = _AT_ONCE
    _holder: str = field(default_factory=lambda: secrets.token_hex(8))
    _compared: datetime | None = None

    async def look(self) -> int:
        """Compare what is old enough, unless another process does; return how many new differences there are.

        Where nothing was moved it asks the database some questions by index, and opens no transaction.
        """
        now = self.clock.now()
        if await self.db.leases.holder(_LEASE, now) not in {"", self._holder}:
            return 0
        span = await self._span(now)
        is_moved = span.begin < span.end or bool(_COMPARED & span.looked)
        if not (is_moved or span.gone or span.fresh):
            return 0
        if not await self.db.leases.claim(_LEASE, self._holder, now, now + _CLAIM):
            return 0
        if is_moved:
            span = await self.db.snapshot(lambda tx: self._compare(tx, span))
        return await self.db.transact(lambda tx: self._write(tx, span))

    async def _span(self, now: datetime) -> _Span:
        """Return what there is to look at, and what watches have found."""
        begin, end = await self.db.checkpoints.progress(), JournalId(first_id(now - self.settled))
        first, known = await self.db.ledger_audit.next_journal(begin), await self.db.differences.open(_SHOWN)
        found = [one for watch in self.watches for one in await watch(self.db, now)]
        if first is None or first >= end:
            end = begin
        elif (nth := await self.db.ledger_audit.nth_journal(first, self.at_once)) is not None and _behind(nth) < end:
            end = _behind(nth)
        span = _Span(begin, end, known, found)
        is_due = self._compared is None or now - self._compared >= _AGAIN
        if is_due and any(one.check in _COMPARED for one in known):
            self._compared, span.looked = now, WATCHED | _COMPARED
        return span

    async def _compare(self, tx: Tx, span: _Span) -> _Span:
        found = await compare_journals(tx, span.begin, span.end)
        for compare in _OF_SPANS.values():
            found += await compare(tx, span.begin, span.end)
        touched = set(await tx.ledger_audit.touched(span.begin, span.end))
        for one in span.again:
            if one.check is LedgerCheck.JOURNAL:
                found += await compare_journals(tx, JournalId(one.subject), JournalId(one.subject + _LAST))
            elif one.check in _OF_SPANS:
                begin, _, end = one.subject.partition(" ")
                found += await _OF_SPANS[one.check](tx, JournalId(begin), JournalId(end))
            elif one.check in _COMPARED:
                touched.add(AccountId(one.subject))
        compared = await compare_accounts(tx, touched, self._mark())
        return replace(span, found=[*span.found, *found, *compared.differences], checkpoints=compared.checkpoints)

    async def _write(self, tx: Tx, span: _Span) -> int:
        fresh = await self.findings.note(tx, span.fresh)
        for one in span.gone:
            await tx.differences.drop(one.id)
        await tx.checkpoints.put(span.checkpoints)
        if span.end != span.begin:
            await tx.checkpoints.put_progress(span.end)
        return len(fresh)

    def _mark(self) -> JournalId:
        """Return where checkpoints are made now."""
        behind = int((self.clock.now() - _BEHIND).timestamp())
        return JournalId(first_id(datetime.fromtimestamp(behind - behind % _MARKED, UTC)))


def _behind(journal: JournalId) -> JournalId:
    """Return what sorts behind everything of the same millisecond."""
    made = made_at(journal)
    return JournalId(journal + _LAST if made is None else first_id(at(made + 1)))
