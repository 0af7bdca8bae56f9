"""What was asked of the simulator, what it told the service, and what somebody made it do: the last of it, in order."""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from typing import Final, NamedTuple

from liveroom.ports import Clock
from liveroom.simulate.im_state import millis

KEPT: Final = 500
_LONGEST: Final = 2_000


class JournalEntry(NamedTuple):
    """One line of it."""

    number: int
    at: int
    """Milliseconds since 1970."""
    kind: str
    """``call`` (the service asked), ``callback`` (the service was told) or ``act`` (a step that somebody took)."""
    vendor: str
    name: str
    about: str
    """The room, user or number that it is about."""
    asked: str
    answered: str
    status: int
    """HTTP; 0 where nothing was answered."""
    fault: str


class Journal:
    """A ring of entries, and whoever waits for the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = clock
        self._entries: Final = deque[JournalEntry](maxlen=KEPT)
        self._changed = asyncio.Event()
        self.number = 0

    def add(
        self, kind: str, vendor: str, name: str, *, about: str = "", asked: str = "", answered: str = "",
        status: int = 0, fault: str = "",
    ) -> None:  # fmt: skip
        """Note what happened; long texts are cut."""
        self.number += 1
        at, asked, answered = millis(self._clock.now()), asked[:_LONGEST], answered[:_LONGEST]
        self._entries.append(JournalEntry(self.number, at, kind, vendor, name, about, asked, answered, status, fault))
        self._changed.set()
        self._changed = asyncio.Event()

    def since(self, number: int) -> Iterable[JournalEntry]:
        """Return the entries after that number, as far as they are kept."""
        return [entry for entry in self._entries if entry.number > number]

    async def wait(self, number: int, seconds: float) -> None:
        """Return when there is an entry after that number, or so many seconds later."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.number <= number:
                    await self._changed.wait()

    async def find(self, name: str, after: int, seconds: float) -> JournalEntry | None:
        """Return the first entry of that name after that number; None if none comes in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    for entry in self.since(after):
                        if entry.name == name:
                            return entry
                    await self.wait(self.number, seconds)
        return None
