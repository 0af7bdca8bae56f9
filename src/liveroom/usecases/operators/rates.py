"""Calls a second, from what was counted at several moments of the last minutes."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final, NamedTuple

from liveroom.domain.operators.counters import Counters
from liveroom.domain.operators.overview import Traffic, traffic_of

LATELY: Final = timedelta(seconds=5)
"""Of how long the figures by the second are while somebody watches."""
_SELDOM: Final = timedelta(seconds=15)
_LONGEST: Final = timedelta(seconds=90)
_SHORTEST: Final = 0.8
"""Seconds: what happened in less, by the second, is mostly chance."""
_LEAST: Final = timedelta(seconds=20)
"""Processes that report seldom say nothing about less time than this."""


class Noted(NamedTuple):
    """What had been counted at a moment."""

    at: datetime
    counted: Counters
    is_whole: bool
    """All processes had just reported."""


@dataclass(slots=True)
class Rates:
    """What was counted, the oldest first."""

    _noted: deque[Noted] = field(default_factory=deque)

    def note(self, now: datetime, counted: Counters, *, is_whole: bool) -> None:
        """Keep what has been counted until now; what is not whole is kept every 15 s."""
        while self._noted and not now - _LONGEST <= self._noted[0].at <= now:
            self._noted.popleft()
        if is_whole or not self._noted or now - self._noted[-1].at >= _SELDOM:
            self._noted.append(Noted(now, counted, is_whole))

    def traffic(self) -> Traffic | None:
        """Return the figures of the last seconds, or of the last minute; None as long as they would say nothing."""
        whole = list(takewhile(lambda noted: noted.is_whole, reversed(self._noted)))
        if len(whole) > 1:
            before = [noted for noted in whole if whole[0].at - noted.at >= LATELY]
            return _between(before[0] if before else whole[-1], whole[-1], whole[0])
        if self._noted and self._noted[-1].at - self._noted[0].at >= _LEAST:
            return _between(self._noted[0], self._noted[0], self._noted[-1])
        return None


def _between(lately: Noted, first: Noted, last: Noted) -> Traffic | None:
    seconds = (last.at - lately.at).total_seconds()
    if seconds < _SHORTEST:
        return None
    counted = last.counted.since(lately.counted)
    return traffic_of(counted, seconds, last.counted.since(first.counted).slow())
