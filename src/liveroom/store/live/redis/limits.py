"""Rate limits. With the store down everything is allowed, and counted in ``unlimited``."""

from hashlib import sha1

from liveroom.domain.errors import LiveUnavailable
from liveroom.store.live.redis.core import Core
from liveroom.store.live.redis.keys import limit_key


class Limits:
    """Uses of keys, each in a window that begins with its first."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.unlimited = 0

    async def hit(self, key: str, limit: int, window: int, count: int) -> bool:
        """Count uses; say whether they are within the limit (with none to count: whether one more would be)."""
        name = limit_key(sha1(key.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest())
        try:
            uses: int = await self._core.caller.run("hit", (name,), self._core.offset(), window, count)
        except LiveUnavailable:
            self.unlimited += 1
            return True
        return uses + (count == 0) <= limit
