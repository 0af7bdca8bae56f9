"""Rate limits. With the store down everything is allowed, and counted in ``unlimited``."""

from datetime import timedelta
from hashlib import sha1

from liveroom.domain.errors import LiveUnavailable
from liveroom.store.live.redis.core import Core
from liveroom.store.live.redis.keys import limit_key
from liveroom.store.live.redis.records import milliseconds


class Limits:
    """Uses of keys, each in a window that begins with its first."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.unlimited = 0

    async def hit(self, key: str, limit: int, window: int, count: int) -> bool:
        """Count uses; say whether they are within the limit (with none to count: whether one more would be)."""
        name = _named(key)
        try:
            uses: int = await self._core.caller.run("hit", (name,), self._core.offset(), window, count)
        except LiveUnavailable:
            self.unlimited += 1
            return True
        return uses + (count == 0) <= limit

    async def left(self, key: str, window: timedelta) -> timedelta:
        """Return how long the key's window lasts on; the whole of it while the store is down."""
        words = (self._core.offset(), milliseconds(window))
        try:
            left: int = await self._core.caller.run("window_left", (_named(key),), *words)
        except LiveUnavailable:
            return window
        return timedelta(milliseconds=left)


def _named(key: str) -> bytes:
    return limit_key(sha1(key.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest())
