"""Ids: the sequence they come from, and who holds which. Users and rooms share them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select

from liveroom.domain.ids import TenantName, UserId
from liveroom.store.sql.counters import IDS, add_to_counter
from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import ids

_CLAIM: Final = Statement(lambda wording: wording.insert_or_keep(ids))
_CLAIMED: Final = statement(select(ids.c.id).where(ids.c.id.in_(bindparam("some", expanding=True))))
_HOLDER: Final = statement(select(ids.c.holder, ids.c.tenant).where(ids.c.id == bindparam("id")))


@dataclass(frozen=True, slots=True)
class SqlIds:
    """``ports.Ids``."""

    _runner: Runner

    async def take(self, count: int) -> int:
        return await add_to_counter(self._runner, IDS, count) - count

    async def claim(self, id: str, tenant: TenantName, holder: UserId) -> tuple[UserId, TenantName]:
        """Claim the id. The insert locks the row that is there as well, on MySQL as on SQLite."""
        added = await self._runner.run(_CLAIM, id=id, tenant=tenant, holder=holder)
        row = None if added else await self._runner.row(_HOLDER, id=id)
        return (UserId(row[0]), TenantName(row[1])) if row else (holder, tenant)

    async def claimed(self, ids: Sequence[str]) -> Collection[str]:
        return {row[0] for row in await self._runner.rows(_CLAIMED, some=list(ids))}
