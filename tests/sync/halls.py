"""A full house: `liveroom serve` with a room, a host who changes it over HTTP, and guests who are ready to come.

Users and sessions are written straight into SQL, and their tokens signed here, so that thousands are there at once.
"""

import asyncio
import functools
import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from liveroom.http.server import run
from liveroom.settings import Settings
from tests.bench.seeding import CATEGORY, SECRET, SeededMember, Size, guests, room_id, seed
from tests.chaos.processes import Liveroom
from tests.sync.crowd import Client, Crowd

BASE: Final = "/base/v1/"
_LISTENS: Final = "0A"
ROOM: Final = room_id(0)
"""A live room that nobody of the guests is host of."""
Prepare = Callable[[Settings], Awaitable[None]]
"""Called when the data is written and before the service starts."""
_OUTAGE: Final = frozenset({100, 103})


class Workers(Liveroom):
    """A service of so many processes on one port."""

    is_forked = False

    def __init__(self, folder: Path, settings: Settings, workers: int, **environment: str) -> None:
        given = {"LIVEROOM_SECRET": SECRET, "LIVEROOM_WORKERS": str(workers), "LIVEROOM_LOG_LEVEL": "warning"}
        super().__init__(folder, settings, **given, **environment)
        self._workers = workers

    def answers(self) -> bool:
        """Return whether every worker listens and is ready."""
        return self.listening() == self._workers and super().answers()

    def listening(self) -> int:
        """Return how many processes listen on the port."""
        local = f":{self.port:04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(row[1].endswith(local) and row[3] == _LISTENS for row in rows)

    def workers(self) -> list[int]:
        """Return the ids of the serving processes."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        serving = [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
        return serving or [self.pid]

    async def begins(self) -> None:
        """Start, while the crowd goes on."""
        await asyncio.to_thread(self.start)

    async def ends(self) -> None:
        """Stop as an operator does, while the crowd goes on."""
        await asyncio.to_thread(self.stop)

    def stop(self) -> None:
        """End the service as an operator does, workers included; its folder stays until the session is over."""
        if self.is_running():
            try:
                self.terminate()
            except subprocess.TimeoutExpired:
                self.kill()
                raise


class Outage(Exception):
    """A call was not answered, or answered with an outage: what it did is not known."""


@dataclass
class Host:
    """Changes the room's title to one number after another over HTTP."""

    guest: SeededMember
    http: httpx.AsyncClient
    room: str
    number: int = 0
    received: list[int] = field(default_factory=list)
    """Numbers whose change was answered with success."""

    async def call(self, method: str, **params: Any) -> Any:
        """Call a method and return its data."""
        given = {"userId": self.guest.id, "token": self.guest.token, "roomId": self.room, **params}
        try:
            reply = (await self.http.post(BASE + method, json=given)).json()
        except httpx.TransportError as failure:
            raise Outage(method) from failure
        if reply["errorCode"] in _OUTAGE:
            raise Outage(method)
        assert reply["errorCode"] == 0, reply
        return reply.get("data", reply)

    async def change(self, times: int, **params: Any) -> None:
        """Change the title so many times; what happened to a change that broke off is not known."""
        aim = len(self.received) + times
        while len(self.received) < aim:
            self.number += 1
            with suppress(Outage):
                await self.call("rooms/update_room", title=str(self.number), **params)
                self.received.append(self.number)

    async def members(self) -> set[str]:
        """Return all members, page by page."""
        found: set[str] = set()
        cursor = ""
        while True:
            given = {"userId": self.guest.id, "token": self.guest.token, "roomId": self.room}
            path = f"{BASE}rooms/list_users"
            reply = (await self.http.post(path, json={**given, "limit": 100, "cursor": cursor})).json()
            found |= {member["userId"] for member in reply["data"]}
            cursor = reply["nextCursor"]
            if not cursor:
                return found

    def faults(self, client: Client) -> list[str]:
        """Return what is wrong with what a client was told of this host's changes."""
        wrong = []
        before = 0
        for segment in client.segments:
            if not segment.is_whole():
                wrong.append(f"not each publication once, in order: {[news.offset for news in segment.news]}")
            titles = [int(title) for title in segment.titles]
            first, last = titles[0], titles[-1]
            if first < before:
                wrong.append(f"a snapshot with {first} after {before}")
            if titles != sorted(titles):
                wrong.append(f"titles went back: {titles}")
            if missing := {number for number in self.received if first <= number <= last} - set(titles):
                wrong.append(f"missed {sorted(missing)}")
            before = last
        if self.received and before != self.received[-1]:
            wrong.append(f"the last was {before}, not {self.received[-1]}")
        return wrong


async def everybody_received(host: Host, crowd: Crowd) -> None:
    """Wait until everybody has the host's newest title; then look at all that each was told."""
    newest = str(host.received[-1])
    await crowd.until(lambda: all(client.is_in and client.segments[-1].newest == newest for client in crowd.clients))
    for client in crowd.clients:
        wrong = host.faults(client)
        assert not wrong, f"{client.guest.id}: {wrong}"


@dataclass
class Hall:
    """A service with a live room. ``guests`` are users who are not in it yet."""

    settings: Settings
    service: Workers
    host: Host
    guests: Sequence[SeededMember]

    def crowd(self, first: int, count: int, **options: Any) -> Crowd:
        """Return clients of some of the guests."""
        return Crowd([self.service.port], self.host.room, self.guests[first : first + count], **options)

    @asynccontextmanager
    async def another(self) -> AsyncIterator[httpx.AsyncClient]:
        """Yield a door to one more service on the same stores."""
        service = Workers(self.settings.data_dir / "another", self.settings, 1)
        try:
            await service.begins()
            async with httpx.AsyncClient(base_url=service.url, timeout=15) as http:
                yield http
        finally:
            await service.ends()


@asynccontextmanager
async def hall(
    folder: Path,
    users: int,
    *,
    database: str = "",
    redis: str | None = None,
    workers: int = 1,
    prepare: Prepare | None = None,
    **environment: str,
) -> AsyncIterator[Hall]:
    """Yield a service on fresh data: users, a room of theirs which ``host`` opens, and one room more (``ROOM``).

    ``environment``: other settings.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database = database or f"sqlite:///{folder}/liveroom.db"
    await seed(database, Size(users=users + 1, rooms=1))
    settings = Settings(data_dir=folder, database_url=database, redis_url=redis)
    if prepare is not None:
        await prepare(settings)
    service = Workers(folder, settings, workers, **environment)
    first, *others = guests(range(users + 1))
    try:
        await service.begins()
        async with httpx.AsyncClient(base_url=service.url, timeout=15) as http:
            host = Host(first, http, first.id)
            await host.call("rooms/enter_room", role="anchor", category=CATEGORY, title="0")
            yield Hall(settings, service, host, others)
    finally:
        await service.ends()


def on_a_fast_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test on the loop that the service uses: thousands of clients cost half of what they do on asyncio's own."""

    @functools.wraps(test)
    def run_it(**fixtures: Any) -> None:
        run(test(**fixtures))

    return run_it


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
