"""Everything that is in our tables, to compare what was before with what is after."""

from typing import Any

from sqlalchemy import select

from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.tables import metadata

Dump = dict[str, list[tuple[Any, ...]]]


async def dump(db: SqlDatabase) -> Dump:
    """Return the rows of every table, in an order of their own."""
    return {
        name: sorted(map(tuple, await db.engine.rows(statement(select(table)))), key=repr)
        for name, table in metadata.tables.items()
    }


def essence(rows: Dump) -> Dump:
    """Return what two imports of one original have in common: not what is random, and not when it was."""
    random = {
        "lr_credentials": ("salt",),
        "lr_bindings": ("bound",),
        "lr_rooms": ("broadcast",),
        "lr_broadcasts": ("id",),
        "lr_imported": ("broadcast", "mark"),
        "lr_users": ("created", "updated"),
        "lr_outbox": ("id", "created", "body"),
    }
    left: Dump = {}
    for name, table in metadata.tables.items():
        columns = [number for number, one in enumerate(table.columns) if one.name not in random.get(name, ())]
        left[name] = sorted((tuple(row[number] for number in columns) for row in rows[name]), key=repr)
    return left
