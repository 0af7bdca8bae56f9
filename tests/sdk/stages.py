"""What the client programs are played against: a real service, and the people who act on it over HTTP."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from liveroom.clock import SystemClock
from liveroom.domain.ids import DEFAULT_TENANT, SessionId, UserId
from liveroom.keys.ring import KeyRing
from liveroom.keys.tokens import Tokens
from liveroom.settings import Settings
from tests.chaos.processes import Liveroom
from tests.forks.client import command
from tests.sdk.centrifugo import API_KEY, Centrifugo
from tests.servers import LOOPBACK, free_ports, running
from tests.service import Caller, Device, session_of
from tests.stories.world import SECRET

_SECONDS: Final = 30.0
_KEYS: Final = {"LIVEROOM_CENTRIFUGO_API_KEY": API_KEY, "LIVEROOM_CENTRIFUGO_PROXY_KEY": "a-secret-of-the-proxies"}


@dataclass(frozen=True)
class Stage:
    """A service with its sockets; where they are, and what its operator does."""

    liveroom: Liveroom
    folder: Path
    people: Caller
    front: Centrifugo | None = None
    """The Centrifugo that holds the sockets in place of the service."""

    @property
    def port(self) -> int:
        """Where sockets connect."""
        return self.front.port if self.front else self.liveroom.port

    @property
    def endpoint(self) -> str:
        return endpoint(self.port)

    async def ban(self, device: Device) -> None:
        """Ban a user as an operator does, from a command line; return when it says that it is done."""
        argv = (command(), "users", "ban", device.user)
        given = {"LIVEROOM_DATA_DIR": str(self.folder), "LIVEROOM_SECRET": _secret()}
        environ = {"PATH": os.environ["PATH"], **given}
        child = await asyncio.create_subprocess_exec(*argv, env=environ, stdout=subprocess.PIPE)
        assert child.stdout is not None
        async with asyncio.timeout(_SECONDS):
            assert b"is banned" in await child.stdout.read()
            assert await child.wait() == 0

    async def stop(self) -> None:
        """Tell the service to stop, and wait until it has."""
        assert await asyncio.to_thread(self.liveroom.terminate) == 0

    async def start(self) -> None:
        """Start the service again, where it was."""
        await asyncio.to_thread(self.liveroom.start)


def endpoint(port: int) -> str:
    """Return where the SDKs connect."""
    return f"ws://{LOOPBACK}:{port}/connection/websocket"


def token_of(device: Device, *, lasts: timedelta) -> str:
    """Return a token of the device's session that is good for so long from now; less than nothing: that was."""
    now = SystemClock().now()
    tokens = Tokens(KeyRing(SECRET), lifetime=abs(lasts))
    issued = now if lasts > timedelta(0) else now - 2 * abs(lasts)
    return tokens.issue(UserId(device.user), SessionId(session_of(device.token)), DEFAULT_TENANT, issued)[0]


def _secret() -> str:
    return f"{SECRET[0].id}:{SECRET[0].value.reveal()}"


@asynccontextmanager
async def builtin(folder: Path, **environment: str) -> AsyncIterator[Stage]:
    """Yield `liveroom serve` with its own sockets, on SQLite and memory."""
    settings = Settings(data_dir=folder / "data", secret=SECRET)
    liveroom = Liveroom(folder / "liveroom", settings, LIVEROOM_ORIGINS="*", **environment)
    async with _playing(liveroom, settings.data_dir) as stage:
        yield stage


@asynccontextmanager
async def fronted(folder: Path, **environment: str) -> AsyncIterator[Stage]:
    """Yield `liveroom serve` behind a Centrifugo that has the configuration that liveroom prints."""
    settings = Settings(data_dir=folder / "data", secret=SECRET, redis_url=environment.get("LIVEROOM_REDIS_URL"))
    given = {"LIVEROOM_ORIGINS": "*", "LIVEROOM_REALTIME": "centrifugo", **_KEYS, **environment}
    (port,) = free_ports(1)
    given |= {
        "LIVEROOM_PORT": str(port),
        "LIVEROOM_CENTRIFUGO_BACKEND": f"http://{LOOPBACK}:{port}",
        "LIVEROOM_SECRET": _secret(),
    }
    with running(Centrifugo(folder / "centrifugo", await asyncio.to_thread(printed, given))) as front:
        liveroom = Liveroom(folder / "liveroom", settings, LIVEROOM_CENTRIFUGO_URL=front.url, **given)
        liveroom.port, liveroom.url = port, given["LIVEROOM_CENTRIFUGO_BACKEND"]
        async with _playing(liveroom, settings.data_dir, front) as stage:
            yield stage


def beside(stage: Stage, folder: Path, **environment: str) -> Liveroom:
    """Return one more process of a fronted service on Redis, not started yet; Centrifugo asks the first one only."""
    assert stage.front is not None
    settings = Settings(data_dir=stage.folder, secret=SECRET, redis_url=environment["LIVEROOM_REDIS_URL"])
    given = {"LIVEROOM_REALTIME": "centrifugo", "LIVEROOM_CENTRIFUGO_URL": stage.front.url, **_KEYS, **environment}
    return Liveroom(folder, settings, **given)


def printed(given: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the configuration for Centrifugo that the command line prints."""
    argv = (command(), "config", "centrifugo")
    environ = {"PATH": os.environ["PATH"], **given}
    found: dict[str, Any] = json.loads(subprocess.run(argv, env=environ, check=True, capture_output=True).stdout)
    return found


@asynccontextmanager
async def _playing(liveroom: Liveroom, data_dir: Path, front: Centrifugo | None = None) -> AsyncIterator[Stage]:
    try:
        await asyncio.to_thread(liveroom.start)
        async with httpx.AsyncClient(base_url=liveroom.url, timeout=_SECONDS) as http:
            yield Stage(liveroom, data_dir, Caller(http, SystemClock()), front)
    finally:
        await asyncio.to_thread(liveroom.stop)
