"""Journals and entries: inserted only, found by key, by what they take back, and by account."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, func, insert, or_, select

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountId, AccountKind, AccountName
from liveroom.domain.ledger.journals import JournalId, LedgerEntry, LedgerJournal, MoveKind
from liveroom.ports.ledger import StatementLine
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Statement, Values, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.ledger_tables import accounts, entries, journals
from liveroom.store.sql.runner import Runner

_C: Final = journals.c
_E: Final = entries.c
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(journals))
_PUT: Final = statement(insert(journals))
_ADD_ENTRY: Final = statement(
    insert(entries).values({name: bindparam(name) for name in ("journal", "account", "amount", "doc")})
)
_GET: Final = statement(select(journals).where(_C.id == bindparam("which")))
_OF_KEY: Final = statement(select(journals).where(_C.tenant == bindparam("of"), _C.key == bindparam("known")))
_REVERSAL: Final = statement(select(journals).where(_C.tenant == bindparam("of"), _C.reverses == bindparam("what")))
_ENTRIES: Final = statement(
    select(accounts.c.tenant, accounts.c.kind, accounts.c.owner, _E.amount)
    .join_from(entries, accounts, accounts.c.id == _E.account)
    .where(_E.journal == bindparam("which"))
)
_PAGE: Final = statement(
    select(_E.n, _E.amount, _E.doc, journals)
    .join_from(entries, journals, _C.id == _E.journal)
    .where(
        _E.account == bindparam("whose"),
        _E.journal <= bindparam("before"),
        or_(_E.journal < bindparam("before"), _E.n < bindparam("before_n", type_=BigInteger)),
    )
    .order_by(_E.journal.desc(), _E.n.desc())
    .limit(bindparam("limit", type_=Integer))
)
_EARNED: Final = statement(
    select(func.coalesce(func.sum(_E.amount), 0)).where(
        _E.account == bindparam("whose"), _E.amount > 0, _E.journal >= bindparam("since")
    )
)
_MOVED: Final = statement(
    select(_C.kind, func.sum(_E.amount))
    .join_from(entries, journals, _C.id == _E.journal)
    .where(
        _E.account.in_(bindparam("accounts", expanding=True)),
        _E.journal >= bindparam("since"),
        _E.journal < bindparam("before"),
    )
    .group_by(_C.kind)
)
_BETWEEN: Final = statement(
    select(journals)
    .join_from(entries, journals, _C.id == _E.journal)
    .where(
        _E.account == bindparam("whose"),
        _E.journal >= bindparam("since"),
        _E.journal < bindparam("before"),
        _C.kind == bindparam("why"),
    )
    .order_by(_E.journal.desc())
    .limit(bindparam("limit", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class SqlJournals:
    """``ports.JournalRows``."""

    _runner: Runner

    async def of_key(self, tenant: TenantName, key: str) -> LedgerJournal | None:
        row = await self._runner.row(_OF_KEY, of=tenant, known=key)
        return read_journal(row) if row else None

    async def get(self, id: JournalId) -> LedgerJournal | None:
        row = await self._runner.row(_GET, which=id)
        return read_journal(row) if row and row[0] == id else None

    async def reversal_of(self, tenant: TenantName, reverses: str) -> LedgerJournal | None:
        row = await self._runner.row(_REVERSAL, of=tenant, what=reverses)
        return read_journal(row) if row else None

    async def add(self, journal: LedgerJournal, entries: Sequence[LedgerEntry]) -> bool:
        if not await self._runner.run(_ADD, **_values(journal)):
            return False
        await self._put_entries(entries)
        return True

    async def put(self, journal: LedgerJournal, entries: Sequence[LedgerEntry]) -> None:
        await self._runner.put_many(_PUT, [_values(journal)])
        await self._put_entries(entries)

    async def _put_entries(self, entries: Sequence[LedgerEntry]) -> None:
        await self._runner.put_many(_ADD_ENTRY, [entry._asdict() for entry in entries])

    async def entries(self, journal: JournalId) -> Sequence[tuple[AccountName, int]]:
        rows = await self._runner.rows(_ENTRIES, which=journal)
        return [(AccountName(TenantName(row[0]), AccountKind(row[1]), row[2]), row[3]) for row in rows]

    async def statement(
        self, account: AccountId, before: tuple[JournalId, int] | None, limit: int
    ) -> Sequence[StatementLine]:
        journal, n = before or (BEHIND_ALL, 0)
        rows = await self._runner.rows(_PAGE, whose=account, before=journal, before_n=n, limit=limit)
        return [StatementLine(row[0], row[1], row[2], read_journal(row[3:])) for row in rows]

    async def moved_between(
        self, accounts: Collection[AccountId], since: JournalId, until: JournalId
    ) -> Mapping[MoveKind, int]:
        rows = await self._runner.rows(_MOVED, accounts=sorted(accounts), since=since, before=until)
        return {MoveKind(kind): int(amount) for kind, amount in rows}

    async def between(
        self, account: AccountId, kind: MoveKind, since: JournalId, until: JournalId, limit: int
    ) -> Sequence[LedgerJournal]:
        asked = {"whose": account, "why": kind.value, "since": since, "before": until, "limit": limit}
        return list(map(read_journal, await self._runner.rows(_BETWEEN, **asked)))

    async def earned_since(self, account: AccountId, since: JournalId) -> int:
        row = await self._runner.row(_EARNED, whose=account, since=since)
        return int(row[0]) if row else 0


def _values(journal: LedgerJournal) -> Values:
    return {
        "id": journal.id,
        "tenant": journal.tenant,
        "kind": journal.kind.value,
        "key": journal.key,
        "digest": journal.digest,
        "reverses": journal.reverses,
        "made_by": journal.by,
        "created": millis(journal.created),
    }


def read_journal(row: Row) -> LedgerJournal:
    """Return a journal of which all columns were read."""
    id, tenant, kind, key, digest, reverses, by, created = row
    return LedgerJournal(
        JournalId(id), TenantName(tenant), MoveKind(kind), key, digest, by, instant(created), reverses=reverses
    )
