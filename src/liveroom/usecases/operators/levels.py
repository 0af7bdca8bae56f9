"""What waits and what is online, asked seldom: each question costs the stores something."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeVar

from liveroom.ports import Clock

GOOD_FOR: Final = timedelta(seconds=10)
_SECONDS: Final = 2.0
T = TypeVar("T")
Gauge = Callable[[], Awaitable[float]]


@dataclass(slots=True)
class WaitingLevels:
    """Figures by the names of ``/metrics``. ``gauges`` are added once there is what they ask."""

    clock: Clock
    gauges: dict[str, Gauge] = field(default_factory=dict)
    _known: Mapping[str, float | None] = field(default_factory=dict)
    _asked: datetime | None = None

    async def read(self) -> Mapping[str, float | None]:
        """Return all of them, at most ten seconds old; None for one that is not answered."""
        now = self.clock.now()
        if self._asked is None or not timedelta(0) <= now - self._asked < GOOD_FOR:
            self._asked = now
            values = await asyncio.gather(*map(ask, self.gauges.values()))
            self._known = dict(zip(self.gauges, values, strict=True))
        return self._known


async def ask(gauge: Callable[[], Awaitable[T]]) -> T | None:
    """Return a figure, or what else is asked, or None if it is not told in time."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await gauge()
    except Exception:
        return None
