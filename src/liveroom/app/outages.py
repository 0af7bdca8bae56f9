"""Whether what the service stands on answers: one line of the log when it does not, one when it really does again.

Whoever meets an outage notes it here. Pieces of work that have nothing to do while a dependency is down succeed all the
same, so that it is back only when it has answered itself and nobody has met a failure for a while.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

from liveroom import deadlines
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable, Unavailable

log = structlog.get_logger("liveroom.dependencies")

DATABASE: Final = "database"
LIVE: Final = "live"
CALM: Final = 2.0
"""Seconds without a failure after which a dependency is asked whether it is back."""
_PAUSE: Final = 0.5
_SECONDS_TO_ANSWER: Final = 5.0

Ping = Callable[[], Awaitable[object]]


class Outages:
    """Which dependencies are down. ``pings`` raise while one does not answer."""

    def __init__(self, pings: Mapping[str, Ping]) -> None:
        self._pings = pings
        self._failed: dict[str, float] = {}
        self._watching: dict[str, asyncio.Task[None]] = {}

    def note(self, failure: Unavailable) -> bool:
        """Take note of a failure; say whether it is that of a dependency, and so is told here."""
        if isinstance(failure, DatabaseUnavailable) or isinstance(failure.__cause__, DatabaseUnavailable):
            self.down(DATABASE, failure)
        elif isinstance(failure, LiveUnavailable):
            self.down(LIVE, failure)
        else:
            return False
        return True

    def down(self, dependency: str, failure: Exception) -> None:
        """Take note that a dependency does not answer."""
        now = asyncio.get_running_loop().time()
        self._failed[dependency] = now
        if dependency not in self._watching:
            log.warning("dependency.down", dependency=dependency, cause=repr(failure.__cause__ or failure))
            self._watching[dependency] = deadlines.spawn(self._watch(dependency, now))

    def names(self) -> list[str]:
        """Return what is down."""
        return sorted(self._watching)

    async def stop(self) -> None:
        """Watch no more."""
        watching = list(self._watching.values())
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)

    async def _watch(self, dependency: str, since: float) -> None:
        loop = asyncio.get_running_loop()
        try:
            while True:
                await asyncio.sleep(_PAUSE)
                if loop.time() - self._failed[dependency] >= CALM and await self._answers(dependency):
                    break
        finally:
            del self._watching[dependency]
        log.info("dependency.recovered", dependency=dependency, seconds=round(loop.time() - since, 1))

    async def _answers(self, dependency: str) -> bool:
        try:
            async with asyncio.timeout(_SECONDS_TO_ANSWER):
                await self._pings[dependency]()
        except Exception as problem:
            log.debug("dependency.silent", dependency=dependency, cause=repr(problem))
            self._failed[dependency] = asyncio.get_running_loop().time()
            return False
        return True


def cause_of(failure: Exception) -> object:
    """Return what stands behind a failure of a store, in its driver's words alone."""
    cause = failure.__cause__ or failure
    return getattr(cause, "orig", None) or cause
