"""The database, for checks that look into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.settings import Settings
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.schema import SchemaState, schema_state


@asynccontextmanager
async def current_database(settings: Settings) -> AsyncIterator[SqlDatabase | None]:
    """Yield the database; None for one that does not answer, or has another schema: that is another check's finding.

    A check ends early when the database ceases to answer meanwhile.
    """
    try:
        is_current = await schema_state(settings.database_url) is SchemaState.CURRENT
    except DatabaseUnavailable:
        is_current = False
    if not is_current:
        yield None
        return
    db = await SqlDatabase.open(settings.database_url)
    try:
        with suppress(DatabaseUnavailable):
            yield db
    finally:
        await db.close()
