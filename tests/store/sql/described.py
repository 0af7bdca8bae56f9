"""A database's schema as text: its tables with their columns and indexes, as the database itself describes them."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection

_MARIADB_TABLES: Final = (
    "SELECT table_name, engine, table_collation FROM information_schema.tables WHERE table_schema = DATABASE() "
    "AND table_name LIKE 'lr\\_%%' ORDER BY table_name"
)
_MARIADB_COLUMNS: Final = (
    "SELECT column_name, column_type, is_nullable, column_default, collation_name, extra "
    "FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = %s ORDER BY ordinal_position"
)
_MARIADB_INDEXES: Final = (
    "SELECT index_name, non_unique, GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR ', ') "
    "FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = %s "
    "GROUP BY index_name, non_unique ORDER BY index_name"
)


def describe(connection: Connection) -> str:
    """Return the schema: a line for each table, and below it one for each column and index."""
    lines = _on_sqlite(connection) if connection.dialect.name == "sqlite" else _on_mariadb(connection)
    return "".join(f"{line}\n" for line in lines)


def _on_sqlite(connection: Connection) -> Iterator[str]:
    tables = _rows(
        connection, "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'lr%' ORDER BY 1"
    )
    for table, made in tables:
        yield f"{table}{' autoincrement' if 'AUTOINCREMENT' in made else ''}"
        keys = {}
        for _, name, kind, is_required, default, key, _ in _rows(connection, f"PRAGMA table_xinfo({table})"):
            yield _column(name, kind, is_required=bool(is_required), default=default)
            keys[key] = name
        yield _index("PRIMARY", True, ", ".join(keys[number] for number in sorted(keys) if number))
        for _, name, is_unique, origin, _ in sorted(
            _rows(connection, f"PRAGMA index_list({table})"), key=lambda i: i[1]
        ):
            if origin == "c":
                columns = _rows(connection, f"PRAGMA index_xinfo({name})")
                yield _index(name, bool(is_unique), ", ".join(row[2] for row in columns if row[5]))


def _on_mariadb(connection: Connection) -> Iterator[str]:
    for table, engine, collation in _rows(connection, _MARIADB_TABLES):
        yield f"{table} {engine} {collation}"
        for name, kind, nullable, default, compared, extra in _rows(connection, _MARIADB_COLUMNS, table):
            more = f"{compared or ''} {extra}".strip()
            yield _column(name, f"{kind} {more}".strip(), is_required=nullable == "NO", default=default)
        for name, is_loose, columns in _rows(connection, _MARIADB_INDEXES, table):
            yield _index(name, not is_loose, columns)


def _rows(connection: Connection, query: str, *values: str) -> list[Any]:
    return list(connection.exec_driver_sql(query, values))


def _column(name: str, kind: str, *, is_required: bool, default: str | None) -> str:
    begins = "" if default in (None, "NULL") else f" DEFAULT {default}"
    return f"  {name} {kind}{' NOT NULL' if is_required else ''}{begins}"


def _index(name: str, is_unique: bool, columns: str) -> str:
    return f"  {'unique ' if is_unique else ''}index {name} ({columns})"
