"""How many calls a second a vendor takes."""

from collections import Counter
from typing import Final

from liveroom.ports import Clock


class CallPace:
    """Counts by second; a second is one of the clock, not the last thousand milliseconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = clock
        self._second = 0
        self._counted: Counter[str] = Counter()

    def is_over(self, key: str, most: int) -> bool:
        """Count one more, and say whether there were more than so many in this second."""
        second = int(self._clock.now().timestamp())
        if second != self._second:
            self._second = second
            self._counted.clear()
        self._counted[key] += 1
        return self._counted[key] > most
