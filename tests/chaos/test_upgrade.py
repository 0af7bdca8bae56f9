"""From the previous release to this one: its data folder opens, and its processes are replaced under load, one by one.

A previous release is the last commit with its schema, taken out of git; its processes and ours share one port, as
those of a machine do. Nothing has been released yet: data folders are opened from the first schema that releases know
on, processes are replaced from the commit on that gave tables the names of today.
"""

import asyncio
import os
import subprocess
import tarfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from liveroom.clock import SystemClock
from tests.forks.client import LIVEROOM
from tests.servers import LOOPBACK, Mariadb, Redis, Server, free_ports, wait_until
from tests.service import SECRET, Account, Answer, Caller, Device
from tests.store.sql.test_schema import REVISIONS

ROOT: Final = Path(__file__).parents[2]
PREVIOUS: Final = "02953e0"
FIRST: Final = "486c634"
WORKERS: Final = 2
PEOPLE: Final = 8
CALLS: Final = 150
"""So many calls pass between one step and the next."""

pytestmark = [pytest.mark.slow, pytest.mark.services]


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the source of the previous release."""
    return _taken_out(PREVIOUS, tmp_path_factory.mktemp("previous"))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the source of the last commit whose schema twelve revisions made."""
    return _taken_out(FIRST, tmp_path_factory.mktemp("first"))


def _taken_out(commit: str, folder: Path) -> Path:
    packed = subprocess.run(["git", "archive", commit, "src"], cwd=ROOT, check=False, capture_output=True)
    if packed.returncode:
        pytest.skip(f"the commit {commit} is not here: this clone has no history")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "src"


class Release(Server):
    """`liveroom serve` of one release, in several processes on a port that it shares with others."""

    def __init__(self, folder: Path, source: Path, port: int, settings: Mapping[str, str]) -> None:
        super().__init__(folder)
        self.port = port
        self.settings = {"PYTHONPATH": str(source), "LIVEROOM_PORT": str(port), **settings}
        self._before = 0

    def command_line(self) -> list[str]:
        return ["env", *(f"{name}={text}" for name, text in self.settings.items()), *LIVEROOM, "serve"]

    def start(self) -> None:
        """Start it, and return when each of its processes listens."""
        self._before = listening(self.port)
        super().start()

    def answers(self) -> bool:
        return listening(self.port) >= self._before + int(self.settings.get("LIVEROOM_WORKERS", "1"))

    def terminate(self) -> None:
        """Stop it as an operator does; it has to leave in time, and well."""
        assert self._process is not None
        self._process.terminate()
        assert self._process.wait(timeout=25) == 0, self.log()
        assert "Traceback" not in self.log()

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def command(self, *words: str) -> str:
        """Run a command of this release on the same settings."""
        environ = {"PATH": os.environ["PATH"], **self.settings}
        argv = [*LIVEROOM, *words]
        done = subprocess.run(argv, env=environ, cwd=self.folder, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


def listening(port: int) -> int:
    """Return how many sockets of this machine listen on a port."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(fields[1].endswith(f":{port:04X}") and fields[3] == "0A" for fields in lines)


@dataclass
class Retrying(Caller):
    """Calls as the HTTP clients of phones do: again, where the server has ended a connection before it answered."""

    retried: int = 0

    async def send(self, *given: Any, **named: Any) -> Answer:
        try:
            return await super().send(*given, **named)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            self.retried += 1
            return await super().send(*given, **named)


@dataclass
class Load:
    """People who come and go, and one who stays; what they were answered is counted."""

    host: Device
    people: list[Device]
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def go_on(self, device: Device) -> None:
        while True:
            for method in ("enter", "keepalive", "query", "members", "login", "leave"):
                await self._call(device, method)

    async def _call(self, device: Device, what: str) -> None:
        room = {"roomId": self.host.user}
        try:
            match what:
                case "enter":
                    answer = await device.enter(self.host.user, "audience")
                case "keepalive":
                    answer = await device.call("auth_users/user_keepalive")
                case "query":
                    answer = await device.call("rooms/query_room")
                case "members":
                    answer = await device.call("rooms/list_users", {**room, "limit": 100})
                case "login":
                    account = device.account
                    answer = await account.call("oauth/signature", account.caller.sign(account.username, account.salt))
                case _:
                    answer = await device.leave(self.host.user)
        except httpx.TransportError as failure:
            self.broken.append(f"{what}: {failure!r}")
            return
        self.answers[what, answer.code] += 1
        async with self.moved:
            self.moved.notify_all()

    async def reach(self, calls: int = CALLS) -> None:
        """Return when so many more calls were answered."""
        aim = self.answers.total() + calls
        async with asyncio.timeout(60), self.moved:
            await self.moved.wait_for(lambda: self.answers.total() >= aim)


@asynccontextmanager
async def loaded(port: int) -> AsyncIterator[Load]:
    """Yield a load on a port."""
    async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=30) as http:
        caller = Retrying(http, SystemClock())
        host = await caller.sign_up("host")
        await host.go_live(title="the whole evening")
        load = Load(host, [await caller.sign_up(f"guest{number}") for number in range(PEOPLE)])
        tasks = [asyncio.create_task(load.go_on(device)) for device in load.people]
        try:
            yield load
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.long
async def test_the_processes_of_the_previous_release_are_replaced_without_a_failed_call(
    previous: Path, mariadb: Mariadb, redis_server: Redis, tmp_path: Path
) -> None:
    redis_server.flushall()
    (port,) = free_ports(1)
    settings = {
        "LIVEROOM_DATABASE_URL": mariadb.create_database("upgrade"),
        "LIVEROOM_REDIS_URL": redis_server.url,
        "LIVEROOM_SECRET": f"a:{SECRET}",
        "LIVEROOM_WORKERS": str(WORKERS),
        "LIVEROOM_MYSQL_POOL": "4",
    }
    old = [Release(tmp_path / f"old{number}", previous, port, settings) for number in range(2)]
    new = [Release(tmp_path / f"new{number}", ROOT / "src", port, settings) for number in range(2)]
    try:
        assert old[0].command("migrate").split() == ["migrated", "to", "0012", "migrated", "to", "0013"]
        for release in old:
            await asyncio.to_thread(release.start)
        async with loaded(port) as load:
            await load.reach()
            said = await asyncio.to_thread(new[0].command, "migrate")
            assert said == "".join(f"migrated to {revision}\n" for revision in REVISIONS[2:])
            await load.reach()
            for before, after in zip(old, new, strict=True):
                await asyncio.to_thread(after.start)
                await load.reach()
                await asyncio.to_thread(before.terminate)
                await load.reach()
            assert load.host.user in await load.host.members(load.host.user)
        assert load.broken == []
        assert {code for _, code in load.answers} == {0}, load.answers
        for release in new:
            await asyncio.to_thread(release.terminate)
    finally:
        for release in (*old, *new):
            release.stop()
        redis_server.flushall()


async def test_a_data_folder_of_the_first_schema_that_releases_know_opens(first: Path, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    settings = {"LIVEROOM_DATA_DIR": str(tmp_path / "data")}
    old, new = [
        Release(tmp_path / name, source, port, settings) for name, source in (("old", first), ("new", ROOT / "src"))
    ]
    try:
        async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=30) as http:
            await asyncio.to_thread(old.start)
            host = await Caller(http, SystemClock()).sign_up("host")
            await host.go_live(title="the whole evening")
            await asyncio.to_thread(old.terminate)
        wait_until(lambda: not listening(port), "the port to be free")
        async with httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=30) as http:
            await asyncio.to_thread(new.start)
            account = Account(Caller(http, SystemClock()), host.account.username, host.account.salt)
            again = Device(account, host.user, host.token)
            assert [room["title"] for room in await again.query()] == ["the whole evening"]
            assert await again.members(host.user) == [host.user]
            assert (await account.sign_in()).user == host.user
            await asyncio.to_thread(new.terminate)
    finally:
        old.stop()
        new.stop()
