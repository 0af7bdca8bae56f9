"""Dues: rows that are added to balances and dropped, those of the lowest numbers first.

Numbers are given before a commit, so that none of them says that all below it are there: exactly what was read is what
is dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BindParameter, Integer, bindparam, delete, insert, select

from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId, LedgerEntry
from liveroom.domain.parts import parts
from liveroom.ports.ledger import Due
from liveroom.store.sql.dialect import Values, statement
from liveroom.store.sql.ledger_tables import dues
from liveroom.store.sql.runner import Runner

_C: Final = dues.c
_NUMBERS: Final[BindParameter[int]] = bindparam("numbers", expanding=True)
_ADD: Final = statement(insert(dues).values({name: bindparam(name) for name in ("account", "amount", "journal")}))
_FIRST: Final = statement(
    select(_C.n, _C.account, _C.amount).where(_C.n > 0).order_by(_C.n).limit(bindparam("limit", type_=Integer))
)
_OF: Final = statement(select(_C.n, _C.account, _C.amount).where(_C.account == bindparam("whose")))
_DROP: Final = statement(delete(dues).where(_C.n.in_(_NUMBERS)))
_OLDEST: Final = statement(select(_C.journal).where(_C.n > 0).order_by(_C.n).limit(1))
_DROPPED_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class SqlDues:
    """``ports.DueRows``."""

    _runner: Runner

    async def add(self, dues: Sequence[LedgerEntry]) -> None:
        if dues:
            rows: list[Values] = [
                {"account": due.account, "amount": due.amount, "journal": due.journal} for due in dues
            ]
            await self._runner.put_many(_ADD, rows)

    async def first(self, limit: int) -> Sequence[Due]:
        return [Due(row[0], AccountId(row[1]), row[2]) for row in await self._runner.rows(_FIRST, limit=limit)]

    async def of(self, account: AccountId) -> Sequence[Due]:
        return [Due(row[0], AccountId(row[1]), row[2]) for row in await self._runner.rows(_OF, whose=account)]

    async def drop(self, dues: Sequence[int]) -> int:
        return sum([await self._runner.run(_DROP, numbers=some) for some in parts(dues, _DROPPED_AT_ONCE)])

    async def oldest(self) -> JournalId | None:
        row = await self._runner.row(_OLDEST)
        return JournalId(row[0]) if row else None
