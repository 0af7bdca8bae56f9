"""The schema: which one a database has, and how it is brought up to date.

Migrations are Alembic revisions in ``migrations/versions``, run on one connection that holds a lock, so that of several
nodes started at once one migrates and the others then find nothing to do.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

import asyncmy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.store.sql.addresses import MysqlAddress, SqliteAddress, make_private, read_address
from liveroom.store.sql.current import VERSION_TABLE
from liveroom.store.sql.mysql import connect_options

T = TypeVar("T")

LAST_WITH_UNRELEASED: Final = "486c634"
"""The commit that brings a database from before the first release up to a revision that releases know."""
_SECONDS_FOR_THE_LOCK: Final = 60
_ORIGINAL_TABLES: Final = frozenset({"rooms", "users_in_room"})
_OURS: Final = "lr_"


def _is_news(record: logging.LogRecord) -> bool:
    """Say whether a warning of MySQL is worth telling: that a primary key has no name of its own is not."""
    return "ignored for PRIMARY key" not in record.getMessage()


logging.getLogger("asyncmy").addFilter(_is_news)


class SchemaState(StrEnum):
    """How a database's schema stands to the one that this release needs."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    ORIGINAL = "original"
    """Tables of the original service and none of ours: to be imported (DESIGN.md 8)."""
    UNRELEASED = "unreleased"
    """From before the first release: by one of the revisions that ``migrations/first`` has replaced."""


_REFUSALS: Final = {
    SchemaState.NEWER: "The database has the schema of a newer release: install that release.",
    SchemaState.UNRELEASED: (
        "The database has a schema from before the first release: run `liveroom migrate` of commit "
        f"{LAST_WITH_UNRELEASED}, then this one again."
    ),
}


async def migrate(url: str, *, to: str = "head") -> list[str]:
    """Bring a database up to the newest schema (or a former one); return the revisions that were applied."""
    return await on_connection(url, lambda connection: _upgrade(connection, to))


async def schema_state(url: str) -> SchemaState:
    """Return how the database's schema stands; changes nothing."""
    address = read_address(url)
    if isinstance(address, SqliteAddress) and not address.is_there():
        return SchemaState.EMPTY
    return await on_connection(url, state_on)


async def exclusively(url: str, do: Callable[[Connection], T]) -> T:
    """Run it all or not at all, while nobody else migrates or restores."""

    def alone(connection: Connection) -> T:
        _lock(connection)
        return do(connection)

    return await on_connection(url, alone)


def revision_of(connection: Connection) -> str | None:
    """Return the revision that the database's schema has, None without one."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def state_of(revision: str | None) -> SchemaState:
    """Return how a revision stands to the one that this release needs; None is a migration that was cut short."""
    scripts = ScriptDirectory.from_config(migration_config())
    if revision == scripts.get_current_head():
        return SchemaState.CURRENT
    if revision is None or revision in {script.revision for script in scripts.walk_revisions()}:
        return SchemaState.OLDER
    return SchemaState.UNRELEASED if revision < str(scripts.get_base()) else SchemaState.NEWER


async def on_connection(url: str, do: Callable[[Connection], T]) -> T:
    address = read_address(url)
    try:
        if isinstance(address, SqliteAddress):
            return await asyncio.to_thread(_on_sqlite, address.path, do)
        return await _on_mysql(address, do)
    except (SQLAlchemyError, CommandError) as error:
        raise DatabaseUnavailable(f"The schema: {error}") from error


def _on_sqlite(path: str, do: Callable[[Connection], T]) -> T:
    """Run in a thread: the library itself waits for a lock that another process holds."""
    engine = create_engine("sqlite://", creator=lambda: _open_sqlite(path), poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        done = do(connection)
        connection.commit()
    return done


def _open_sqlite(path: str) -> sqlite3.Connection:
    make_private(path)
    return sqlite3.connect(path, timeout=_SECONDS_FOR_THE_LOCK, isolation_level=None)


async def _on_mysql(address: MysqlAddress, do: Callable[[Connection], T]) -> T:
    options = connect_options(address)
    engine = create_async_engine(
        "mysql+asyncmy://",
        async_creator=lambda: asyncmy.connect(**options),
        poolclass=NullPool,
        hide_parameters=True,
    )
    async with engine.connect() as connection:
        done = await connection.run_sync(do)
        await connection.commit()
    return done


def _upgrade(connection: Connection, to: str) -> list[str]:
    _lock(connection)
    if (state := state_on(connection)) in _REFUSALS:
        raise DatabaseUnavailable(_REFUSALS[state])
    applied: list[str] = []
    config = migration_config()
    config.attributes.update(connection=connection, applied=applied)
    command.upgrade(config, to)
    return applied


def _lock(connection: Connection) -> None:
    """Keep other nodes from migrating: on SQLite until the commit, on MySQL until the connection ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    lock = text("SELECT GET_LOCK(LEFT(CONCAT('liveroom migrate ', DATABASE()), 64), :seconds)")
    if connection.execute(lock, {"seconds": _SECONDS_FOR_THE_LOCK}).scalar() != 1:
        raise DatabaseUnavailable("Another node has been migrating the database for a minute.")


def state_on(connection: Connection) -> SchemaState:
    """Return how the schema stands that a connection sees."""
    tables = set(inspect(connection).get_table_names())
    if not any(table.startswith(_OURS) for table in tables):
        return SchemaState.ORIGINAL if tables >= _ORIGINAL_TABLES else SchemaState.EMPTY
    return state_of(revision_of(connection))


def migration_config() -> Config:
    """Return where Alembic finds the revisions."""
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
