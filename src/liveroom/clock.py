"""The one place that reads the machine's clock; tests wind a clock of their own."""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's time. `offset` is zero: the live store, which has its own time, adds nothing to it."""

    offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow, for measuring how long something took."""
        return time.monotonic()
