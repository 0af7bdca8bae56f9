"""A database that has gone to sleep and wakes up when somebody connects: it is waited for, once for all who ask.

One task tries to connect; the others wait for it. When the time is over without an answer it is an outage like any
other, which nobody waits for until a connection has stood again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from liveroom import deadlines

log = structlog.get_logger("liveroom.sql")

_PAUSE: Final = 0.25


class Waking:
    """Whether the database is being waited for. ``probe`` raises while there is no connection to be had."""

    def __init__(self, wake_timeout: float, probe: Callable[[], Awaitable[None]]) -> None:
        self._wake_timeout = wake_timeout
        self._probe = probe
        self._probing: asyncio.Task[bool] | None = None
        self._given_up = False

    @property
    def is_due(self) -> bool:
        """Say whether a database that does not answer will be waited for."""
        return bool(self._wake_timeout) and not self._given_up

    def stands(self) -> None:
        """Note that there is a connection."""
        self._given_up = False

    async def under_way(self) -> bool:
        """Return True at once when nobody tries, else what came of it."""
        return True if self._probing is None else await asyncio.shield(self._probing)

    async def wait(self, since: float) -> bool:
        """Wait until the database answers; False when it did not, so many seconds after ``since`` (loop time)."""
        if not self.is_due:
            return False
        if self._probing is None:
            self._probing = deadlines.spawn(self._wake(since + self._wake_timeout))
        return await asyncio.shield(self._probing)

    async def stop(self) -> None:
        """Try no more."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.wait({self._probing})

    async def _wake(self, until: float) -> bool:
        loop = asyncio.get_running_loop()
        log.warning("database.waking")
        try:
            while (left := until - loop.time()) > 0:
                await asyncio.sleep(min(_PAUSE, left))
                if await self._answers(max(until - loop.time(), _PAUSE)):
                    log.info("database.awake")
                    return True
            self._given_up = True
            return False
        finally:
            self._probing = None

    async def _answers(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._probe()
        except Exception as problem:
            log.debug("database.asleep", cause=type(problem).__name__)
            return False
        return True
