"""Copies SQLite's log into the database file now and then.

In a thread of its own, because it waits for the disk, which the loop must not.
"""

import asyncio
import sqlite3
from contextlib import closing, suppress
from typing import Final

from liveroom import deadlines

_WRITES_BETWEEN: Final = 300


class Checkpoints:
    """Counts what is written to one database file, and starts the next copy when it is due."""

    def __init__(self, path: str) -> None:
        self._path: Final = path
        self._written = 0
        self._copying: asyncio.Task[None] | None = None

    def written(self, count: int) -> None:
        """Note that this much was committed."""
        self._written += count
        if self._written >= _WRITES_BETWEEN and (self._copying is None or self._copying.done()):
            self._written = 0
            self._copying = deadlines.spawn(asyncio.to_thread(self._copy))

    def _copy(self) -> None:
        # One that fails costs nothing but a longer log: what is committed is safe there, and the next one copies it.
        with suppress(sqlite3.Error), closing(sqlite3.connect(self._path, timeout=0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    async def finish(self) -> None:
        """Wait for the copy that is under way."""
        if self._copying is not None:
            await self._copying
