"""All rows of a database, table by table: read as they were at one moment, and written into another one.

Tables are taken as the database has them, so that what an older release left can be read and written too. Nothing here
keeps more than a batch in memory.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, MetaData, Table, delete, func, insert, inspect, select, update

from liveroom.store.sql.current import VERSION_TABLE
from liveroom.store.sql.tables import counters, leases

BATCH: Final = 1000
BACKUP: Final = "backup"
"""The counter that holds when the last backup was made, in milliseconds."""
_OURS: Final = "lr_"
_LEFT_OUT: Final = frozenset({VERSION_TABLE, leases.name})
"""The schema's revision is noted with a backup; who held a lease or was online is not true any more afterwards."""
_FROM_THE_START: Final = frozenset({counters.name})
"""Tables in which a migration has put rows."""


def freeze(connection: Connection) -> None:
    """Let everything read from now on be as it is now; nobody is kept from writing."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")  # it is the first read that freezes
        return
    connection.exec_driver_sql("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")


def our_tables(connection: Connection) -> list[Table]:
    """Return the tables that a backup has, by name."""
    names = [name for name in _named_ours(connection) if name not in _LEFT_OUT]
    return [Table(name, MetaData(), autoload_with=connection) for name in names]


def batches(connection: Connection, table: Table) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield all rows of a table, as they come."""
    found = connection.execute(select(table).execution_options(yield_per=BATCH))
    for batch in found.partitions(BATCH):
        yield [tuple(row) for row in batch]


def is_empty(connection: Connection) -> bool:
    """Say whether nothing would be lost: no tables of ours, or nothing in them but what migrations put there."""
    kept = [table for table in our_tables(connection) if table.name not in _FROM_THE_START]
    return not any(connection.execute(select(table).limit(1)).first() for table in kept)


def drop(connection: Connection) -> None:
    """Take every table of ours away, with the note of its revision."""
    for name in _named_ours(connection):
        connection.exec_driver_sql(f"DROP TABLE {name}")


def clear(connection: Connection) -> None:
    """Take away what migrations have put into the tables."""
    for table in our_tables(connection):
        if table.name in _FROM_THE_START:
            connection.execute(delete(table))


def write(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add rows whose values stand in the order of the columns."""
    if rows:
        connection.execute(insert(table), [dict(zip(columns, row, strict=True)) for row in rows])


def note_backup(connection: Connection, at: int) -> None:
    """Note when the last backup was made."""
    changed = connection.execute(update(counters).where(counters.c.name == BACKUP).values(value=at))
    if not changed.rowcount:
        connection.execute(insert(counters).values(name=BACKUP, value=at))


def last_backup(connection: Connection) -> int | None:
    """Return when the last backup was made, None if none is known of."""
    return connection.execute(select(counters.c.value).where(counters.c.name == BACKUP)).scalar()


def held_by(connection: Connection, lease: str, now: int) -> bool:
    """Say whether somebody holds a lease."""
    if leases.name not in _named_ours(connection):
        return False
    held = select(func.count()).where(leases.c.name == lease, leases.c.until > now)
    return bool(connection.execute(held).scalar())


def _named_ours(connection: Connection) -> list[str]:
    return sorted(name for name in inspect(connection).get_table_names() if name.startswith(_OURS))
