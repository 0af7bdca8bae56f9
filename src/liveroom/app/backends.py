"""The switch: which database and which live store the settings name, and whether they can be used as they are."""

import asyncio
from typing import Final

import structlog

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.presence import Patience
from liveroom.ports import Clock, Ledger, Live
from liveroom.settings import Settings, SettingsError
from liveroom.store.live.memory import MemoryLive
from liveroom.store.live.redis import RedisLive
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.schema import SchemaState, migrate, schema_state

log = structlog.get_logger("liveroom.app")

_PATIENCE_STEPS: Final = 20
_PATIENCE_STEP: Final = 0.5
_SECONDS_TO_WAKE: Final = 10.0

_REFUSALS: Final = {
    SchemaState.EMPTY: "the database has no tables yet: run `liveroom migrate`, then start again",
    SchemaState.OLDER: "the database's schema is older than this release: run `liveroom migrate`, then start again",
    SchemaState.NEWER: "the database's schema is newer than this release: start the release that migrated it, or newer",
    SchemaState.ORIGINAL: (
        "the database holds the original service's tables and none of liveroom's: run `liveroom import` to take its "
        "users and rooms over, or `liveroom migrate` to begin without them, then start again"
    ),
}


async def open_database(settings: Settings) -> SqlDatabase:
    """Open the database with the schema of this release; SQLite is brought up to it, MySQL has to be.

    Raises ``SettingsError`` with what to do where that is impossible.
    """
    state = await _state(settings)
    if state in (SchemaState.EMPTY, SchemaState.OLDER) and not settings.on_mysql:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        for revision in await migrate(settings.database_url):
            log.info("database.migrated", revision=revision)
    elif state is not SchemaState.CURRENT:
        raise SettingsError([_REFUSALS[state]])
    return await SqlDatabase.open(
        settings.database_url,
        synchronous=settings.sqlite_synchronous,
        pool=settings.mysql_pool,
        patience=_SECONDS_TO_WAKE if settings.serverless else 0.0,
    )


def make_live(settings: Settings, ledger: Ledger, clock: Clock) -> Live:
    """Return the live store that the settings name; it is not started yet.

    Raises ``SettingsError`` for an address that cannot be used: a certificate file that is not there, say.
    """
    patience = patience_of(settings)
    if settings.redis_url is None:
        return MemoryLive(ledger, clock, patience, goes_on=settings.serverless)
    try:
        return RedisLive.open(
            settings.redis_url, ledger=ledger, clock=clock, patience=patience, follows=not settings.serverless
        )
    except (OSError, ValueError) as problem:
        raise SettingsError([f"LIVEROOM_REDIS_URL cannot be used: {problem}"]) from problem


def make_idle_live(settings: Settings, ledger: Ledger, clock: Clock) -> Live:
    """Return a live store for commands that write to SQL alone: it is never started, and nobody is served from it."""
    return MemoryLive(ledger, clock, patience_of(settings))


def is_alone(settings: Settings) -> bool:
    """Say whether only one process may serve: the live store is its own memory."""
    return settings.redis_url is None


def patience_of(settings: Settings) -> Patience:
    """Return how long the live store waits for what it may never hear."""
    return Patience(
        keepalive=settings.lease_keepalive,
        silent=settings.lease_silent,
        silent_host=settings.lease_silent_host,
        grace=settings.grace_owner,
        audience=settings.audience_max,
    )


async def _state(settings: Settings) -> SchemaState:
    """Ask the database, which may still be waking up, for up to ten seconds."""
    for step in range(_PATIENCE_STEPS):
        try:
            return await schema_state(settings.database_url)
        except DatabaseUnavailable as problem:
            if step == 0:
                log.warning("database.waiting", cause=repr(problem.__cause__ or problem))
            await asyncio.sleep(_PATIENCE_STEP)
    raise SettingsError(["the database does not answer: check LIVEROOM_DATABASE_URL, and that the server runs"])
