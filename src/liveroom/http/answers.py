"""Answers that leave together: what is found out in one round of the event loop is written at the end of it.

Writing an answer wakes whoever waits for it, be it the network card or a proxy on this machine: between calls that are
still being worked on, each of a round's answers pays for that by itself, written one after the other they share it. A
keepalive costs a quarter less for it, and a busy process answers a quarter more of them (docs/performance.md).
"""

import asyncio
from collections.abc import Callable
from typing import Final
from weakref import WeakKeyDictionary

AT_ONCE: Final = 64
"""So many are written at once at the latest, so that the first one of a crowded round does not wait for all others."""


class Answers:
    """The answers of one event loop that are not written yet."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], None]] = []

    @staticmethod
    def of(loop: asyncio.AbstractEventLoop) -> "Answers":
        """Return those of a loop."""
        found = _ANSWERS.get(loop)
        if found is None:
            found = _ANSWERS[loop] = Answers()
        return found

    def add(self, write: Callable[[], None]) -> None:
        """Have an answer written before the loop looks for what is new; ``write`` raises nothing."""
        waiting = self._waiting
        if not waiting:
            asyncio.get_running_loop().call_soon(self.write)
        waiting.append(write)
        if len(waiting) >= AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write all that wait: for whoever is about to write to one of their connections, or to close it."""
        waiting, self._waiting = self._waiting, []
        for write in waiting:
            write()


_ANSWERS: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, Answers]] = WeakKeyDictionary()
