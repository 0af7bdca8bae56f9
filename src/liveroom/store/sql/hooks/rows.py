"""Hooks: few, read whole, written by the operator. Secrets are stored as they are given (sealed)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from liveroom.domain.hooks.model import Hook, HookType, Otherwise
from liveroom.domain.ids import TenantName
from liveroom.ports import StoredHook
from liveroom.store.sql.backend_tables import hooks
from liveroom.store.sql.dialect import Row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_LIST: Final = statement(select(*hooks.columns))
_ADD: Final = statement(insert(hooks))
_REMOVE: Final = statement(delete(hooks).where(hooks.c.id == bindparam("key")))
_REPLACE: Final = statement(
    update(hooks)
    .where(hooks.c.id == bindparam("key"), hooks.c.secrets == bindparam("old"))
    .values(secrets=bindparam("sealed"))
)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class SqlHooks:
    """``ports.HookRows``."""

    _runner: Runner

    async def list(self) -> Sequence[StoredHook]:
        found = [_read(row) for row in await self._runner.rows(_LIST)]
        return sorted(found, key=lambda stored: (stored.hook.created, stored.hook.id))

    async def add(self, stored: StoredHook) -> None:
        hook = stored.hook
        await self._runner.run(
            _ADD,
            id=hook.id,
            tenant=hook.tenant,
            hook_type=hook.hook_type.value,
            url=hook.url,
            secrets=stored.sealed,
            categories=msgspec.json.encode(sorted(hook.categories)).decode(),
            timeout=hook.timeout // _MILLISECOND,
            otherwise=hook.otherwise.value,
            created=millis(hook.created),
        )

    async def remove(self, id: str) -> bool:
        return await self._runner.run(_REMOVE, key=id) > 0

    async def replace_secrets(self, id: str, old: str, sealed: str) -> bool:
        return await self._runner.run(_REPLACE, key=id, old=old, sealed=sealed) > 0


def _read(row: Row) -> StoredHook:
    hook = Hook(
        id=row[0],
        tenant=TenantName(row[1]),
        hook_type=HookType(row[2]),
        url=row[3],
        secrets=(),
        categories=msgspec.json.decode(row[5], type=frozenset[str]),
        timeout=row[6] * _MILLISECOND,
        otherwise=Otherwise(row[7]),
        created=instant(row[8]),
    )
    return StoredHook(hook, row[4])
