"""Rows of what operators configure: few, read whole. Each kind declares its table, the rest is the same for all.

A column has the name of the item's field, and holds what the field's type says. Secrets are stored as they are given:
sealed.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, Generic, NamedTuple, TypeVar, get_type_hints

import msgspec
from sqlalchemy import Table, bindparam, delete, select, update

from liveroom.domain.accounts.own_users import FixedSecret
from liveroom.domain.hooks.model import Hook
from liveroom.domain.operators.account import OperatorAccount
from liveroom.domain.operators.roles import OperatorRole
from liveroom.domain.tenants.app_signatures import AppKey
from liveroom.domain.webhooks.model import Webhook
from liveroom.ports import KeptItem, Stored
from liveroom.store.sql.backend_tables import app_keys, fixed_secrets, hooks, webhooks
from liveroom.store.sql.dialect import Row, Statement, Value, Values, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.operator_tables import operator_roles, operators
from liveroom.store.sql.runner import Runner

T = TypeVar("T", bound=KeptItem)
_MILLISECOND: Final = timedelta(milliseconds=1)


class _Form(NamedTuple):
    """How a field is written in its column, and read again."""

    write: Callable[[Any], Value]
    read: Callable[[Any], Any]


_AS_IT_IS: Final = _Form(lambda value: value, lambda stored: stored)
_FORMS: Final[dict[Any, _Form]] = {
    datetime: _Form(millis, instant),
    datetime | None: _Form(optional_millis, optional_instant),
    timedelta: _Form(lambda span: span // _MILLISECOND, lambda stored: stored * _MILLISECOND),
    frozenset[str]: _Form(
        lambda names: msgspec.json.encode(sorted(names)).decode(),
        lambda stored: msgspec.json.decode(stored, type=frozenset[str]),
    ),
}


def _form_of(kind: Any) -> _Form:
    """Return how values of a type are written."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _Form(lambda value: value.value, kind)
    return _FORMS.get(kind, _AS_IT_IS)


class ConfiguredTable(Generic[T]):
    """The table of one kind of item, and its statements."""

    def __init__(self, item: type[T], table: Table, *, sealed: str = "", **named: str) -> None:
        """``sealed``: the field and column of the secret. ``named``: columns that are not named as their fields are."""
        types, key = get_type_hints(item), table.c.id == bindparam("key")
        columns = [named.get(name, name) for name in types]
        read = select(*(table.c[column] for column in columns))
        self._item: Final = item
        self._sealed: Final = sealed
        self._no_secret: Final = {sealed: "" if types[sealed] is str else ()} if sealed else {}
        self._forms: Final = [
            (name, column, _form_of(types[name])) for name, column in zip(types, columns, strict=True)
        ]
        self.getting: Final = statement(read.where(key))
        self.listing: Final = statement(read)
        self.locking: Final = statement(read.where(key).with_for_update())
        self.removing: Final = statement(delete(table).where(key))
        self.putting: Final = Statement(
            lambda dialect: dialect.upsert(table, lambda new: [(name, new[name]) for name in columns if name != "id"])
        )
        if sealed:
            self.resealing: Final = statement(
                update(table).where(key, table.c[sealed] == bindparam("old")).values({sealed: bindparam("sealed")})
            )

    def rows(self, runner: Runner) -> "SqlConfiguredRows[T]":
        """Return the rows as this runner reads and writes them."""
        return SqlConfiguredRows(self, runner)

    def read(self, row: Row) -> Stored[T]:
        """Return what a row says."""
        values = {name: form.read(value) for (name, _, form), value in zip(self._forms, row, strict=True)}
        return Stored(self._item(**{**values, **self._no_secret}), values.get(self._sealed, ""))

    def written(self, stored: Stored[T]) -> Values:
        """Return the row that says it."""
        values = {column: form.write(getattr(stored.item, name)) for name, column, form in self._forms}
        return {**values, self._sealed: stored.sealed} if self._sealed else values


class SqlConfiguredRows(Generic[T]):
    """``ports.ConfiguredRows``."""

    def __init__(self, table: ConfiguredTable[T], runner: Runner) -> None:
        self._table: Final = table
        self._runner: Final = runner

    async def get(self, id: str) -> Stored[T] | None:
        row = await self._runner.row(self._table.getting, key=id)
        return self._table.read(row) if row else None

    async def list(self) -> Sequence[Stored[T]]:
        found = [self._table.read(row) for row in await self._runner.rows(self._table.listing)]
        return sorted(found, key=lambda stored: (stored.item.created, stored.item.id))

    async def lock(self, id: str) -> Stored[T] | None:
        row = await self._runner.row(self._table.locking, key=id)
        return self._table.read(row) if row else None

    async def put(self, stored: Stored[T]) -> None:
        await self._runner.run(self._table.putting, **self._table.written(stored))

    async def remove(self, id: str) -> None:
        await self._runner.run(self._table.removing, key=id)

    async def reseal(self, id: str, old: str, sealed: str) -> bool:
        return await self._runner.run(self._table.resealing, key=id, old=old, sealed=sealed) > 0


HOOKS: Final = ConfiguredTable(Hook, hooks, sealed="secrets")
WEBHOOKS: Final = ConfiguredTable(Webhook, webhooks, sealed="secrets")
FIXED_SECRETS: Final = ConfiguredTable(FixedSecret, fixed_secrets, sealed="secret")
APP_KEYS: Final = ConfiguredTable(AppKey, app_keys, sealed="secret")
OPERATORS: Final = ConfiguredTable(OperatorAccount, operators, sealed="totp")
OPERATOR_ROLES: Final = ConfiguredTable(OperatorRole, operator_roles)
