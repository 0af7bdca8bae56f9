"""`make bench-expiry`: ten thousand users of one room fall silent at the same moment, into docs/performance.md.

They enter, call once more and are heard of no more, as when a carrier fails: their leases end within a second. Until
all are gone somebody else looks at another room, or enters one, every twenty milliseconds. `--brief` measures two
hundred and prints the figures instead; `measure_expiry` raises ``CannotMeasure`` when they are not gone in time.
"""

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle
from statistics import median
from typing import Final

import msgspec
from rich.console import Console

from liveroom.bench.wire import Connections
from liveroom.clock import SystemClock
from tests.bench import redis_facts
from tests.bench.measure import PAGE, private_servers
from tests.bench.page import renewed, table
from tests.bench.processes import CannotMeasure, cpu_seconds
from tests.bench.seeding import Size
from tests.bench.setups import Setup, Stage, every_setup, staged
from tests.bench.trial import Trial

BEGIN: Final = "<!-- expiry: begin (written by `make bench-expiry`) -->"
_ROOMS: Final = 10
_LEASE: Final = 20.0
_PATIENCE: Final = 60.0
"""Seconds after the last lease."""
_READY_SECONDS: Final = 60.0
_QUIET_SECONDS: Final = 8.0
"""How long calls are timed before the first lease ends."""
_PAUSE: Final = 0.02
_LOOKS: Final = 10
"""After so many calls somebody looks how many are left."""
_SLOW: Final = 1_000
"""Microseconds from which on a command of Redis is noted."""


class _Detail(msgspec.Struct):
    nn_users: int = msgspec.field(name="nnUsers")


class _Answer(msgspec.Struct):
    data: _Detail


@dataclass
class Expiry:
    """What was found out; times in seconds."""

    users: int
    before: list[float] = field(default_factory=list)
    during: list[float] = field(default_factory=list)
    """How long a call took, before the first lease ended and from then on."""
    lasted: float = 0.0
    cpu: float = 0.0
    """Of the process, from the first who was gone to the last."""
    longest: float = 0.0
    """Of all commands of Redis."""


class Observer:
    """Two people who are not among those who fall silent, and what their calls take."""

    def __init__(self, stage: Stage, silent: int) -> None:
        drill = stage.drill
        watcher, guest = drill.guests[-2:]
        self._hosts = drill.keep_hosts()
        self._look = drill.detail_of(watcher, 0)
        looks = [drill.detail_of(watcher, room) for room in range(1, _ROOMS)]
        enters = [drill.enter_into(guest, room) for room in range(1, _ROOMS)]
        self._calls: Iterator[bytes] = cycle(call for pair in zip(looks, enters, strict=True) for call in pair)
        self._connections = Connections(drill.target, 1)
        self._pid = stage.running.pid
        self._silent = silent

    async def observe(self, found: Expiry, end: float) -> None:
        """Time calls until all are gone; ``end``: when the first lease ends, by the monotonic clock."""
        others = await self._inside() - self._silent
        began = cpu = None
        while True:
            for call in (next(self._calls) for _ in range(_LOOKS)):
                took = await self._timed(call)
                (found.before if time.monotonic() < end else found.during).append(took)
                await asyncio.sleep(_PAUSE)
            inside = await self._inside()
            if began is None and inside < others + self._silent:
                began, cpu = time.monotonic(), cpu_seconds(self._pid)
            if began is not None and inside == others:
                break
            if time.monotonic() > end + _PATIENCE:
                raise CannotMeasure(f"{inside - others} of {self._silent} are still there")
        found.lasted, found.cpu = time.monotonic() - began, cpu_seconds(self._pid) - (cpu or 0.0)

    async def _timed(self, call: bytes) -> float:
        start = time.monotonic()
        answer = await self._connections.ask(call)
        if answer.code:
            raise CannotMeasure(f"a call was answered {answer.code}")
        return time.monotonic() - start

    async def _inside(self) -> int:
        """Return how many are in the room; that no room loses its host meanwhile, the hosts call first."""
        for keepalive in self._hosts:
            await self._timed(keepalive)
        answer = await self._connections.ask(self._look)
        return msgspec.json.decode(answer.body, type=_Answer).data.nn_users


async def measure_expiry(setup: Setup, users: int, lease: float = _LEASE) -> Expiry:
    """Let so many users of one room fall silent; ``lease``: after how many seconds they count as gone."""
    brief = replace(setup, lease=f"{lease:.0f}s")
    people = staged(brief, Size(users + 2, _ROOMS), driving=users + 2, viewers=users, active=1)
    async with people as stage:
        trial = Trial(stage.running, seconds_after=0)
        found, silent = Expiry(users), stage.drill.guests[:users]
        await asyncio.to_thread(trial.wait_until_ready, stage.drill.query_room(1)[0], _READY_SECONDS)
        await asyncio.to_thread(trial.prepare, [stage.drill.enter_into(guest, 0) for guest in silent])
        start = time.monotonic()
        await asyncio.to_thread(trial.prepare, stage.drill.keepalive(users + 2))
        await asyncio.sleep(max(0.0, start + lease - _QUIET_SECONDS - time.monotonic()))
        if setup.redis is not None:
            redis_facts.note_slow(setup.redis, _SLOW)
        await Observer(stage, users).observe(found, start + lease)
        if setup.redis is not None:
            found.longest = redis_facts.slowest(setup.redis)
        return found


def figures(found: Sequence[tuple[str, Expiry]]) -> str:
    """Return the part of the page, by setup."""
    users = found[0][1].users
    head = [f"{users:,} users of one room expire", *(name for name, _ in found)]
    rows = [
        ["seconds from the first gone to the last", *(f"{one.lasted:.1f}" for _, one in found)],
        ["processor seconds of the service meanwhile", *(f"{one.cpu:.2f}" for _, one in found)],
        ["other calls in ms: median before", *(_ms(median(one.before)) for _, one in found)],
        ["median meanwhile", *(_ms(median(one.during)) for _, one in found)],
        ["slowest before", *(_ms(max(one.before)) for _, one in found)],
        ["slowest meanwhile", *(_ms(max(one.during)) for _, one in found)],
        ["longest command of Redis in ms", *(_ms(one.longest) if one.longest else "" for _, one in found)],
    ]
    day = SystemClock().now().strftime("%Y-%m-%d")
    return f"Measured on {day}, 2 processors: one process of the service.\n\n{table(head, rows)}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def main(words: list[str]) -> None:
    """Measure, and write the page or print the figures."""
    console = Console(stderr=True)
    users = 200 if "--brief" in words else 10_000
    found: list[tuple[str, Expiry]] = []
    with private_servers() as servers:
        for setup in every_setup(servers):
            console.print(f"{setup.name}: {users} users of one room")
            found.append((setup.name, asyncio.run(measure_expiry(setup, users))))
    if "--brief" in words:
        Console().print(figures(found), markup=False, soft_wrap=True)
    else:
        PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), BEGIN, figures(found)), encoding="utf-8")
        console.print(f"written: {PAGE}")


if __name__ == "__main__":
    main(sys.argv[1:])
