"""One process at a time: where the live store is a process's own memory, a lease in SQL keeps a second one out."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.ports import Clock, Database
from liveroom.settings import SettingsError

log = structlog.get_logger("liveroom.app")

_NAME: Final = "service"
_LIFE: Final = timedelta(seconds=9)
_RENEW: Final = timedelta(seconds=3)
_STEPS: Final = 40
_STEP: Final = 0.25


class Occupancy:
    """The lease of the only process; a second one waits up to 10 s for it to lapse, then refuses to start."""

    def __init__(self, db: Database, clock: Clock, on_lost: Callable[[], None]) -> None:
        self._db = db
        self._clock = clock
        self._on_lost = on_lost
        self._holder = secrets.token_hex(8)
        self._renewing: asyncio.Task[None] | None = None

    async def take(self) -> None:
        """Take the lease and keep it. Raises ``SettingsError`` while another process has it."""
        for step in range(_STEPS + 1):
            if await self._claim():
                self._renewing = asyncio.create_task(self._renew())
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
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.gather(self._renewing, return_exceptions=True)
            try:
                await self._db.leases.release(_NAME, self._holder)
            except Unavailable as problem:
                log.warning("service.lease_unreleased", cause=repr(problem.__cause__ or problem))

    async def _claim(self) -> bool:
        now = self._clock.now()
        return await self._db.leases.claim(_NAME, self._holder, now, now + _LIFE)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW.total_seconds())
            try:
                if not await self._claim():
                    log.error("service.lease_lost", reason="another process serves from this database now")
                    self._on_lost()
                    return
            except Unavailable as problem:
                log.warning("service.lease_unrenewed", cause=repr(problem))
