"""`liveroom migrate`: the schema of this release, from an empty database or from any earlier revision."""

import asyncio

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.settings import SettingsError, load_settings
from liveroom.store.sql import schema


def migrate() -> None:
    """Bring the database's schema up to this release; one node at a time does it, running it again does nothing."""
    settings = load_settings()
    if not settings.on_mysql:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        revisions = asyncio.run(schema.migrate(settings.database_url))
    except DatabaseUnavailable as failure:
        raise SettingsError([f"the database does not answer: {failure.__cause__ or failure}"]) from failure
    for revision in revisions:
        print(f"migrated to {revision}")
    if not revisions:
        print("the schema is that of this release already")
