"""Reasons that tenants have added, replaced or deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, delete, select

from liveroom.domain.ids import TenantName
from liveroom.domain.moderation.reasons import Reason
from liveroom.store.sql.dialect import put_row, statement
from liveroom.store.sql.moderation_tables import reasons
from liveroom.store.sql.runner import Runner

_C: Final = reasons.c
_LIST: Final = statement(select(reasons).where(_C.tenant == bindparam("of")).order_by(_C.id))
_PUT: Final = put_row(reasons)
_REMOVE: Final = statement(delete(reasons).where(_C.tenant == bindparam("of"), _C.id == bindparam("key")))


@dataclass(frozen=True, slots=True)
class SqlReasons:
    """``ports.ReasonRows``."""

    _runner: Runner

    async def list(self, tenant: TenantName) -> Sequence[Reason]:
        rows = await self._runner.rows(_LIST, of=tenant)
        return [Reason(row[1], row[2], row[3], row[4], row[5], row[6] == 1) for row in rows]

    async def put(self, tenant: TenantName, reason: Reason) -> None:
        values = {**reason._asdict(), "hidden": int(reason.hidden)}
        await self._runner.run(_PUT, tenant=tenant, **values)

    async def remove(self, tenant: TenantName, id: str) -> None:
        await self._runner.run(_REMOVE, of=tenant, key=id)
