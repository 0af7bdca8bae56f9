"""Whether a database has the schema of this release: one query, without the tools that migrate (``schema``).

Those take a tenth of a second to import, which every start and every web function that wakes up would wait for.
"""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from liveroom.store.sql.addresses import MysqlAddress, SqliteAddress, read_address

VERSION_TABLE: Final = "lr_schema"
_ASK: Final = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608 - a name of our own
_VERSIONS: Final = Path(__file__).parent / "migrations" / "versions"


async def is_current(url: str) -> bool:
    """Say whether the schema is this release's; False too where that cannot be found out now."""
    address = read_address(url)
    ask = asyncio.to_thread(_on_sqlite, address) if isinstance(address, SqliteAddress) else _on_mysql(address)
    return await ask == [(newest_revision(),)]


def newest_revision() -> str:
    """Return the revision of this release: files of revisions begin with their number."""
    return max(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*.py"))


def _on_sqlite(address: SqliteAddress) -> list[tuple[str]]:
    if not address.is_there():
        return []
    try:
        with closing(sqlite3.connect(address.path)) as connection:
            return connection.execute(_ASK).fetchall()
    except sqlite3.Error:
        return []


async def _on_mysql(address: MysqlAddress) -> list[tuple[str]]:
    import asyncmy

    from liveroom.store.sql.mysql import connect_options

    try:
        connection = await asyncmy.connect(**connect_options(address))
        try:
            async with connection.cursor() as cursor:
                await cursor.execute(_ASK)
                return list(await cursor.fetchall())
        finally:
            connection.close()
    except (asyncmy.errors.MySQLError, OSError):
        return []
