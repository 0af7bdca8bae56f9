"""`python -m tests.bench.drift`: how much of a processor comparing takes: 10,000 people in 1,000 rooms.

They are compared in SQL and the live store, and at a stand-in for LiveKit, a process of its own, which lists them all.
Exit status 1 if a look takes longer than a minute, or more than 3 % of a processor of the time until the next one ends.
`--brief` compares a few, to see that the measuring works.
"""

import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from liveroom import log
from liveroom.app.assembly import Core
from liveroom.clock import SystemClock
from liveroom.domain.drift.model import DriftSource
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.rooms.model import RoomChanges
from tests.outages import Switch
from tests.service import serving
from tests.usecases.conftest import World
from tests.vendors.livekit_server import KEY, SECRET, FakeLivekit, Visit, livekit_server

MINUTE: Final = 60.0
SHARE: Final = 0.03
"""Of a processor, over a minute."""
_LOOKS: Final = 4
"""At LiveKit: the first two note everybody, 5,000 each."""
Rooms = Mapping[str, list[str]]
"""Who is in the media of which room."""


class Look(NamedTuple):
    """What one look has taken."""

    source: str
    items: int
    seconds: float
    processor: float
    apart: float
    """Seconds from its end to the next one."""

    @property
    def share(self) -> float:
        """Return which part of a processor looking takes."""
        return self.processor / (self.seconds + self.apart)


def _serve(pipe: Connection) -> None:
    """Stand in for LiveKit until the other side hangs up; what comes is who is in its rooms."""

    async def run() -> None:
        async with livekit_server(SystemClock()) as fake:
            pipe.send(fake.endpoint.url)
            _fill(fake, await asyncio.to_thread(pipe.recv))
            pipe.send("filled")
            await asyncio.to_thread(pipe.recv)

    asyncio.run(run())


def _fill(fake: FakeLivekit, listed: Rooms) -> None:
    for room, people in listed.items():
        fake.rooms[room] = set(people)
        fake.visits |= {(room, one): Visit(f"PA_{one}", 1) for one in people}


@contextmanager
def _beside() -> Iterator[Connection]:
    """Run the stand-in in a process of its own."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield here
    finally:
        here.send("over")
        process.join(10)


async def _crowd(world: World, people: int, rooms: int) -> Rooms:
    """Open the rooms, and let the people into them."""
    found: dict[str, list[str]] = {}
    for _ in range(rooms):
        host = await world.make_actor()
        room = await world.go_live(host)
        found[room] = [host.user]
        for _ in range(people // rooms - 1):
            viewer = await world.make_actor()
            await world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
            found[room].append(viewer.user)
    await world.core.jobs.backlog.write_all()
    return found


async def _look(core: Core, source: DriftSource) -> Look:
    began, used = time.perf_counter(), time.process_time()
    await core.services.console.drift.reconciliation.look(source)
    seconds, processor = time.perf_counter() - began, time.process_time() - used
    (round,) = [one for one in await core.db.drift.rounds() if one.source is source]
    if round.reason:
        raise RuntimeError(round.reason)
    return Look(source.value, round.items, seconds, processor, (round.due - round.ended).total_seconds())


async def measure(people: int, rooms: int) -> list[Look]:
    """Look at both: the first looks at LiveKit note everybody, the last finds that nothing differs."""
    with _beside() as pipe, tempfile.TemporaryDirectory() as folder:
        url = pipe.recv()
        settings = {"rtc": "livekit", "livekit_url": url.replace("http", "ws", 1), "livekit_key": KEY}
        async with serving(Path(folder), **settings, livekit_secret=SECRET) as service:
            off = Switch(DatabaseUnavailable)
            world = World(service, off, off)
            pipe.send(await _crowd(world, people, rooms))
            pipe.recv()
            here = await _look(service.core, DriftSource.LIVE)
            there = [await _look(service.core, DriftSource.LIVEKIT) for _ in range(_LOOKS)]
            return [here, there[0]._replace(source="livekit, first"), there[-1]]


def main() -> int:
    """Measure, print, and say whether it is within its bounds."""
    people, rooms = (100, 10) if "--brief" in sys.argv else (10_000, 1_000)
    log.configure("console", "warning")
    looks = asyncio.run(measure(people, rooms))
    table = Table("source", "items", "seconds", "of a processor", "to the next", "share")
    for one in looks:
        figures = (f"{one.seconds:.1f}", f"{one.processor:.2f}", f"{one.apart:.0f}", f"{one.share:.1%}")
        table.add_row(one.source, f"{one.items:,}", *figures)
    Console().print(table)
    steady = [looks[0], looks[-1]]
    return int(any(one.seconds > MINUTE or one.share > SHARE for one in steady))


if __name__ == "__main__":
    sys.exit(main())
