"""Server keys in SQL; their last use is written now and then."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, or_, update

from liveroom.domain.tenants.server_keys import ServerKey
from liveroom.store.sql.backend_tables import server_keys
from liveroom.store.sql.configured import ConfiguredTable, SqlConfiguredRows
from liveroom.store.sql.dialect import Values, statement
from liveroom.store.sql.instants import millis
from liveroom.store.sql.runner import Runner

_TABLE: Final = ConfiguredTable(ServerKey, server_keys)
_USED: Final = statement(
    update(server_keys)
    .where(
        server_keys.c.id == bindparam("key"),
        or_(server_keys.c.used.is_(None), server_keys.c.used < bindparam("at")),
    )
    .values(used=bindparam("at"))
)


class SqlServerKeys(SqlConfiguredRows[ServerKey]):
    """``ports.ServerKeyRows``."""

    def __init__(self, runner: Runner) -> None:
        super().__init__(_TABLE, runner)

    async def used(self, uses: Mapping[str, datetime]) -> None:
        rows: list[Values] = [{"key": id, "at": millis(at)} for id, at in sorted(uses.items())]
        if rows:
            await self._runner.run_many(_USED, rows)
