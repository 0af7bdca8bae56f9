"""Payouts: found by key, by state, and by the account out of which they go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Integer, bindparam, func, select

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.ledger.payouts import Payout, PayoutState
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Statement, Values, put_row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.ledger_tables import payouts
from liveroom.store.sql.runner import Runner

_C: Final = payouts.c
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(payouts))
_PUT: Final = put_row(payouts)
_OF_KEY: Final = statement(select(payouts).where(_C.tenant == bindparam("of"), _C.key == bindparam("known")))
_PAGE: Final = statement(
    select(payouts)
    .where(_C.tenant == bindparam("of"), _C.state == bindparam("standing"), _C.id < bindparam("before"))
    .order_by(_C.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_OF_ACCOUNT: Final = statement(
    select(payouts)
    .where(_C.account == bindparam("whose"), _C.id < bindparam("before"), _C.state != PayoutState.REFUSED.value)
    .order_by(_C.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_LATE: Final = statement(
    select(payouts)
    .where(_C.state == PayoutState.HELD.value, _C.created < bindparam("before", type_=BigInteger))
    .order_by(_C.created)
    .limit(bindparam("limit", type_=Integer))
)
_RETURNED: Final = statement(
    select(func.coalesce(func.sum(_C.points), 0)).where(
        _C.account == bindparam("whose"),
        _C.ended >= bindparam("since"),
        _C.state == PayoutState.CANCELLED.value,
    )
)


@dataclass(frozen=True, slots=True)
class SqlPayouts:
    """``ports.PayoutRows``."""

    _runner: Runner

    async def add(self, payout: Payout) -> bool:
        return bool(await self._runner.run(_ADD, **_values(payout)))

    async def put(self, payout: Payout) -> None:
        await self._runner.run(_PUT, **_values(payout))

    async def of_key(self, tenant: TenantName, key: str) -> Payout | None:
        row = await self._runner.row(_OF_KEY, of=tenant, known=key)
        return _read(row) if row else None

    async def page(self, tenant: TenantName, state: PayoutState, before: str, limit: int) -> Sequence[Payout]:
        rows = await self._runner.rows(_PAGE, of=tenant, standing=state.value, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))

    async def of_account(self, account: AccountId, before: str, limit: int) -> Sequence[Payout]:
        rows = await self._runner.rows(_OF_ACCOUNT, whose=account, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))

    async def held_before(self, before: datetime, limit: int) -> Sequence[Payout]:
        return list(map(_read, await self._runner.rows(_LATE, before=millis(before), limit=limit)))

    async def returned_since(self, account: AccountId, since: JournalId) -> int:
        row = await self._runner.row(_RETURNED, whose=account, since=since)
        return int(row[0]) if row else 0


def _values(payout: Payout) -> Values:
    return {
        "id": payout.id,
        "tenant": payout.tenant,
        "account": payout.account,
        "key": payout.key,
        "digest": payout.digest,
        "points": payout.points,
        "state": payout.state.value,
        "made_by": payout.made_by,
        "created": millis(payout.created),
        "ended": payout.ended,
        "cleared": payout.cleared,
    }


def _read(row: Row) -> Payout:
    id, tenant, account, key, digest, points, state, by, created, ended, cleared = row
    return Payout(
        id,
        TenantName(tenant),
        AccountId(account),
        key,
        digest,
        points,
        PayoutState(state),
        by,
        instant(created),
        ended=None if ended is None else JournalId(ended),
        cleared=cleared,
    )
