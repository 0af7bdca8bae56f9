"""`liveroom migrate`: the schema of this release, from an empty database or from any earlier revision."""

import asyncio

from liveroom.app.data_folder import make_data_folder
from liveroom.app.outages import cause_of
from liveroom.cli.output import name_data, say
from liveroom.cli.trail import note_done
from liveroom.clock import SystemClock
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.settings import SettingsError, load_settings
from liveroom.store.sql import schema


def migrate() -> None:
    """Migrate the database to this release's schema; one node at a time, and running it again does nothing."""
    settings = load_settings()
    name_data(settings)
    make_data_folder(settings)
    try:
        revisions = asyncio.run(schema.migrate(settings.database_url))
    except DatabaseUnavailable as failure:
        refused = str(failure) if failure.__cause__ is None else f"the database does not answer: {cause_of(failure)}"
        raise SettingsError([refused]) from failure
    if revisions:
        asyncio.run(note_done(settings, SystemClock().now(), "migrate", f"to {revisions[-1]}"))
    done = "\n".join(f"migrated to {revision}" for revision in revisions)
    say(done or "the schema is up to date", migrated_to=revisions)
