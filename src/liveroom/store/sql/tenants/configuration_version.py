"""The version of the operator configuration: one number that every process polls."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, select

from liveroom.store.sql.counters import CONFIGURATION, add_to_counter
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import counters

_NEWEST: Final = statement(select(counters.c.value).where(counters.c.name == bindparam("counter")))


@dataclass(frozen=True, slots=True)
class SqlConfigurationVersion:
    """``ports.ConfigurationVersion``."""

    _runner: Runner

    async def current(self) -> int:
        row = await self._runner.row(_NEWEST, counter=CONFIGURATION)
        return row[0] if row else 0

    async def bump(self) -> None:
        await add_to_counter(self._runner, CONFIGURATION, 1)
