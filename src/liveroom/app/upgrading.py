"""A database whose schema is not this release's: brought up to it, or refused with what to do."""

import asyncio
from typing import Final

import structlog

from liveroom.app.data_folder import folder_fault
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.settings import Settings, SettingsError
from liveroom.store.sql.schema import LAST_WITH_UNRELEASED, SchemaState, migrate, schema_state

log = structlog.get_logger("liveroom.app")

_WAIT_STEPS: Final = 20
_WAIT_STEP: Final = 0.5

_REFUSALS: Final = {
    SchemaState.EMPTY: "the database has no tables yet: run `liveroom migrate`, then start again",
    SchemaState.OLDER: "the database's schema is older than this release: run `liveroom migrate`, then start again",
    SchemaState.NEWER: "the database's schema is newer than this release: start the release that migrated it, or newer",
    SchemaState.ORIGINAL: (
        "the database holds the original service's tables and none of liveroom's: run `liveroom import` to take its "
        "users and rooms over, or `liveroom migrate` to begin without them, then start again"
    ),
    SchemaState.UNRELEASED: (
        "the database's schema is from before the first release, and this release cannot bring it up to date: run "
        f"`liveroom migrate` of commit {LAST_WITH_UNRELEASED}, then start again"
    ),
}


async def upgrade(settings: Settings, *, make: bool) -> None:
    """Bring the schema up to this release: that of MySQL, where the settings say so. Raises ``SettingsError``.

    ``make``: where there is no database of SQLite, one is made.
    """
    state = await _state(settings)
    if state is SchemaState.EMPTY and not (make or settings.on_mysql):
        raise SettingsError([_no_database(settings)])
    may_migrate = not settings.on_mysql or (make and settings.migrate)
    if state in (SchemaState.EMPTY, SchemaState.OLDER) and may_migrate:
        for revision in await _migrate(settings):
            log.info("database.migrated", revision=revision)
    elif state is not SchemaState.CURRENT:
        raise SettingsError([_REFUSALS[state]])


async def _migrate(settings: Settings) -> list[str]:
    try:
        return await migrate(settings.database_url)
    except DatabaseUnavailable as failure:
        raise SettingsError([f"the database could not be migrated: {failure}"]) from failure


def _no_database(settings: Settings) -> str:
    """Return what to tell who acts on a database of SQLite that is not there."""
    return (
        f"there is no database at {settings.database_url.removeprefix('sqlite:///')}: call this in the folder in which "
        "the service runs, or set LIVEROOM_DATA_DIR to its data folder (`liveroom serve` makes a new one)"
    )


async def _state(settings: Settings) -> SchemaState:
    """Ask the database, which may still be waking up, for up to ten seconds; a file that cannot be used will not."""
    if not settings.on_mysql and (fault := folder_fault(settings)):
        raise SettingsError([fault])
    for step in range(_WAIT_STEPS):
        try:
            return await schema_state(settings.database_url)
        except DatabaseUnavailable as problem:
            if step == 0:
                log.warning("database.waiting", cause=repr(problem.__cause__ or problem))
            await asyncio.sleep(_WAIT_STEP)
    raise SettingsError(["the database does not answer: check LIVEROOM_DATABASE_URL, and that the server runs"])
