"""`make soak`: an hour of ever-changing users on one process, on Redis and MariaDB, to see that its memory stays flat.

Each visitor is somebody new: they enter one of the rooms, write, like, and go in one of the ways in which people go: by
leaving, by falling silent until their lease expires, with a socket that is closed or cut, or in mid-request.
A line a minute says what the process and Redis hold, and how much of it is allocated: the rest is what the allocators
keep free. The last lines say how much both grew in the second half; the exit status is 1 if what is allocated grew by
more than 1 MB in ten minutes. Five minutes count as one: tokens are forgotten in that rhythm.

`--minutes 5` is a shorter look, `--rate 88` the visitors a second.
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from statistics import fmean
from typing import Final, NamedTuple

from liveroom.bench.requests import Form, Values, request
from liveroom.bench.target import BenchTarget, read_target
from liveroom.bench.wire import Connections, NoAnswer
from liveroom.http.server import run
from liveroom.settings import Settings
from tests.bench import redis_facts
from tests.bench.processes import resident_bytes
from tests.bench.seeding import SeededMember, Size, guests, hosts, room_id, seed
from tests.servers import Mariadb, Redis, running
from tests.sync.crowd import Crowd
from tests.sync.halls import Workers

ROOMS: Final = 100
RATE: Final = 88.0
MINUTES: Final = 60.0
GROWTH: Final = 0.1
"""Megabytes a minute that what is allocated may grow by in the second half."""
_CYCLE: Final = 5
"""Minutes after which the oldest tokens are forgotten at once."""
COUNTER: Final = Path(__file__).parent / "heap"
"""Folder of what makes a Python process count what it has allocated."""
_MB: Final = 1 << 20
_SIGNED_AT_ONCE: Final = 500
_CONNECTIONS: Final = 64
_LEASE: Final = "20s"
_GRACE: Final = "1h"
"""Rooms stay open, also when a busy machine keeps their hosts from being heard of in time."""
_HOSTS_REST: Final = 4.0
_TRIES: Final = 1000


class Visitors:
    """People who come once, do something, and are gone."""

    def __init__(self, service: Workers, target: BenchTarget) -> None:
        self._service = service
        self._target = target
        self._connections = Connections(target, _CONNECTIONS)
        self._dice = random.Random(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self.came = 0
        self.calls = 0
        self.refused: dict[int, int] = {}

    async def come(self, rate: float, seconds: float) -> None:
        """Let so many come a second, for so long."""
        began = time.monotonic()
        async for guest in _new_people():
            if (at := time.monotonic() - began) >= seconds:
                break
            await asyncio.sleep(max(0.0, self.came / rate - at))
            self.came += 1
            task = asyncio.ensure_future(self._visit(guest))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        await asyncio.gather(*self._tasks)
        self._connections.close()

    async def host(self) -> None:
        """Keep the rooms' hosts there until cancelled."""
        people = hosts(range(ROOMS))
        while True:
            for guest in people:
                with suppress(NoAnswer):
                    await self._call(guest, "auth_users/user_keepalive")
            await asyncio.sleep(_HOSTS_REST)

    async def _visit(self, guest: SeededMember) -> None:
        room = room_id(self._dice.randrange(ROOMS))
        going = self._dice.choice((self._leave, self._fall_silent, self._by_socket, self._by_socket, self._break_off))
        with suppress(NoAnswer, OSError, TimeoutError, AssertionError):
            await self._call(guest, "rooms/enter_room", roomId=room, role="audience")
            await self._call(guest, "messages/send", roomId=room, text=f"hello from {guest.id}")
            await self._call(guest, "rooms/like", roomId=room, count="3", batchId=guest.id)
            await going(guest, room)

    async def _leave(self, guest: SeededMember, room: str) -> None:
        await asyncio.sleep(self._dice.uniform(1, 30))
        await self._call(guest, "rooms/leave_room", roomId=room)

    async def _fall_silent(self, guest: SeededMember, _: str) -> None:
        await self._call(guest, "auth_users/user_keepalive")

    async def _by_socket(self, guest: SeededMember, room: str) -> None:
        async with Crowd([self._service.port], room, [guest], enters=False) as crowd:
            crowd.comes_back = False
            await crowd.come()
            await asyncio.sleep(self._dice.uniform(1, 20))
            if self._dice.random() < 0.5:
                crowd.clients[0].cut()

    async def _break_off(self, guest: SeededMember, room: str) -> None:
        _, writer = await asyncio.open_connection(self._target.host, self._target.port)
        asked = self._request(guest, "rooms/list_users", roomId=room)
        writer.write(asked[: self._dice.randrange(1, len(asked) + 1)])
        await writer.drain()
        writer.transport.abort()

    async def _call(self, guest: SeededMember, method: str, **given: str) -> None:
        answer = await self._connections.ask(self._request(guest, method, **given))
        self.calls += 1
        if answer.code:
            self.refused[answer.code] = self.refused.get(answer.code, 0) + 1

    def _request(self, guest: SeededMember, method: str, **given: str) -> bytes:
        values: Values = {"userId": guest.id, "token": guest.token, **given}
        return request(self._target, method, Form.JSON, values)


async def _new_people() -> AsyncIterator[SeededMember]:
    for first in count(step=_SIGNED_AT_ONCE):
        for guest in guests(range(first, first + _SIGNED_AT_ONCE)):
            yield guest


class Sizes(NamedTuple):
    """What a process holds, in bytes."""

    resident: int
    allocated: int


class Watched(Workers):
    """A service of one process that says what it has allocated."""

    def __init__(self, folder: Path, settings: Settings, **environment: str) -> None:
        self._report = folder / "allocated"
        given = {"PYTHONPATH": str(COUNTER), "SOAK_ALLOCATED": str(self._report)}
        super().__init__(folder, settings, 1, **given, **environment)

    async def sizes(self) -> Sizes:
        """Ask the process, and return what it says."""
        process = self.workers()[0]
        self._report.unlink(missing_ok=True)
        os.kill(process, signal.SIGUSR2)
        for _ in range(_TRIES):
            if self._report.exists():
                break
            await asyncio.sleep(0.01)
        return Sizes(resident_bytes(process), int(self._report.read_text()))


async def soak(folder: Path, database: str, redis: str, rate: float, minutes: float) -> list[Sizes]:
    """Run the load; return what the process held after each minute."""
    await seed(database, Size(users=round(rate * minutes * 60) + _SIGNED_AT_ONCE, rooms=ROOMS))
    settings = Settings(data_dir=folder, database_url=database, redis_url=redis)
    service = Watched(folder, settings, LIVEROOM_LEASE_KEEPALIVE=_LEASE, LIVEROOM_GRACE_OWNER=_GRACE)
    await service.begins()
    try:
        visitors = Visitors(service, read_target(service.url))
        hosting = asyncio.ensure_future(visitors.host())
        coming = asyncio.ensure_future(visitors.come(rate, minutes * 60))
        found: list[Sizes] = []
        while not (await asyncio.wait([coming], timeout=60))[0]:
            found.append(await service.sizes())
            _say(
                f"minute {len(found)}: process {found[-1].resident / _MB:.1f} MB, "
                f"allocated {found[-1].allocated / _MB:.2f} MB, "
                f"Redis {redis_facts.facts(redis).memory / _MB:.1f} MB, {visitors.came} visitors, "
                f"{visitors.calls} calls, refused {visitors.refused}"
            )
        await coming
        hosting.cancel()
        return found
    finally:
        await service.ends()


def growth(found: Sequence[int]) -> float:
    """Return megabytes a minute, by the line that fits the means of five minutes in the second half best."""
    half = [size / _MB for size in found[len(found) // 2 :]]
    means = [fmean(half[end - _CYCLE : end]) for end in range(len(half), _CYCLE - 1, -_CYCLE)][::-1]
    if len(means) < 2:
        return 0.0
    middle, mean = (len(means) - 1) / 2, fmean(means)
    along = sum((at - middle) ** 2 for at in range(len(means)))
    return sum((at - middle) * (size - mean) for at, size in enumerate(means)) / along / _CYCLE


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    """Run, and say how it went."""
    given = dict(zip(words[::2], words[1::2], strict=True))
    rate, minutes = float(given.get("--rate", RATE)), float(given.get("--minutes", MINUTES))
    with (
        tempfile.TemporaryDirectory(prefix="liveroom-soak-") as name,
        running(Redis(Path(name) / "redis")) as redis,
        running(Mariadb(Path(name) / "mariadb")) as mariadb,
    ):
        database = mariadb.create_database("soak")
        found = run(soak(Path(name) / "data", database, redis.url, rate, minutes))
    resident, allocated = (growth(sizes) for sizes in zip(*found, strict=True))
    _say(f"second half: process {resident:+.2f}, allocated {allocated:+.2f} MB a minute; {GROWTH:g} are allowed")
    return allocated > GROWTH


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
