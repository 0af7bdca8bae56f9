"""What is stored sealed: the salts of logins, and the secrets of tenants.

A new column of that kind has its place here, or a change of keys passes it by.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, Connection, Integer, bindparam, func, inspect, select, update

from liveroom.domain.ids import TenantName
from liveroom.ports import SealedSalt
from liveroom.store.sql.backend_tables import app_keys, fixed_secrets, hooks, webhooks
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.operator_tables import operators
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import credentials, tenants

SEALED: Final[Mapping[str, Column[str]]] = {
    "logins": credentials.c.salt,
    "tenants": tenants.c.sdk_secret,
    "hooks": hooks.c.secrets,
    "webhooks": webhooks.c.secrets,
    "secrets": fixed_secrets.c.secret,
    "app keys": app_keys.c.secret,
    "operators": operators.c.totp,
}
"""Every column that holds sealed texts, by what people call its rows."""
_HEAD: Final = "v1."

_SALTS: Final = statement(
    select(credentials.c.folded, credentials.c.salt)
    .where(credentials.c.tenant == bindparam("tenant"), credentials.c.folded > bindparam("after"))
    .order_by(credentials.c.folded)
    .limit(bindparam("limit", type_=Integer))
)
_TENANT_AFTER: Final = statement(
    select(credentials.c.tenant)
    .where(credentials.c.tenant > bindparam("tenant"))
    .order_by(credentials.c.tenant)
    .limit(1)
)
_REPLACE_SALT: Final = statement(
    update(credentials)
    .where(
        credentials.c.tenant == bindparam("of"),
        credentials.c.folded == bindparam("name"),
        credentials.c.salt == bindparam("old"),
    )
    .values(salt=bindparam("sealed"))
)
_REPLACE_SECRET: Final = statement(
    update(tenants)
    .where(tenants.c.name == bindparam("of"), tenants.c.sdk_secret == bindparam("old"))
    .values(sdk_secret=bindparam("sealed"))
)


@dataclass(frozen=True, slots=True)
class SqlSealed:
    """``ports.sealed.Sealed``."""

    _runner: Runner

    async def salts(self, tenant: TenantName, after: str, limit: int) -> Sequence[SealedSalt]:
        rows = await self._runner.rows(_SALTS, tenant=tenant, after=after, limit=limit)
        return [SealedSalt(tenant, folded, sealed) for folded, sealed in rows]

    async def tenant_after(self, tenant: TenantName) -> TenantName | None:
        row = await self._runner.row(_TENANT_AFTER, tenant=tenant)
        return TenantName(row[0]) if row else None

    async def replace_salt(self, old: SealedSalt, sealed: str) -> bool:
        written = await self._runner.run(_REPLACE_SALT, of=old.tenant, name=old.folded, old=old.sealed, sealed=sealed)
        return written > 0

    async def replace_secret(self, tenant: TenantName, old: str, sealed: str) -> bool:
        return await self._runner.run(_REPLACE_SECRET, of=tenant, old=old, sealed=sealed) > 0


def sealed_by_key(connection: Connection) -> Mapping[str, Counter[str]]:
    """Return how many texts of each kind each key has sealed: one look at every row, for commands.

    An earlier schema has not every table yet.
    """
    there = set(inspect(connection).get_table_names())
    return {
        kind: _by_key(connection, column) if column.table.name in there else Counter()
        for kind, column in SEALED.items()
    }


def _by_key(connection: Connection, column: Column[str]) -> Counter[str]:
    rest = func.substr(column, len(_HEAD) + 1)
    key = func.substr(rest, 1, func.instr(rest, ".") - 1).label("key_id")
    counted = select(key, func.count()).where(column.like(f"{_HEAD}%")).group_by(key)
    return Counter({str(name): int(count) for name, count in connection.execute(counted)})
