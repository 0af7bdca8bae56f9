"""Reads of the ledger's audit: sums by the indices of journals and of accounts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, func, select

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import Account, AccountId, AccountKind, Currency
from liveroom.domain.ledger.journals import JournalId, LedgerEntry, LedgerJournal
from liveroom.domain.ledger.seals import SealedEntry
from liveroom.domain.parts import parts
from liveroom.ports.ledger import Due
from liveroom.ports.ledger_audit import EntrySum, JournalSum
from liveroom.store.sql.dialect import Row, Statement, statement
from liveroom.store.sql.ledger.accounts import read_account
from liveroom.store.sql.ledger.journals import read_journal
from liveroom.store.sql.ledger_tables import accounts, dues, entries, journals, lots
from liveroom.store.sql.runner import Runner

_A: Final = accounts.c
_E: Final = entries.c
_BEGIN: Final[BindParameter[str]] = bindparam("begin")
_END: Final[BindParameter[str]] = bindparam("end")
_WHOSE: Final[BindParameter[str]] = bindparam("whose", expanding=True)
_LIMIT: Final = bindparam("limit", type_=Integer)
_FROM: Final = select(_E.journal).where(_E.journal >= _BEGIN).order_by(_E.journal)
_NEXT: Final = statement(_FROM.limit(1))
_NTH: Final = statement(_FROM.limit(1).offset(_LIMIT))
_UNBALANCED: Final = statement(
    select(_E.journal, _A.tenant, _A.currency, func.sum(_E.amount))
    .join_from(entries, accounts, _A.id == _E.account)
    .where(_E.journal >= _BEGIN, _E.journal < _END)
    .group_by(_E.journal, _A.tenant, _A.currency)
    .having(func.sum(_E.amount) != 0)
)
_TOUCHED: Final = statement(select(_E.account).distinct().where(_E.journal >= _BEGIN, _E.journal < _END))
_SUMS: Final = statement(
    select(_E.account, func.sum(_E.amount), func.count())
    .where(_E.account.in_(_WHOSE), _E.journal >= _BEGIN)
    .group_by(_E.account)
)
_WAITING: Final = statement(
    select(dues.c.account, func.sum(dues.c.amount)).where(dues.c.account.in_(_WHOSE)).group_by(dues.c.account)
)
_LEFT: Final = statement(
    select(lots.c.account, func.sum(lots.c.remaining))
    .where(lots.c.account.in_(_WHOSE), lots.c.remaining > 0)
    .group_by(lots.c.account)
)


_BALANCES: Final = statement(
    select(func.coalesce(func.sum(_A.balance), 0)).where(_A.tenant == bindparam("of"), _A.kind == bindparam("what"))
)
_DUES: Final = statement(
    select(dues.c.n, dues.c.account, dues.c.amount)
    .where(dues.c.n > bindparam("behind", type_=BigInteger))
    .order_by(dues.c.n)
    .limit(_LIMIT)
)
_ACCOUNTS: Final = statement(select(accounts).where(_A.id > bindparam("after")).order_by(_A.id).limit(_LIMIT))
_JOURNALS: Final = statement(
    select(journals).where(journals.c.id >= _BEGIN, journals.c.id < _END).order_by(journals.c.id).limit(_LIMIT)
)
_ENTRIES: Final = statement(
    select(_E.n, _E.journal, _E.account, _E.amount, _E.doc).where(_E.journal >= _BEGIN, _E.journal <= _END)
)
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class SqlLedgerAudit:
    """``ports.LedgerAuditRows``."""

    _runner: Runner

    async def next_journal(self, begin: JournalId) -> JournalId | None:
        row = await self._runner.row(_NEXT, begin=begin)
        return JournalId(row[0]) if row else None

    async def nth_journal(self, begin: JournalId, number: int) -> JournalId | None:
        row = await self._runner.row(_NTH, begin=begin, limit=number)
        return JournalId(row[0]) if row else None

    async def unbalanced(self, begin: JournalId, end: JournalId) -> Sequence[JournalSum]:
        rows = await self._runner.rows(_UNBALANCED, begin=begin, end=end)
        return [JournalSum(JournalId(row[0]), TenantName(row[1]), Currency(row[2]), int(row[3])) for row in rows]

    async def touched(self, begin: JournalId, end: JournalId) -> Sequence[AccountId]:
        return [AccountId(row[0]) for row in await self._runner.rows(_TOUCHED, begin=begin, end=end)]

    async def sums(self, accounts: Collection[AccountId], begin: JournalId) -> Mapping[AccountId, EntrySum]:
        rows = await self._of(_SUMS, accounts, begin=begin)
        return {AccountId(row[0]): EntrySum(int(row[1]), int(row[2])) for row in rows}

    async def waiting(self, accounts: Collection[AccountId]) -> Mapping[AccountId, int]:
        return {AccountId(row[0]): int(row[1]) for row in await self._of(_WAITING, accounts)}

    async def left(self, accounts: Collection[AccountId]) -> Mapping[AccountId, int]:
        return {AccountId(row[0]): int(row[1]) for row in await self._of(_LEFT, accounts)}

    async def total(self, tenant: TenantName, kind: AccountKind) -> int:
        row = await self._runner.row(_BALANCES, of=tenant, what=kind.value)
        return int(row[0]) if row else 0

    async def dues(self, after: int, limit: int) -> Sequence[Due]:
        return [
            Due(row[0], AccountId(row[1]), row[2]) for row in await self._runner.rows(_DUES, behind=after, limit=limit)
        ]

    async def accounts(self, after: str, limit: int) -> Sequence[Account]:
        return list(map(read_account, await self._runner.rows(_ACCOUNTS, after=after, limit=limit)))

    async def journals(self, begin: JournalId, end: JournalId, limit: int) -> Sequence[LedgerJournal]:
        return list(map(read_journal, await self._runner.rows(_JOURNALS, begin=begin, end=end, limit=limit)))

    async def entries(self, begin: JournalId, last: JournalId) -> Sequence[SealedEntry]:
        rows = await self._runner.rows(_ENTRIES, begin=begin, end=last)
        return sorted(SealedEntry(row[0], LedgerEntry(JournalId(row[1]), AccountId(row[2]), *row[3:])) for row in rows)

    async def _of(self, asked: Statement, accounts: Collection[AccountId], **values: str) -> Sequence[Row]:
        found: list[Row] = []
        for some in parts(sorted(accounts), _AT_ONCE):
            found += await self._runner.rows(asked, whose=some, **values)
        return found
