"""Settlements and statements: found by period, by account, and by how far they have come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, select

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import Account, AccountId, AccountKind
from liveroom.domain.settlement.bonuses import BonusRule, GivenBonus
from liveroom.domain.settlement.model import STATED, AccountStatement, MovedPoints, Settlement, SettlementState
from liveroom.domain.settlement.periods import SettlementPeriod
from liveroom.store.sql.dialect import Row, Statement, Values, put_row, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.ledger.accounts import read_account
from liveroom.store.sql.ledger_tables import accounts
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.settlement.sums import live_seconds, points_moved
from liveroom.store.sql.settlement_tables import account_statements, bonus_rules, settlements

_S: Final = settlements.c
_A: Final = account_statements.c
_LATEST: Final = 1 << 62
"""Behind every time."""
_encode: Final = msgspec.json.Encoder().encode
_decode_rules: Final = msgspec.json.Decoder(tuple[BonusRule, ...]).decode
_decode_given: Final = msgspec.json.Decoder(tuple[GivenBonus, ...]).decode
_TENANT: Final[BindParameter[str]] = bindparam("of")
_LIMIT: Final = bindparam("limit", type_=Integer)
_BEFORE: Final = bindparam("before", type_=BigInteger)
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(settlements))
_PUT: Final = put_row(settlements)
_IS: Final = select(settlements).where(_S.tenant == _TENANT, _S.period == bindparam("which"))
_GET, _LOCK = statement(_IS), statement(_IS.with_for_update())
_OPEN: Final = statement(select(settlements).where(_S.state.in_(bindparam("states", expanding=True))).limit(_LIMIT))
_OVERLAPPING: Final = statement(
    select(settlements)
    .where(
        _S.tenant == _TENANT,
        _S.period != bindparam("which"),
        _S.begins < bindparam("until", type_=BigInteger),
        _S.ends > bindparam("since", type_=BigInteger),
    )
    .limit(1)
)
_PAGE: Final = statement(
    select(settlements).where(_S.tenant == _TENANT, _S.begins < _BEFORE).order_by(_S.begins.desc()).limit(_LIMIT)
)
# By the index of tenant and id: of three accounts of a user one gets statements.
_ACCOUNTS: Final = statement(
    select(accounts)
    .with_hint(accounts, "FORCE INDEX (lr_accounts_tenant)", "mysql")  # the one by name would be sorted for each page
    .where(
        accounts.c.tenant == _TENANT,
        accounts.c.id > bindparam("after"),
        accounts.c.kind.in_([kind.value for kind in STATED]),
    )
    .order_by(accounts.c.id)
    .limit(_LIMIT)
)
_PUT_STATEMENT: Final = put_row(account_statements)
_STATEMENTS: Final = statement(
    select(account_statements)
    .where(_A.tenant == _TENANT, _A.period == bindparam("which"), _A.account > bindparam("after"))
    .order_by(_A.account)
    .limit(_LIMIT)
)
_STATEMENT: Final = statement(
    select(account_statements).where(
        _A.tenant == _TENANT, _A.period == bindparam("which"), _A.account == bindparam("whose")
    )
)
_OF_ACCOUNT: Final = statement(
    select(account_statements)
    .where(_A.account == bindparam("whose"), _A.begins < _BEFORE, _A.closed.is_not(None))
    .order_by(_A.begins.desc())
    .limit(_LIMIT)
)
_RULES: Final = statement(select(bonus_rules.c.rules).where(bonus_rules.c.tenant == _TENANT))
_PUT_RULES: Final = put_row(bonus_rules)


@dataclass(frozen=True, slots=True)
class SqlSettlements:
    """``ports.SettlementRows``."""

    _runner: Runner

    async def add(self, settlement: Settlement) -> bool:
        return bool(await self._runner.run(_ADD, **_values(settlement)))

    async def put(self, settlement: Settlement) -> None:
        await self._runner.run(_PUT, **_values(settlement))

    async def get(self, tenant: TenantName, period: str) -> Settlement | None:
        row = await self._runner.row(_GET, of=tenant, which=period)
        return _read(row) if row else None

    async def lock(self, tenant: TenantName, period: str) -> Settlement | None:
        row = await self._runner.row(_LOCK, of=tenant, which=period)
        return _read(row) if row else None

    async def open(self, states: Collection[SettlementState], limit: int) -> Sequence[Settlement]:
        rows = await self._runner.rows(_OPEN, states=sorted(state.value for state in states), limit=limit)
        return list(map(_read, rows))

    async def overlapping(self, tenant: TenantName, period: SettlementPeriod) -> Settlement | None:
        span = {"since": millis(period.begins), "until": millis(period.ends)}
        row = await self._runner.row(_OVERLAPPING, of=tenant, which=period.id, **span)
        return _read(row) if row else None

    async def page(self, tenant: TenantName, before: datetime | None, limit: int) -> Sequence[Settlement]:
        rows = await self._runner.rows(_PAGE, of=tenant, before=_before(before), limit=limit)
        return list(map(_read, rows))

    async def accounts(self, tenant: TenantName, after: str, limit: int) -> Sequence[Account]:
        return list(map(read_account, await self._runner.rows(_ACCOUNTS, of=tenant, after=after, limit=limit)))

    async def moved(self, accounts: Collection[AccountId], period: SettlementPeriod) -> Mapping[AccountId, MovedPoints]:
        return await points_moved(self._runner, accounts, period)

    async def live(self, hosts: Collection[UserId], period: SettlementPeriod) -> Mapping[UserId, int]:
        return await live_seconds(self._runner, hosts, period)

    async def put_statements(self, statements: Sequence[AccountStatement]) -> None:
        if statements:
            await self._runner.run_many(_PUT_STATEMENT, list(map(_statement_values, statements)))

    async def statements(self, tenant: TenantName, period: str, after: str, limit: int) -> Sequence[AccountStatement]:
        rows = await self._runner.rows(_STATEMENTS, of=tenant, which=period, after=after, limit=limit)
        return list(map(_read_statement, rows))

    async def statement(self, tenant: TenantName, period: str, account: AccountId) -> AccountStatement | None:
        row = await self._runner.row(_STATEMENT, of=tenant, which=period, whose=account)
        return _read_statement(row) if row else None

    async def of_account(self, account: AccountId, before: datetime | None, limit: int) -> Sequence[AccountStatement]:
        rows = await self._runner.rows(_OF_ACCOUNT, whose=account, before=_before(before), limit=limit)
        return list(map(_read_statement, rows))

    async def rules(self, tenant: TenantName) -> tuple[BonusRule, ...]:
        row = await self._runner.row(_RULES, of=tenant)
        return _decode_rules(row[0]) if row else ()

    async def put_rules(self, tenant: TenantName, rules: Sequence[BonusRule]) -> None:
        await self._runner.run(_PUT_RULES, tenant=tenant, rules=_text(rules))


def _before(when: datetime | None) -> int:
    return _LATEST if when is None else millis(when)


def _text(value: Any) -> str:
    return _encode(value).decode()


def _values(one: Settlement) -> Values:
    return {
        "tenant": one.tenant,
        "period": one.period,
        "begins": millis(one.begins),
        "ends": millis(one.ends),
        "state": one.state.value,
        "rules": _text(one.rules),
        "made_by": one.made_by,
        "created": millis(one.created),
        "after": one.after,
        "attempt": one.attempt,
        "approval": one.approval,
        "statements": one.statements,
        "gifts": one.gifts,
        "bonus": one.bonus,
        "closed": optional_millis(one.closed),
    }


def _read(row: Row) -> Settlement:
    tenant, period, begins, ends, state, rules, made_by, created, after, attempt, approval, *sums, closed = row
    return Settlement(
        tenant=TenantName(tenant),
        period=period,
        begins=instant(begins),
        ends=instant(ends),
        state=SettlementState(state),
        rules=_decode_rules(rules),
        made_by=made_by,
        created=instant(created),
        after=after,
        attempt=attempt,
        approval=approval,
        statements=sums[0],
        gifts=sums[1],
        bonus=sums[2],
        closed=optional_instant(closed),
    )


def _statement_values(one: AccountStatement) -> Values:
    return {
        "tenant": one.tenant,
        "period": one.period,
        "account": one.account,
        "kind": one.kind.value,
        "begins": millis(one.begins),
        "ends": millis(one.ends),
        **one.moved._asdict(),
        "live": one.live,
        "given": _text(one.given),
        "closed": optional_millis(one.closed),
    }


def _read_statement(row: Row) -> AccountStatement:
    tenant, period, account, kind, begins, ends, *moved, live, given, closed = row
    return AccountStatement(
        tenant=TenantName(tenant),
        period=period,
        account=AccountId(account),
        kind=AccountKind(kind),
        begins=instant(begins),
        ends=instant(ends),
        moved=MovedPoints(*moved),
        live=live,
        given=_decode_given(given),
        closed=optional_instant(closed),
    )
