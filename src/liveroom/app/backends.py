"""The switch: which database and which live store the settings name, and whether they can be used as they are.

What the settings do not name is not imported: a start, and a web function that wakes up, would wait for it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from liveroom.app.data_folder import make_data_folder
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.domain.rooms.heat import HeatRule
from liveroom.ports import Clock, Live, RecoveryStore
from liveroom.settings import Settings, SettingsError
from liveroom.store.live.memory import MemoryLive
from liveroom.store.sql.current import is_current
from liveroom.store.sql.database import SqlDatabase

if TYPE_CHECKING:
    from liveroom.store.live.redis.calls import ScriptCaller

OpenScripts = Callable[[str, float], "ScriptCaller"]
_SECONDS_TO_WAKE: Final = 10.0


async def open_database(settings: Settings, *, make: bool = True) -> SqlDatabase:
    """Open the database with the schema of this release; SQLite is brought up to it, MySQL has to be.

    ``make``: where there is no database of SQLite, one is made. Raises ``SettingsError`` with what to do where that is
    impossible.
    """
    if make:
        make_data_folder(settings)
    if not await is_current(settings.database_url):
        from liveroom.app.upgrading import upgrade

        await upgrade(settings, make=make)
    return await SqlDatabase.open(
        settings.database_url,
        synchronous=settings.sqlite_synchronous,
        pool=settings.mysql_pool,
        wake_timeout=_SECONDS_TO_WAKE if settings.serverless else 0.0,
    )


def make_live(settings: Settings, recovery: RecoveryStore, clock: Clock, *, scripts: OpenScripts | None = None) -> Live:
    """Return the live store that the settings name; it is not started yet.

    ``scripts``: opens what calls Redis, by its address and after how many silent seconds a connection is given up.
    Raises ``SettingsError`` for an address that cannot be used: a certificate file that is not there, say.
    """
    timeouts, heat = presence_timeouts_of(settings), heat_rule_of(settings)
    if settings.redis_url is None:
        return MemoryLive(recovery, clock, timeouts, heat)
    from liveroom.store.live.redis import RedisLive
    from liveroom.store.live.redis.calls import ScriptCaller

    try:
        return RedisLive.open(
            settings.redis_url,
            recovery=recovery,
            clock=clock,
            timeouts=timeouts,
            heat=heat,
            reads_feed=not settings.serverless,
            scripts=scripts or ScriptCaller.open,
        )
    except (OSError, ValueError) as problem:
        raise SettingsError([f"LIVEROOM_REDIS_URL cannot be used: {problem}"]) from problem


def make_idle_live(settings: Settings, recovery: RecoveryStore, clock: Clock) -> Live:
    """Return a live store for commands that write to SQL alone: it is never started, and nobody is served from it."""
    return MemoryLive(recovery, clock, presence_timeouts_of(settings))


def is_alone(settings: Settings) -> bool:
    """Say whether only one process may serve: the live store is its own memory."""
    return settings.redis_url is None


def presence_timeouts_of(settings: Settings) -> PresenceTimeouts:
    """Return how long the live store waits for what it may never hear."""
    return PresenceTimeouts(
        keepalive=settings.lease_keepalive,
        silent=settings.lease_silent,
        silent_host=settings.lease_silent_host,
        grace=settings.grace_owner,
        audience=settings.audience_max,
    )


def heat_rule_of(settings: Settings) -> HeatRule:
    """Return what makes rooms hot, and for how long."""
    return HeatRule(settings.heat_half_life, settings.heat_enter, settings.heat_message, settings.heat_like)
