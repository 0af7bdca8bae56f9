"""Accounts: found by their names, locked in the order of their ids, written with absolute balances."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, func, select, update

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import Account, AccountId, AccountKind, AccountName, AccountState
from liveroom.domain.protection.caps import NONE_OWN, NOTHING_GIVEN, Caps, GivenSoFar, OwnCaps
from liveroom.ports.ledger import HeldBalance
from liveroom.store.sql.dialect import Row, Statement, Values, put_row, statement
from liveroom.store.sql.instants import millis, optional_instant, optional_millis
from liveroom.store.sql.ledger_tables import accounts, dues
from liveroom.store.sql.runner import Runner, SqlRead

_C: Final = accounts.c
_OWNERS: Final[BindParameter[str]] = bindparam("owners", expanding=True)
_IDS: Final[BindParameter[str]] = bindparam("ids", expanding=True)
_FIND: Final = statement(
    select(accounts).where(_C.tenant == bindparam("of"), _C.kind == bindparam("what"), _C.owner.in_(_OWNERS))
)
_OF_IDS: Final = statement(select(accounts).where(_C.id.in_(_IDS)))
_HOLDINGS: Final = statement(
    select(
        accounts,
        select(func.coalesce(func.sum(dues.c.amount), 0)).where(dues.c.account == _C.id).scalar_subquery(),
    ).where(_C.tenant == bindparam("of"), _C.kind == bindparam("what"), _C.owner.in_(_OWNERS))
)
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(accounts))
LOCK: Final = statement(select(accounts).where(_C.id.in_(_IDS)).order_by(_C.id).with_for_update())
_PUT: Final = put_row(accounts)
_FREEZE: Final = statement(update(accounts).where(_C.id.in_(_IDS)).values(frozen=bindparam("now_so")))
_CLOSING: Final = statement(
    select(_C.id)
    .where(_C.closes <= bindparam("now", type_=BigInteger))
    .order_by(_C.closes)
    .limit(bindparam("limit", type_=Integer))
)
_ID_BYTES: Final = 12
_decode_own: Final = msgspec.json.Decoder(tuple[Caps, Caps, int | None]).decode


@dataclass(frozen=True, slots=True)
class SqlAccounts:
    """``ports.AccountRows``."""

    _runner: Runner

    async def open(self, names: Collection[AccountName]) -> Mapping[AccountName, AccountId]:
        found = await self.find(names)
        if missing := sorted(set(names) - found.keys()):
            fresh = [Account(AccountId(secrets.token_urlsafe(_ID_BYTES)), name) for name in missing]
            await self._runner.put_many(_ADD, list(map(_values, fresh)))
            # Somebody else may have made one a moment before.
            found = await self.find(names)
        return {name: account.id for name, account in found.items()}

    async def find(self, names: Collection[AccountName]) -> Mapping[AccountName, Account]:
        return {account.name: account for account in map(read_account, await self._named(_FIND, names))}

    async def of_ids(self, ids: Collection[AccountId]) -> Mapping[AccountId, Account]:
        rows = await self._runner.rows(_OF_IDS, ids=sorted(ids)) if ids else ()
        return {account.id: account for account in map(read_account, rows) if account.id in ids}

    async def holdings(self, names: Collection[AccountName]) -> Mapping[AccountName, HeldBalance]:
        rows = await self._named(_HOLDINGS, names)
        held = [HeldBalance(read_account(row[:-1]), int(row[-1])) for row in rows]
        return {holding.account.name: holding for holding in held}

    async def _named(self, asked: Statement, names: Collection[AccountName]) -> Sequence[Row]:
        owners = defaultdict[tuple[TenantName, AccountKind], set[str]](set)
        for name in names:
            owners[name.tenant, name.kind].add(name.owner)
        questions = [
            SqlRead(asked, {"of": tenant, "what": kind.value, "owners": sorted(some)})
            for (tenant, kind), some in owners.items()
        ]
        return [row for rows in await self._runner.rows_of(*questions) for row in rows]

    async def names(self, ids: Collection[AccountId]) -> Mapping[AccountId, AccountName]:
        return {id: account.name for id, account in (await self.of_ids(ids)).items()}

    async def lock(self, ids: Collection[AccountId]) -> Mapping[AccountId, Account]:
        return accounts_by_id(await self._runner.rows(LOCK, ids=sorted(ids)) if ids else ())

    async def put(self, accounts: Collection[Account]) -> None:
        if accounts:
            await self._runner.put_many(_PUT, [_values(account) for account in accounts])

    async def closing(self, now: datetime, limit: int) -> Sequence[AccountId]:
        return [AccountId(row[0]) for row in await self._runner.rows(_CLOSING, now=millis(now), limit=limit)]

    async def freeze(self, ids: Collection[AccountId], *, frozen: bool) -> None:
        if ids:
            await self._runner.run(_FREEZE, ids=sorted(ids), now_so=int(frozen))


def _values(account: Account) -> Values:
    name = account.name
    return {
        "id": account.id,
        "tenant": name.tenant,
        "currency": name.currency.value,
        "kind": name.kind.value,
        "owner": name.owner,
        "balance": account.balance,
        "floor": name.floor,
        "state": account.state.value,
        "frozen": int(account.frozen),
        "closes": optional_millis(account.closes),
        "given_day": account.given.day,
        "given_in_day": account.given.in_day,
        "given_in_month": account.given.in_month,
        "own_caps": _write_own(account.given.own),
    }


def accounts_by_id(rows: Iterable[Row]) -> Mapping[AccountId, Account]:
    """Return the accounts of rows with all columns, by their ids."""
    return {account.id: account for account in map(read_account, rows)}


def read_account(row: Row) -> Account:
    """Return an account of which all columns were read."""
    id, tenant, _, kind, owner, balance, _, state, frozen, closes, day, in_day, in_month, own = row
    name = AccountName(TenantName(tenant), AccountKind(kind), owner)
    given = GivenSoFar(day, in_day, in_month, _read_own(own)) if day or own else NOTHING_GIVEN
    return Account(AccountId(id), name, balance, AccountState(state), bool(frozen), optional_instant(closes), given)


def _write_own(own: OwnCaps) -> str:
    return "" if own == NONE_OWN else msgspec.json.encode((own.caps, own.later, optional_millis(own.since))).decode()


def _read_own(text: str) -> OwnCaps:
    if not text:
        return NONE_OWN
    caps, later, since = _decode_own(text)
    return OwnCaps(caps, later, optional_instant(since))
