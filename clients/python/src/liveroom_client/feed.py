"""Events for any number of readers, of which none holds up the others or fills the memory."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final, Generic, TypeVar
from weakref import WeakSet

WAITING_MAX: Final = 1_000
"""Events that wait for a reader; one that is further behind skips them."""

Event = TypeVar("Event")


class Reader(AsyncIterator[Event]):
    """One reader: yields what happens from when it was made until the end."""

    def __init__(self, skipped: Callable[[], Event]) -> None:
        self._skipped = skipped
        self._waiting: deque[Event] = deque()
        self._news = asyncio.Event()
        self._ended = False

    def __aiter__(self) -> "Reader[Event]":
        return self

    async def __anext__(self) -> Event:
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        return self._waiting.popleft()

    def put(self, event: Event) -> None:
        """Add an event; of a reader that is too far behind, everything that waits gives way to one ``skipped``."""
        if len(self._waiting) >= WAITING_MAX:
            self._waiting.clear()
            event = self._skipped()
        self._waiting.append(event)
        self._news.set()

    def end(self) -> None:
        """Let the reader stop after what waits for it."""
        self._ended = True
        self._news.set()


class Feed(Generic[Event]):
    """Passes events on to all its readers. ``skipped`` makes what one gets in place of those it is too slow for."""

    def __init__(self, skipped: Callable[[], Event]) -> None:
        self._skipped = skipped
        self._readers: WeakSet[Reader[Event]] = WeakSet()
        self._ended = False

    def read(self) -> Reader[Event]:
        """Return a new reader of what happens from now on; one that nobody holds any more is forgotten."""
        reader = Reader(self._skipped)
        if self._ended:
            reader.end()
        else:
            self._readers.add(reader)
        return reader

    def put(self, event: Event) -> None:
        """Pass an event on."""
        for reader in self._readers:
            reader.put(event)

    def end(self) -> None:
        """Let all readers stop, once they have read what is there."""
        self._ended = True
        for reader in self._readers:
            reader.end()
        self._readers.clear()
