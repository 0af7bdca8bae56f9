"""Rate limits. While the store does not answer, each process counts for itself, by the same numbers."""

import asyncio
from datetime import timedelta
from hashlib import sha1
from typing import Final

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.store.live.memory.limits import Limits as OwnLimits
from liveroom.store.live.redis.core import Core
from liveroom.store.live.redis.keys import limit_key
from liveroom.store.live.redis.records import milliseconds, moment
from liveroom.store.live.redis.wire import Word

PATIENCE: Final = 1.0
"""Seconds for which the store is waited for: what is limited is to be done within the request's three."""
PAUSE: Final = 1.0
"""Seconds after a failure for which the store is not asked."""
_MOST: Final = 65_536
"""Keys that a process counts for itself, 290 bytes each: 19 MB."""


class Limits:
    """Uses of keys, each in a window that begins with its first."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._own = OwnLimits(_MOST)
        self._loop = asyncio.get_running_loop()
        self._asks_again = float("-inf")

    async def hit(self, key: str, limit: int, window: int, count: int) -> bool:
        """Count uses; say whether they are within the limit (with none to count: whether one more would be)."""
        digest = _digest(key)
        uses = await self._ask("hit", digest, window, count)
        if uses is None:
            uses = self._own.hit(digest, count, window, self._now())
        return uses + (count == 0) <= limit

    async def left(self, key: str, window: timedelta) -> timedelta:
        """Return how long the key's window lasts on."""
        digest = _digest(key)
        left = await self._ask("window_left", digest, milliseconds(window))
        return timedelta(milliseconds=self._own.left(digest, self._now()) if left is None else left)

    async def _ask(self, script: str, digest: bytes, *words: Word) -> int | None:
        """Return the store's answer; None while it does not answer."""
        if self._loop.time() < self._asks_again:
            return None
        is_patient = deadlines.patience(PATIENCE) == PATIENCE
        try:
            with deadlines.at_most(PATIENCE):
                found: int = await self._core.caller.run(
                    script, (limit_key(digest.hex()),), self._core.offset(), *words
                )
                return found
        except LiveUnavailable:
            if is_patient:
                self._asks_again = self._loop.time() + PAUSE
            return None

    def _now(self) -> int:
        return moment(self._core.clock.now())


def _digest(key: str) -> bytes:
    return sha1(key.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
