"""Sends publications to a Centrifugo, in the order in which they came, until it has them."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, NamedTuple

import structlog

from liveroom.domain.errors import ProviderUnavailable
from liveroom.ports import Broker, News

log = structlog.get_logger("liveroom.centrifugo")

BATCH: Final = 100
"""Publications that one request carries at most."""
WAITING_MAX: Final = 20_000
"""Publications that wait for a Centrifugo that does not answer; what is more has to be read from the store again."""
_AGAIN: Final = (0.1, 0.3, 1.0, 2.0)
"""Seconds before the next try."""


class _Letter(NamedTuple):
    news: News
    sent: Callable[[], None] | None


class Sender:
    """A queue, and who empties it. ``lost`` is called when all that waits was thrown away."""

    def __init__(self, broker: Broker, lost: Callable[[], None]) -> None:
        self._broker = broker
        self._lost = lost
        self._waiting: deque[_Letter] = deque()
        self._more = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, news: News, sent: Callable[[], None] | None = None) -> None:
        """Let a publication be sent after those that wait already; ``sent`` is called then."""
        self._idle.clear()
        self._waiting.append(_Letter(news, sent))
        self._more.set()
        if len(self._waiting) > WAITING_MAX:
            log.warning("centrifugo.overflow", waiting=len(self._waiting))
            self._waiting.clear()
            self._lost()

    async def run(self) -> None:
        """Send for ever."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                await self._insist([letter.news for letter in batch])
                for letter in batch:
                    if letter.sent is not None:
                        letter.sent()
            self._idle.set()

    async def finish(self, seconds: float) -> None:
        """Return when everything is sent, or after this time."""
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            log.warning("centrifugo.unsent", waiting=len(self._waiting))

    async def _insist(self, news: list[News]) -> None:
        tries = 0
        while True:
            try:
                await self._broker.publish(news)
            except ProviderUnavailable as failure:
                if not tries:
                    log.warning("centrifugo.unpublished", waiting=len(self._waiting), cause=repr(failure))
                await asyncio.sleep(_AGAIN[min(tries, len(_AGAIN) - 1)])
                tries += 1
            else:
                return
