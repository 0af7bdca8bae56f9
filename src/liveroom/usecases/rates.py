"""How often somebody may do something."""

from datetime import timedelta

from liveroom.domain.errors import RateLimited
from liveroom.ports import Live


async def check_rate(live: Live, key: str, *, limit: int, window: timedelta, count: int = 1) -> None:
    """Count a use of the key; raise ``RateLimited`` above the limit in a window (``Live.hit``)."""
    if not await live.hit(key, limit=limit, window=window, count=count):
        raise RateLimited(retry_after=window)
