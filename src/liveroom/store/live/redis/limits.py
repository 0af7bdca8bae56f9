"""Rate limits. While the store does not answer, each process counts for itself, by the same numbers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from hashlib import sha1
from typing import Final, NamedTuple

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.moments import milliseconds, moment
from liveroom.ports import Use
from liveroom.store.batching import Batches
from liveroom.store.live.memory.limits import MemoryLimits as OwnLimits
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import limit_bucket, limit_key
from liveroom.store.live.redis.wire import Word

TIMEOUT: Final = 1.0
"""Seconds for which the store is waited for: what is limited is to be done within the request's three."""
PAUSE: Final = 1.0
"""Seconds after a failure for which the store is not asked."""
_MOST: Final = 65_536
"""Keys that a process counts for itself, 290 bytes each: 19 MB."""
_AT_ONCE: Final = 64


class _Hit(NamedTuple):
    """Uses of a key to be counted."""

    digest: bytes
    window: int
    times: int


class RedisLimits:
    """Uses of keys, each in a window that begins with its first. What one tick of the loop asks travels together."""

    def __init__(self, core: RedisCore) -> None:
        self._core = core
        self._own = OwnLimits(_MOST)
        self._loop = asyncio.get_running_loop()
        self._asks_again = float("-inf")
        self._hits: Batches[int, _Hit, int] = Batches(self._send, most=_AT_ONCE)

    async def hit(self, uses: Sequence[Use], window: int) -> list[bool]:
        """Count uses; say whether they are within their limits (with none to count: whether one more would be)."""
        hits = [_Hit(_digest(use.key), window, use.times) for use in uses]
        counted = await self._ask(lambda: [self._hits.begin(limit_bucket(hit.digest), hit) for hit in hits], len(hits))
        within = []
        for use, hit, answered in zip(uses, hits, counted, strict=True):
            number = self._own.hit(hit.digest, hit.times, window, self._now()) if answered is None else answered
            within.append(number + (use.times == 0) <= use.limit)
        return within

    async def left(self, key: str, window: timedelta) -> timedelta:
        """Return how long the key's window lasts on."""
        digest = _digest(key)
        words = (self._core.offset(), milliseconds(window))
        (answered,) = await self._ask(lambda: [self._core.caller.run("window_left", (limit_key(digest),), *words)], 1)
        return timedelta(milliseconds=self._own.left(digest, self._now()) if answered is None else answered)

    async def _send(self, _: int, hits: Sequence[_Hit]) -> Sequence[int]:
        first, *others = [limit_key(hit.digest) for hit in hits]
        counts: list[Word] = [word for hit in hits for word in (hit.window, hit.times)]
        with deadlines.at_most(TIMEOUT):
            counted: Sequence[int] = await self._core.caller.call(
                "hit", (first,), (*others, self._core.offset(), *counts), len(others)
            )
        return counted

    async def _ask(self, begin: Callable[[], Sequence[Awaitable[int]]], size: int) -> Sequence[int | None]:
        """Return the store's answers to so many questions; None for those that it does not answer."""
        if self._loop.time() < self._asks_again:
            return [None] * size
        has_time = deadlines.time_left(TIMEOUT) == TIMEOUT
        with deadlines.at_most(TIMEOUT):
            answered = await asyncio.gather(*begin(), return_exceptions=True)
        for answer in answered:
            if isinstance(answer, BaseException) and not isinstance(answer, LiveUnavailable):
                raise answer
        found = [None if isinstance(answer, BaseException) else answer for answer in answered]
        if has_time and None in found:
            self._asks_again = self._loop.time() + PAUSE
        return found

    def _now(self) -> int:
        return moment(self._core.clock.now())


def _digest(key: str) -> bytes:
    return sha1(key.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
