"""What goes wrong: every three seconds a process dies at a point, and servers are lost between."""

import asyncio
import itertools
import random
import subprocess
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from liveroom import faults
from liveroom.settings import Settings
from tests.chaos.processes import Liveroom
from tests.servers import Mariadb, Redis, ServerFailed, wait_until
from tests.worlds import a_moment

POINTS: Final = ("gifts.paid", "gifts.published", "ledger.posted", "relay.applied")
"""Where processes die: the points of gifts and of the ledger, and where what is left behind is told."""
EVERY: Final = 3.0
"""Seconds between two deaths, and between two losses of a server."""
PROCESSES: Final = 4
_REACHED: Final = 20.0
"""Seconds after which a process that has not passed its point is ended, and counts for nothing."""


class Mortal(Liveroom):
    """A process that dies at a point once so many seconds are over."""

    def doom(self, point: str, after: float) -> None:
        """Choose where it dies the next time; "": nowhere."""
        self._environment["LIVEROOM_FAULT"] = f"{point}:{after:g}" if point else ""

    def has_ended(self) -> bool:
        """Say whether it is dead already: on a slow machine it may be so before it listens."""
        return self._process is not None and self._process.poll() is not None

    def died(self, seconds: float) -> bool:
        """Wait for its death; say whether it came in time, and at the point."""
        if self._process is None:
            return False
        try:
            status = self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return False
        self._process = None
        if status != faults.KILLED:
            raise ServerFailed(f"a process ended with {status}:\n{self.log()[-2000:]}")
        return True


@dataclass
class Trouble:
    """Kills processes and servers until it is told to stop; afterwards all of them run."""

    processes: Sequence[Mortal]
    mariadb: Mariadb
    redis: Redis
    dice: random.Random
    points: Sequence[str] = POINTS
    deaths: Counter[str] = field(default_factory=Counter)
    """By the point at which they were."""
    losses: Counter[str] = field(default_factory=Counter)
    happened: list[tuple[float, str]] = field(default_factory=list)
    """When what was lost."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _database: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever needs it to be there, or takes it away: nothing starts without its database."""

    @property
    def losses_of_redis(self) -> Sequence[float]:
        """Return when Redis was flushed, frozen or restarted."""
        return [at for at, what in self.happened if what.startswith("Redis")]

    def start(self) -> None:
        """Begin: the first process dies after three seconds, the next one after six."""
        points = itertools.cycle(self.dice.sample(self.points, len(self.points)))
        turns = [self._lives(process, points, EVERY * number) for number, process in enumerate(self.processes, 1)]
        self.tasks = [asyncio.create_task(turn) for turn in (*turns, self._servers())]

    async def stop(self) -> None:
        """Let everything run again."""
        self.stopping.set()
        await asyncio.gather(*self.tasks)

    def look(self) -> None:
        """Raise what has gone wrong in an unwanted way."""
        for task in self.tasks:
            if task.done():
                task.result()

    async def _lives(self, process: Mortal, points: Iterator[str], first: float) -> None:
        """Let a process live and die, again and again; the first life has no end of its own."""
        await self._pause(first)
        await asyncio.to_thread(process.kill)
        while not self.stopping.is_set():
            point = next(points)
            process.doom(point, EVERY * PROCESSES)
            await self._begin(process)
            if await asyncio.to_thread(process.died, EVERY * PROCESSES + _REACHED):
                self.deaths[point] += 1
                self._note(point)
        process.doom("", 0)
        await self._begin(process)

    async def _begin(self, process: Mortal) -> None:
        async with self._database:
            await asyncio.to_thread(process.launch)
            listens = partial(_listens, process)
            await asyncio.to_thread(wait_until, listens, "a process that starts again")

    async def _servers(self) -> None:
        turns: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("MariaDB restarted", self._restart_mariadb),
            ("Redis flushed", self._flush),
            ("Redis frozen", self._freeze),
            ("Redis restarted", self._restart_redis),
        ]
        while not self.stopping.is_set():
            for name, turn in self.dice.sample(turns, len(turns)):
                await self._pause(EVERY * self.dice.uniform(0.7, 1.3))
                if not self.stopping.is_set():
                    await turn()
                    self.losses[name] += 1
                    self._note(name)

    async def _restart_mariadb(self) -> None:
        async with self._database:
            await asyncio.to_thread(self.mariadb.kill)
            await asyncio.to_thread(self.mariadb.start)

    async def _flush(self) -> None:
        await asyncio.to_thread(self.redis.flushall)

    async def _freeze(self) -> None:
        await asyncio.to_thread(self.redis.pause)
        await a_moment(self.dice.uniform(0.5, 2.5))
        await asyncio.to_thread(self.redis.resume)

    async def _restart_redis(self) -> None:
        await asyncio.to_thread(self.redis.kill)
        await asyncio.to_thread(self.redis.start)

    def _note(self, what: str) -> None:
        self.happened.append((round(time.time(), 2), what))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)


def mortals(folder: Path, settings: Settings, **environment: Any) -> Sequence[Mortal]:
    """Return the processes, not started yet."""
    return [Mortal(folder / f"process{number}", settings, **environment) for number in range(PROCESSES)]


def _listens(process: Mortal) -> bool:
    """Say whether a process is there, or has died already; whether it is ready depends on servers that may be lost."""
    return process.status("/healthz") == 200 or process.has_ended()
