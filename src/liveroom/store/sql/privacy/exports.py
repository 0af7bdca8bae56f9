"""Links to archives of a person's data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, delete, insert, select, update

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.privacy.exports import Export
from liveroom.store.sql.dialect import Row, statement
from liveroom.store.sql.export_tables import exports
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.runner import Runner

_ADD: Final = statement(insert(exports))
_NEWEST: Final = statement(
    select(exports).where(exports.c.user_id == bindparam("of")).order_by(exports.c.created.desc()).limit(1)
)
_GET: Final = statement(select(exports).where(exports.c.digest == bindparam("of")))
_USE: Final = statement(
    update(exports)
    .where(exports.c.digest == bindparam("of"), exports.c.used.is_(None), exports.c.expires > bindparam("at"))
    .values(used=bindparam("at"))
)
_OLD: Final = statement(
    select(exports.c.id).where(exports.c.expires < bindparam("before")).limit(bindparam("limit", type_=Integer))
)
_DROP: Final = statement(delete(exports).where(exports.c.id.in_(bindparam("keys", expanding=True))))


@dataclass(frozen=True, slots=True)
class SqlExports:
    """``ports.ExportRows``."""

    _runner: Runner

    async def add(self, export: Export) -> None:
        await self._runner.run(
            _ADD,
            id=export.id,
            tenant=export.tenant,
            user_id=export.user,
            digest=export.digest,
            created=millis(export.created),
            expires=millis(export.expires),
            asked_by=export.asked_by,
            used=optional_millis(export.used),
        )

    async def newest(self, user: UserId) -> Export | None:
        row = await self._runner.row(_NEWEST, of=user)
        return _read(row) if row else None

    async def use(self, digest: str, at: datetime) -> Export | None:
        if not await self._runner.run(_USE, of=digest, at=millis(at)):
            return None
        row = await self._runner.row(_GET, of=digest)
        return _read(row) if row else None

    async def purge(self, before: datetime, limit: int) -> int:
        keys = [row[0] for row in await self._runner.rows(_OLD, before=millis(before), limit=limit)]
        return await self._runner.run(_DROP, keys=keys) if keys else 0


def _read(row: Row) -> Export:
    id, tenant, user, digest, created, expires, asked_by, used = row
    times = instant(created), instant(expires)
    return Export(id, TenantName(tenant), UserId(user), digest, *times, asked_by, optional_instant(used))
