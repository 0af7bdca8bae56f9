"""Who is measured: the service, and the servers beside it, each as its documentation has it, in one process.

Each is told of an event by an HTTP request, and tells every socket that is connected.
"""

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from liveroom.bench.requests import Form, request
from liveroom.bench.target import BenchTarget
from tests.bench.fanout.listeners import Tongue, news
from tests.bench.fanout.tongues import Centrifuge, Plain, SocketIo
from tests.bench.processes import CannotMeasure, Running, free_port, service, started, strike
from tests.bench.seeding import CATEGORY, SeededMember, Size, guests, seed
from tests.bench.setups import Setup
from tests.sdk.centrifugo import API_KEY, PROGRAM
from tests.servers import LOOPBACK

HERE: Final = Path(__file__).parent
EVENT_BYTES: Final = 515
"""What an event of ours takes with such a title; the others are given events of that size."""
TITLE: Final = 60
"""Characters of a title in our events."""


class Step(NamedTuple):
    """What each socket, by its number, says before it is told of events, and how many answers it gets."""

    message: Callable[[int], bytes]
    answers: int


class Opened(NamedTuple):
    """A running server."""

    running: Running
    tongue: Tongue
    steps: Sequence[Step]
    publish: Callable[[int], bytes]
    """Makes the request that publishes the event with this number."""


class Contender(Protocol):
    """A kind of server."""

    @property
    def name(self) -> str: ...

    @property
    def missing(self) -> str:
        """Say why it cannot be measured here; "" when it can."""

    def opened(self, sockets: int, size: int) -> AbstractContextManager[Opened]:
        """Run it for so many sockets; an event's data takes ``size`` bytes, where that can be chosen."""


def _json(*commands: Any) -> bytes:
    return b"\n".join(json.dumps(command, separators=(",", ":")).encode() for command in commands)


def _post(port: int, path: str, body: bytes, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", f"host: {LOOPBACK}:{port}", "content-type: application/json", *headers]
    return "\r\n".join([*lines, f"content-length: {len(body)}\r\n\r\n"]).encode() + body


@dataclass(frozen=True)
class Ours:
    """The service: every socket's user is a member of one room, whose owner changes its title."""

    name: str
    redis: Callable[[], str] | None = None
    """Returns the address of an empty Redis."""
    missing: str = ""

    @contextmanager
    def opened(self, sockets: int, size: int) -> Iterator[Opened]:
        with tempfile.TemporaryDirectory(prefix="liveroom-bench-") as name:
            folder = Path(name)
            setup = Setup(self.name, redis=None if self.redis is None else self.redis())
            asyncio.run(seed(f"sqlite:///{folder}/liveroom.db", Size(users=sockets + 1, rooms=0)))
            owner, *members = guests(range(sockets + 1))
            with service(setup.settings(folder), folder) as running:
                target = BenchTarget(LOOPBACK, running.port)
                _open_room(running, target, owner)
                yield Opened(running, Centrifuge(), _steps(owner.id, members), _changes(target, owner))


def _open_room(running: Running, target: BenchTarget, owner: SeededMember) -> None:
    params = {"userId": owner.id, "token": owner.token, "roomId": owner.id, "role": "anchor", "category": CATEGORY}
    blows = strike(running, [request(target, "rooms/enter_room", Form.JSON, params)], 1)
    if set(blows.codes) != {0}:
        raise CannotMeasure(f"the room was not opened: {blows.codes}")


def _steps(room: str, members: Sequence[SeededMember]) -> Sequence[Step]:
    enter = {"id": 2, "rpc": {"method": "rooms/enter_room", "data": {"roomId": room, "role": "audience"}}}
    subscribe = {"id": 3, "subscribe": {"channel": f"room:{room}"}}
    return (
        Step(lambda number: _json({"id": 1, "connect": {"data": {"token": members[number].token}}}), 1),
        Step(lambda _: _json(enter, subscribe), 2),
    )


def _changes(target: BenchTarget, owner: SeededMember) -> Callable[[int], bytes]:
    def change(number: int) -> bytes:
        params = {"userId": owner.id, "token": owner.token, "roomId": owner.id, "title": news(number, TITLE)}
        return request(target, "rooms/update_room", Form.JSON, params)

    return change


def _event(number: int, size: int) -> dict[str, str]:
    """Return an object that takes ``size`` bytes as JSON."""
    return {"text": news(number, size - len('{"text":""}'))}


@dataclass(frozen=True)
class Broadcaster:
    """A program that serves on the port it is given, and sends what is posted to every socket."""

    name: str
    program: str
    script: str
    tongue: Tongue
    steps: Sequence[Step] = ()

    @property
    def missing(self) -> str:
        if shutil.which(self.program) is None:
            return f"{self.program} is not installed."
        is_ready = self.script.endswith(".py") or (HERE / "nodejs" / "node_modules").is_dir()
        return "" if is_ready else "npm has not installed its packages."

    @contextmanager
    def opened(self, sockets: int, size: int) -> Iterator[Opened]:
        port = free_port()
        argv = [shutil.which(self.program) or "", str(HERE / self.script), str(port)]

        def publish(number: int) -> bytes:
            return _post(port, "/", _json(_event(number, size)))

        with (
            tempfile.TemporaryDirectory(prefix="liveroom-bench-") as folder,
            started(argv, port, {"NODE_ENV": "production"}, Path(folder)) as running,
        ):
            yield Opened(running, self.tongue, self.steps, publish)


@dataclass(frozen=True)
class Centrifugo:
    """A Centrifugo in memory; its channel keeps nothing that could be recovered, which is the cheapest it can do."""

    name: str = "Centrifugo"

    @property
    def missing(self) -> str:
        return "" if PROGRAM.exists() else "Centrifugo is built from its Go module, and Go is not installed."

    @contextmanager
    def opened(self, sockets: int, size: int) -> Iterator[Opened]:
        port = free_port()
        config = {
            "http_server": {"address": LOOPBACK, "port": port},
            "http_api": {"key": API_KEY},
            "client": {"insecure": True},
            "log": {"level": "error"},
        }
        steps = (
            Step(lambda _: _json({"id": 1, "connect": {}}), 1),
            Step(lambda _: _json({"id": 2, "subscribe": {"channel": "news"}}), 1),
        )

        def publish(number: int) -> bytes:
            body = _json({"channel": "news", "data": _event(number, size)})
            return _post(port, "/api/publish", body, f"x-api-key: {API_KEY}")

        with tempfile.TemporaryDirectory(prefix="liveroom-bench-") as name:
            folder = Path(name)
            (folder / "config.json").write_text(json.dumps(config))
            with started([str(PROGRAM), "--config", "config.json"], port, {}, folder) as running:
                yield Opened(running, Centrifuge(), steps, publish)


BARE: Final = Broadcaster("bare `send`", sys.executable, "bare.py", Plain())
"""The yardstick: seconds change with the machine, the multiple hardly does."""


def others() -> Sequence[Contender]:
    """Return the servers that ours is measured beside."""
    return (
        BARE,
        Broadcaster("npm `ws`", "node", "nodejs/ws.js", Plain()),
        Broadcaster("Socket.IO", "node", "nodejs/socketio.js", SocketIo(), (Step(lambda _: b"40", 1),)),
        Centrifugo(),
    )
