"""One process at a time: where the live store is a process's own memory, a lease in SQL keeps a second one out.

A process may be frozen for longer than its lease lasts. When it goes on, what it remembers is out of date if another
has served meanwhile, even if that one is gone again; so it may renew a lease that has lapsed, but never take it anew.
"""

import asyncio
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable, Unavailable
from liveroom.ports import Clock, Database
from liveroom.settings import SettingsError

log = structlog.get_logger("liveroom.app")

LEASE: Final = "service"
_LIFE: Final = timedelta(seconds=9)
_RENEW: Final = timedelta(seconds=3)
_LATE: Final = timedelta(seconds=5)
"""Before its end whoever is about to write renews the lease; the renewal each three seconds has not come through."""
_SPARE: Final = timedelta(seconds=1)
"""Before its end nothing is written any more: what is on its way has to arrive."""
_STEPS: Final = 40
_STEP: Final = 0.25


class Occupancy:
    """The lease of the only process; a second one waits up to 10 s for it to lapse, then refuses to start.

    ``on_lost`` is called once, when another process has it.
    """

    def __init__(self, db: Database, clock: Clock, on_lost: Callable[[], None]) -> None:
        self._db = db
        self._clock = clock
        self._on_lost = on_lost
        self._holder = secrets.token_hex(8)
        self._until = clock.now()
        self._taken = False
        self._lost = False
        self._renewal: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None

    async def take(self) -> None:
        """Take the lease and keep it. Raises ``SettingsError`` while another process has it."""
        for step in range(_STEPS + 1):
            if await self._claim():
                self._renewal = deadlines.spawn(self._keep_renewing())
                return
            if step == 0:
                log.info("service.waiting", reason="another process served from this database a moment ago")
            await asyncio.sleep(_STEP)
        raise SettingsError(
            [
                "another liveroom process serves from this database, and its live data is in its own memory: stop it, "
                "or set LIVEROOM_REDIS_URL for more than one process"
            ]
        )

    async def release(self) -> None:
        """Give the lease back, so that the next process starts at once; without the database it lapses by itself."""
        if not self._taken:
            return
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)
        try:
            await self._db.leases.release(LEASE, self._holder)
        except Unavailable as problem:
            log.warning("service.lease_unreleased", cause=repr(problem.__cause__ or problem))

    async def hold(self) -> None:
        """Return while the place is this process's. Raises ``LiveUnavailable`` once another has had it."""
        if self._lost:
            raise LiveUnavailable("another process serves from this database")
        now = self._clock.now()
        if now < self._until - _LATE:
            return
        if self._renewing is None:
            self._renewing = deadlines.spawn(self._renew())
            self._renewing.add_done_callback(self._have_renewed)
        try:
            await deadlines.join(self._renewing, DatabaseUnavailable)
        except DatabaseUnavailable:
            if self._clock.now() >= self._until - _SPARE:
                raise

    async def guard(self) -> None:
        """Return while this process may write; raises ``DatabaseUnavailable`` once it may not."""
        try:
            await self.hold()
        except LiveUnavailable as lost:
            raise DatabaseUnavailable(str(lost)) from lost

    def check(self) -> None:
        """Return while this process may write; raises ``DatabaseUnavailable`` when that has to be found out anew."""
        if self._lost or self._clock.now() >= self._until - _SPARE:
            raise DatabaseUnavailable("the process was frozen: whether it may still write is not known")

    async def _claim(self) -> bool:
        now = self._clock.now()
        if await self._db.leases.claim(LEASE, self._holder, now, now + _LIFE):
            self._until, self._taken = now + _LIFE, True
            return True
        return False

    async def _renew(self) -> None:
        """Renew the lease, unless another has had it; raises ``LiveUnavailable`` then."""
        until = self._clock.now() + _LIFE
        if await self._db.leases.renew(LEASE, self._holder, until):
            self._until = until
            return
        if not self._lost:
            self._lost = True
            log.error("service.lease_lost", reason="another process serves from this database now")
            self._on_lost()
        raise LiveUnavailable("another process serves from this database")

    def _have_renewed(self, task: "asyncio.Task[None]") -> None:
        self._renewing = None
        if not task.cancelled():
            task.exception()

    async def _keep_renewing(self) -> None:
        while not self._lost:
            await asyncio.sleep(_RENEW.total_seconds())
            try:
                await self._renew()
            except LiveUnavailable:
                return
            except Unavailable as problem:
                log.warning("service.lease_unrenewed", cause=repr(problem))
