"""Databases of the newest schema for tests: the migrations run once in a process, then what they have made is reused.

A file of SQLite is a copy. A database of MariaDB is made once on each server, and afterwards emptied: tests of all
suites have the same one, one after another. What migrates, or has to find no database, does not come here.
"""

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from liveroom.app.data_folder import make_data_folder
from liveroom.settings import Settings
from liveroom.store.sql.addresses import SqliteAddress, make_private, read_address
from liveroom.store.sql.current import is_current
from liveroom.store.sql.schema import migrate
from liveroom.store.sql.tables import metadata
from tests.servers import Mariadb

DATABASE: Final = "liveroom"
_PLACE_OF_JOURNAL_MODE: Final = 18
_WRITE_AHEAD: Final = b"\x02\x02"
"""In the header of a file of SQLite."""
_RESET: Final = "UPDATE lr_counters SET value = CASE name WHEN 'ids' THEN 40000001 ELSE 0 END;"
_EMPTIED: Final = "".join(f"DELETE FROM {table};" for table in metadata.tables if table != "lr_counters") + _RESET  # noqa: S608 - our own names
_made: Final[set[str]] = set()


def sqlite_file(path: Path) -> Path:
    """Write an empty database to a new file, which nobody but its owner may read; return the file."""
    make_private(str(path))
    path.write_bytes(_migrated_file())
    return path


async def begin(settings: Settings) -> None:
    """Let a service find a database with the newest schema, where it would have to migrate.

    A file is as a service leaves it, which keeps a log beside it: to change that waits for the disk.
    """
    address = read_address(settings.database_url)
    if not isinstance(address, SqliteAddress):
        if not await is_current(settings.database_url):
            await migrate(settings.database_url)
    elif not address.is_there():
        make_data_folder(settings)
        with sqlite_file(Path(address.path)).open("r+b") as file:
            file.seek(_PLACE_OF_JOURNAL_MODE)
            file.write(_WRITE_AHEAD)


def mariadb_url(server: Mariadb, name: str = DATABASE) -> str:
    """Return the address of a database of the server, with empty tables."""
    url = server.url(name)
    if url in _made:
        server.execute(_EMPTIED, name)
        return url
    _migrate(server.create_database(name))
    _made.add(url)
    return url


@functools.cache
def _migrated_file() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "liveroom.db"
        _migrate(f"sqlite:///{file}")
        return file.read_bytes()


def _migrate(url: str) -> None:
    """Migrate on a loop of its own: whoever asks may be on one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, migrate(url)).result()
