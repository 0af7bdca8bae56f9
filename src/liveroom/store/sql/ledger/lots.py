"""Lots of granted coins: found by account while something is left, and by when they are over."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, insert, select, update

from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.ledger.lots import Lot
from liveroom.store.sql.dialect import Row, Values, statement
from liveroom.store.sql.instants import millis, optional_instant, optional_millis
from liveroom.store.sql.ledger_tables import lots
from liveroom.store.sql.runner import Runner

_C: Final = lots.c
_ACCOUNTS: Final[BindParameter[str]] = bindparam("accounts", expanding=True)
_ADD: Final = statement(insert(lots))
_SHOWN: Final = select(_C.journal, _C.account, _C.remaining, _C.expires)
_GET: Final = statement(_SHOWN.where(_C.journal == bindparam("which")))
_OF: Final = statement(_SHOWN.where(_C.account.in_(_ACCOUNTS), _C.remaining > 0))
_PUT: Final = statement(
    update(lots)
    .where(_C.journal == bindparam("which"))
    .values(remaining=bindparam("rest", type_=BigInteger), due=bindparam("then", type_=BigInteger))
)
_EXPIRED: Final = statement(
    _SHOWN.where(_C.due <= bindparam("now")).order_by(_C.due).limit(bindparam("limit", type_=Integer))
)


@dataclass(frozen=True, slots=True)
class SqlLots:
    """``ports.LotRows``."""

    _runner: Runner

    async def add(self, lots: Sequence[Lot]) -> None:
        if lots:
            await self._runner.put_many(_ADD, list(map(_values, lots)))

    async def get(self, journal: JournalId) -> Lot | None:
        row = await self._runner.row(_GET, which=journal)
        return _read(row) if row and row[0] == journal else None

    async def of(self, accounts: Collection[AccountId]) -> Sequence[Lot]:
        rows = await self._runner.rows(_OF, accounts=sorted(accounts)) if accounts else ()
        return list(map(_read, rows))

    async def put(self, lots: Sequence[Lot]) -> None:
        if lots:
            rows = [{"which": lot.journal, "rest": lot.left, "then": _due(lot)} for lot in lots]
            await self._runner.put_many(_PUT, rows)

    async def expired(self, now: datetime, limit: int) -> Sequence[Lot]:
        return list(map(_read, await self._runner.rows(_EXPIRED, now=millis(now), limit=limit)))


def _values(lot: Lot) -> Values:
    values: Values = {"journal": lot.journal, "account": lot.account, "remaining": lot.left}
    return {**values, "expires": optional_millis(lot.expires), "due": _due(lot)}


def _due(lot: Lot) -> int | None:
    """Return when what is left has to be taken away."""
    return optional_millis(lot.expires) if lot.left else None


def _read(row: Row) -> Lot:
    return Lot(JournalId(row[0]), AccountId(row[1]), row[2], optional_instant(row[3]))
