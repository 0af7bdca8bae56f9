"""Rate limits. While the store does not answer, each process counts for itself, by the same numbers."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha1
from typing import Final

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.ports import Use
from liveroom.store.live.memory.limits import Limits as OwnLimits
from liveroom.store.live.redis.calls import Asked
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

    async def hit(self, uses: Sequence[Use], window: int) -> list[bool]:
        """Count uses; say whether they are within their limits (with none to count: whether one more would be)."""
        digests = [_digest(use.key) for use in uses]
        words = [(window, use.times) for use in uses]
        counted = await self._ask("hit", digests, words)
        within = []
        for use, digest, told in zip(uses, digests, counted, strict=True):
            number = self._own.hit(digest, use.times, window, self._now()) if told is None else told
            within.append(number + (use.times == 0) <= use.limit)
        return within

    async def left(self, key: str, window: timedelta) -> timedelta:
        """Return how long the key's window lasts on."""
        digest = _digest(key)
        (left,) = await self._ask("window_left", [digest], [(milliseconds(window),)])
        return timedelta(milliseconds=self._own.left(digest, self._now()) if left is None else left)

    async def _ask(
        self, script: str, digests: Sequence[bytes], words: Sequence[tuple[Word, ...]]
    ) -> Sequence[int | None]:
        """Return the store's answers; None for each while it does not answer."""
        nothing = [None] * len(digests)
        if self._loop.time() < self._asks_again:
            return nothing
        is_patient = deadlines.patience(PATIENCE) == PATIENCE
        offset = self._core.offset()
        asked = [
            Asked(0, (limit_key(digest.hex()),), (offset, *more)) for digest, more in zip(digests, words, strict=True)
        ]
        try:
            with deadlines.at_most(PATIENCE):
                answers = await self._core.caller.call_all(script, asked)
        except LiveUnavailable:
            answers = nothing
        found = [None if isinstance(answer, LiveUnavailable) else answer for answer in answers]
        if is_patient and None in found:
            self._asks_again = self._loop.time() + PAUSE
        return found

    def _now(self) -> int:
        return moment(self._core.clock.now())


def _digest(key: str) -> bytes:
    return sha1(key.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
