"""How often what operators arrange for their tenants has changed: one number that every process looks at."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select

from liveroom.store.sql.counters import ARRANGEMENTS, add_to_counter
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import counters

_NEWEST: Final = statement(select(counters.c.value).where(counters.c.name == bindparam("counter")))


@dataclass(frozen=True, slots=True)
class SqlArrangements:
    """``ports.Arrangements``."""

    _runner: Runner

    async def newest(self) -> int:
        row = await self._runner.row(_NEWEST, counter=ARRANGEMENTS)
        return row[0] if row else 0

    async def changed(self) -> None:
        await add_to_counter(self._runner, ARRANGEMENTS, 1)
