"""What this process knows of a server that it calls: whether it answers, and how much is under way there."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from liveroom.domain.vendors.model import Breaker, BreakerState, VendorFailure

AT_ONCE: Final = 4
"""Calls of one partition under way in this process: enough for 80 a second. Tencent allows a tenant 200 in all."""


class PartitionState:
    """The breaker and the free slots of one partition. The log says when its server goes, and when it is back."""

    def __init__(self, queue: str, **about: str) -> None:
        """``queue``: what the log's events begin with. ``about``: what they say of the partition."""
        self.breaker: Final = Breaker()
        self.slots: Final = asyncio.Semaphore(AT_ONCE)
        self._quiet: datetime | None = None
        self._queue: Final = queue
        self._about: Final = about
        self._log: Final = structlog.get_logger(f"liveroom.{queue}s")

    def state(self, now: datetime) -> BreakerState:
        """Return whether anything may be called now."""
        is_quiet = self._quiet is not None and now < self._quiet
        return BreakerState.OPEN if is_quiet else self.breaker.state(now)

    def refused(self, failure: VendorFailure, now: datetime, quiet: timedelta | None = None) -> None:
        """Note a failure that is not what was sent's own. ``quiet``: how long the server wants to be left alone."""
        if quiet is not None:
            self._quiet = now + quiet
        if self.breaker.failed(failure, now):
            self._log.warning(f"{self._queue}.unavailable", **self._about, reason=str(failure))

    def answered(self) -> None:
        """Note that the server answers."""
        if self.breaker.succeeded():
            self._log.info(f"{self._queue}.recovered", **self._about)
