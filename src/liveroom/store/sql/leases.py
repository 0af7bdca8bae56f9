"""Leases: at most one holder of a name at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, or_, select, update

from liveroom.store.sql.dialect import Statement, statement
from liveroom.store.sql.instants import millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import leases

_OF_NAME: Final = leases.c.name == bindparam("key")
_RENEW: Final = statement(
    update(leases)
    .where(_OF_NAME, or_(leases.c.holder == bindparam("by"), leases.c.until <= bindparam("now")))
    .values(holder=bindparam("by"), until=bindparam("end"))
)
_KEEP: Final = statement(
    update(leases).where(_OF_NAME, leases.c.holder == bindparam("by")).values(until=bindparam("end"))
)
_TAKE: Final = Statement(lambda dialect: dialect.insert_or_keep(leases))
_HOLDER: Final = statement(select(leases.c.holder).where(_OF_NAME))
_HELD: Final = statement(select(leases.c.holder).where(_OF_NAME, leases.c.until > bindparam("now")))
_RELEASE: Final = statement(delete(leases).where(_OF_NAME, leases.c.holder == bindparam("by")))


@dataclass(frozen=True, slots=True)
class SqlLeases:
    """``ports.Leases``."""

    _runner: Runner

    async def claim(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Claim the lease: each step alone is atomic, and the last says what came of it."""
        await self._runner.run(_RENEW, key=name, by=holder, now=millis(now), end=millis(until))
        await self._runner.run(_TAKE, name=name, holder=holder, until=millis(until))
        row = await self._runner.row(_HOLDER, key=name)
        return row is not None and row[0] == holder

    async def renew(self, name: str, holder: str, until: datetime) -> bool:
        """Renew the lease. How many rows MySQL changed says nothing: a second renewal within a millisecond is none."""
        await self._runner.run(_KEEP, key=name, by=holder, end=millis(until))
        row = await self._runner.row(_HOLDER, key=name)
        return row is not None and row[0] == holder

    async def release(self, name: str, holder: str) -> None:
        await self._runner.run(_RELEASE, key=name, by=holder)

    async def holder(self, name: str, now: datetime) -> str:
        row = await self._runner.row(_HELD, key=name, now=millis(now))
        return str(row[0]) if row else ""
