"""How often somebody may do something."""

from datetime import timedelta

from liveroom.domain.errors import RateLimited
from liveroom.domain.moments import seconds_to_wait
from liveroom.ports import Live


async def check_rate(live: Live, key: str, *, limit: int, window: timedelta, count: int = 1) -> None:
    """Count a use of the key; raise ``RateLimited`` above the limit in a window (``Live.hit``)."""
    if not await live.hit(key, limit=limit, window=window, count=count):
        raise await limited(live, key, window)


async def limited(live: Live, key: str, window: timedelta) -> RateLimited:
    """Return the refusal of a key whose limit is used up: it says how long to wait."""
    return wait_for(await live.window_left(key, window=window))


def wait_for(time: timedelta) -> RateLimited:
    """Return the refusal that asks to wait for so long: whole seconds, at least one."""
    seconds = max(1, seconds_to_wait(time))
    return RateLimited(f"{seconds} s", retry_after=timedelta(seconds=seconds))
