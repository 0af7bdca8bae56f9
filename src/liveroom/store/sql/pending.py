"""What a migration would do to a database, asked without doing it."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, bindparam, func, inspect, literal_column, select, text
from sqlalchemy import table as sql_table

from liveroom.store.sql import copying
from liveroom.store.sql.addresses import SqliteAddress, read_address
from liveroom.store.sql.schema import SchemaState, migration_config, on_connection, revision_of, state_on

MANY_ROWS: Final = 1_000_000
"""From here on, a change of a table takes long enough to be planned."""
_ESTIMATES: Final = text(
    "SELECT table_name, table_rows FROM information_schema.tables "
    "WHERE table_schema = DATABASE() AND table_name IN :names"
).bindparams(bindparam("names", expanding=True))

RELEASES: Final[Mapping[str, str]] = {}
"""The revision that each release has made of the schema, the oldest first; `scripts/release.sh` wants its own here."""


class Pending(NamedTuple):
    """A revision that the database has not had yet."""

    revision: str
    about: str
    tables: tuple[str, ...]
    """The tables with rows that it names: what it may take long for."""


class SchemaPlan(NamedTuple):
    """How a database stands, and what would bring it to this program's schema."""

    state: SchemaState
    has: str | None
    wants: str
    pending: tuple[Pending, ...] = ()
    rows: Mapping[str, int] = {}
    """Of the tables that ``pending`` names: at most ``MANY_ROWS`` on SQLite, MySQL's own estimate there."""
    last_backup: int | None = None


async def plan_migration(url: str) -> SchemaPlan:
    """Say what `liveroom migrate` would do; changes nothing. Raises ``DatabaseUnavailable``."""
    address = read_address(url)
    if isinstance(address, SqliteAddress) and not address.is_there():
        return SchemaPlan(SchemaState.EMPTY, None, _head())
    return await on_connection(url, _plan)


def is_older(revision: str | None, than: str) -> bool:
    """Say whether a revision comes before another one of this program's."""
    return revision != than and revision in {None, *(one.revision for one in _between(than, None))}


def _plan(connection: Connection) -> SchemaPlan:
    state = state_on(connection)
    if state not in (SchemaState.CURRENT, SchemaState.OLDER):
        return SchemaPlan(state, None, _head())
    has = revision_of(connection)
    there = set(inspect(connection).get_table_names())
    pending = tuple(_pending(script, there) for script in _between(_head(), has))
    named = sorted({table for one in pending for table in one.tables})
    backup = None if has is None else copying.last_backup(connection)
    return SchemaPlan(state, has, _head(), pending, _rows(connection, named), backup)


def _head() -> str:
    return str(ScriptDirectory.from_config(migration_config()).get_current_head())


def _between(newest: str, has: str | None) -> Iterator[Script]:
    """Yield the revisions up to the newest that the database has not had, in their order."""
    found = list(ScriptDirectory.from_config(migration_config()).iterate_revisions(newest, has or "base"))
    yield from reversed(found)


def _pending(script: Script, there: set[str]) -> Pending:
    names = {
        node.value
        for node in ast.walk(ast.parse(Path(script.path).read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return Pending(str(script.revision), (script.doc or "").partition("\n")[0], tuple(sorted(names & there)))


def _rows(connection: Connection, tables: list[str]) -> dict[str, int]:
    if not tables:
        return {}
    if connection.dialect.name == "sqlite":
        return {table: _count(connection, table) for table in tables}
    return {str(name): int(rows or 0) for name, rows in connection.execute(_ESTIMATES, {"names": tables})}


def _count(connection: Connection, table: str) -> int:
    rows = select(literal_column("1")).select_from(sql_table(table)).limit(MANY_ROWS).subquery()
    return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())
