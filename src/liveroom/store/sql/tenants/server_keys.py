"""Server keys: few, read whole, written by the operator; their last use is written now and then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import bindparam, insert, or_, select, update

from liveroom.domain.ids import TenantName
from liveroom.domain.tenants.server_keys import ServerKey
from liveroom.store.sql.backend_tables import server_keys
from liveroom.store.sql.dialect import Row, Values, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner

_LIST: Final = statement(select(server_keys))
_ADD: Final = statement(insert(server_keys))
_REVOKE: Final = statement(
    update(server_keys)
    .where(server_keys.c.id == bindparam("key"), server_keys.c.revoked.is_(None))
    .values(revoked=bindparam("at"))
)
_USED: Final = statement(
    update(server_keys)
    .where(
        server_keys.c.id == bindparam("key"),
        or_(server_keys.c.used.is_(None), server_keys.c.used < bindparam("at")),
    )
    .values(used=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class SqlServerKeys:
    """``ports.ServerKeys``."""

    _runner: Runner

    async def list(self) -> Sequence[ServerKey]:
        return sorted(map(_read, await self._runner.rows(_LIST)), key=lambda key: (key.created, key.id))

    async def add(self, key: ServerKey) -> None:
        await self._runner.run(
            _ADD,
            id=key.id,
            tenant=key.tenant,
            name=key.name,
            digest=key.digest,
            scopes=msgspec.json.encode(sorted(key.scopes)).decode(),
            created=millis(key.created),
            expires=optional_millis(key.expires),
            revoked=optional_millis(key.revoked),
            used=optional_millis(key.used),
        )

    async def revoke(self, id: str, at: datetime) -> bool:
        return await self._runner.run(_REVOKE, key=id, at=millis(at)) > 0

    async def used(self, uses: Mapping[str, datetime]) -> None:
        rows: list[Values] = [{"key": id, "at": millis(at)} for id, at in sorted(uses.items())]
        if rows:
            await self._runner.run_many(_USED, rows)


def _read(row: Row) -> ServerKey:
    return ServerKey(
        id=row[0],
        tenant=TenantName(row[1]),
        name=row[2],
        digest=row[3],
        scopes=msgspec.json.decode(row[4], type=frozenset[str]),
        created=instant(row[5]),
        expires=optional_instant(row[6]),
        revoked=optional_instant(row[7]),
        used=optional_instant(row[8]),
    )
