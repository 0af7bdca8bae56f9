"""Looks into a database past the store's own statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement


async def rows_of(database: SqlDatabase, sql: str) -> Sequence[tuple[Any, ...]]:
    """Return the rows of a query in plain SQL."""
    return [tuple(row) for row in await database.engine.rows(statement(text(sql)))]
