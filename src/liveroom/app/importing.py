"""Where an import writes: into the configured database, or for a rehearsal somewhere that is thrown away.

A rehearsal on SQLite works on a copy, because one long transaction would keep a running service from writing. On MySQL
it is one transaction that is undone; where our tables are not there yet, an empty SQLite stands in for them.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from liveroom.app.backends import open_database, presence_timeouts_of
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.keys import KeyRing, open_keys
from liveroom.keys.keyfile import fresh_key
from liveroom.ports import Clock, Original
from liveroom.settings import Settings, SettingsError
from liveroom.store.sql.addresses import AddressInvalid, MysqlAddress, SqliteAddress, read_address
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.importing.original import SqlOriginal
from liveroom.store.sql.schema import SchemaState, migrate, schema_state
from liveroom.usecases.importing.logins import LoginImporter
from liveroom.usecases.importing.report import ImportReport
from liveroom.usecases.importing.rooms import RoomImporter
from liveroom.usecases.importing.run import BATCH, ImportRun, Progress, Transactions, rehearse
from liveroom.usecases.importing.users import UserImporter

T = TypeVar("T")


@asynccontextmanager
async def open_original(url: str) -> AsyncIterator[SqlOriginal]:
    """Open the original's database. Raises ``SettingsError`` for what is none."""
    try:
        address = read_address(url)
    except (AddressInvalid, ValueError):
        address = None
    if not isinstance(address, MysqlAddress) or not address.database:
        raise SettingsError(["the original's database is named as mysql://user:password@host:port/database"])
    original = SqlOriginal(address)
    try:
        try:
            missing = await original.missing_tables()
        except DatabaseUnavailable as failure:
            raise SettingsError(
                [f"the original's database does not answer: {failure.__cause__ or failure}"]
            ) from failure
        if missing:
            where = f"the database {address.database} on {address.host}"
            raise SettingsError([f"{where} is not the original's: it has no table {', '.join(missing)}"])
        yield original
    finally:
        await original.close()


async def import_original(
    settings: Settings,
    original: Original,
    clock: Clock,
    *,
    rehearsed: bool = False,
    on_progress: Progress = lambda kind, count: None,
    batch: int = BATCH,
) -> ImportReport:
    """Import everything that is new or has changed; ``rehearsed`` only says what that would be."""

    async def into(db: Transactions, keys: KeyRing) -> ImportReport:
        timeouts = presence_timeouts_of(settings)
        return await make_import(original, db, clock, keys, timeouts, on_progress=on_progress, batch=batch).run()

    if rehearsed:
        return await _rehearse(settings, into)
    await _migrate(settings)
    db = await open_database(settings)
    try:
        return await into(db, open_keys(settings))
    finally:
        await db.close()


def make_import(
    original: Original,
    db: Transactions,
    clock: Clock,
    keys: KeyRing,
    timeouts: PresenceTimeouts,
    *,
    on_progress: Progress = lambda kind, count: None,
    batch: int = BATCH,
) -> ImportRun:
    """Return a run that imports everything into the default tenant."""
    users, logins = UserImporter(clock, DEFAULT_TENANT), LoginImporter(clock, keys, DEFAULT_TENANT)
    rooms = RoomImporter(clock, DEFAULT_TENANT, timeouts)
    return ImportRun(original, db, users, logins, rooms, on_progress, batch)


async def _migrate(settings: Settings) -> None:
    """Bring MySQL's schema up to this release; SQLite does it when it is opened."""
    if settings.on_mysql:
        await migrate(settings.database_url)


async def _rehearse(
    settings: Settings, into: Callable[[Transactions, KeyRing], Awaitable[ImportReport]]
) -> ImportReport:
    keys = KeyRing([fresh_key()])
    address = read_address(settings.database_url)
    if isinstance(address, MysqlAddress) and await schema_state(settings.database_url) is SchemaState.CURRENT:
        db = await open_database(settings)
        try:
            return await rehearse(db, lambda within: into(within, keys))
        finally:
            await db.close()
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "liveroom.db"
        if isinstance(address, SqliteAddress) and address.is_there():
            await asyncio.to_thread(_copy, address.path, str(copy))
        await migrate(f"sqlite:///{copy}")
        db = await SqlDatabase.open(f"sqlite:///{copy}")
        try:
            return await into(db, keys)
        finally:
            await db.close()


def _copy(path: str, to: str) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)
