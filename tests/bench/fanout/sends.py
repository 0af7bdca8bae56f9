"""What a message of ours costs beside a bare `send` of the same bytes: in one process, in turns, so that noise cancels.

`python -m tests.bench.fanout.sends [SOCKETS [SECONDS]]` prints processor seconds for 1,000,000 deliveries. The other
figures of this folder are of whole servers; these say where the floor is, and what the batch writer adds to it.
"""

import asyncio
import multiprocessing
import random
import select
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import Synchronized
from statistics import median
from typing import Any, Final, TypeAlias

import uvloop
from rich.console import Console

from liveroom.realtime.batch_writer import PAUSE_MAX, BatchWriter
from liveroom.realtime.broadcast_group import BroadcastGroup
from liveroom.realtime.framing import WS_JSON, Framing, Opening, Transport
from liveroom.realtime.pending import Connection
from liveroom.realtime.socket import make_socket
from tests.bench.fanout.contenders import EVENT_BYTES
from tests.bench.fanout.trial import on_processor
from tests.bench.measure_sync import allow_files, say
from tests.servers import LOOPBACK
from tests.sync.entrance import Entrance

BURSTS: Final = (1, 10, 30)
_HEAD: Final = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_Heard: TypeAlias = "Synchronized[int]"
_Fan = Callable[[int], Awaitable[bytes]]


class _Guest(Connection):
    def received(self, message: bytes) -> None: ...

    def lost(self) -> None:
        self.open, self.pending = False, None


class _Server:
    """The sockets, and two ways to tell them all something. Each returns what every one of them was sent."""

    def __init__(self) -> None:
        self.connections: set[Any] = set()
        self.bare: list[socket.socket] = []
        self._writer = BatchWriter()
        self._group: BroadcastGroup[_Guest] = BroadcastGroup(self._writer, WS_JSON)
        self._guests: list[_Guest] = []

    def accept(self, transport: Transport, framing: Framing, opening: Opening) -> _Guest:
        guest = _Guest(transport, framing)
        self._group.add(guest)
        self._guests.append(guest)
        return guest

    def look(self) -> None:
        """Take the sockets past their transports as well."""
        self.bare = [socket.socket(fileno=guest.descriptor) for guest in self._guests]

    def forget(self) -> None:
        for one in self.bare:
            one.detach()

    async def send(self, burst: int) -> bytes:
        frame = WS_JSON.frame([_event()] * burst)
        for one in self.bare:
            one.send(frame)
        return frame

    async def tell(self, burst: int) -> bytes:
        for _ in range(burst):
            self._group.broadcast(_event())
        await _until(lambda: self._guests[-1].pending is None, look=0)
        return WS_JSON.frame([_event()] * burst)


def _event() -> bytes:
    return b"x" * EVENT_BYTES


def read(port: int, sockets: int, heard: _Heard) -> None:
    """Open so many sockets and count what comes, never asleep while anything does."""
    epoll, lines = select.epoll(), {}
    for _ in range(sockets):
        line = socket.create_connection((LOOPBACK, port))
        line.sendall(_HEAD)
        while not line.recv(4096).endswith(b"\r\n\r\n"):
            continue
        line.setblocking(False)
        lines[line.fileno()] = line
        epoll.register(line.fileno(), select.EPOLLIN)
    heard.value = 0
    while True:
        for number, _ in epoll.poll(0, 512):
            data = lines[number].recv(1 << 18)
            if not data:
                return
            heard.value += len(data)


@contextmanager
def _reading(port: int, sockets: int) -> Iterator[_Heard]:
    spawning = multiprocessing.get_context("spawn")
    heard = spawning.Value("q", -1, lock=True)
    with on_processor(1):
        reader = spawning.Process(target=read, args=(port, sockets, heard), daemon=True)
        reader.start()
    try:
        yield heard
    finally:
        reader.kill()
        reader.join()


async def compare(sockets: int, seconds: float) -> dict[str, dict[int, float]]:
    """Return what both ways cost by the number of events at once: medians."""
    server = _Server()
    kind = make_socket(
        server, is_ours=lambda _: True, origins=("*",), address_of=lambda peer, _: peer, host_of=lambda _: ""
    )
    listening = await asyncio.get_running_loop().create_server(lambda: Entrance(kind(None, server, None)), LOOPBACK, 0)
    with _reading(listening.sockets[0].getsockname()[1], sockets) as heard:
        await _until(lambda: heard.value == 0)
        server.look()
        try:
            every = await _take_turns({"bare send": server.send, "liveroom": server.tell}, sockets, seconds, heard)
        finally:
            server.forget()
            listening.close()
    return {name: {burst: median(costs) for burst, costs in bursts.items()} for name, bursts in every.items()}


async def _take_turns(
    fans: dict[str, _Fan], sockets: int, seconds: float, heard: _Heard
) -> dict[str, dict[int, list[float]]]:
    every: dict[str, dict[int, list[float]]] = {name: {burst: [] for burst in BURSTS} for name in fans}
    turns = [(name, burst) for name in fans for burst in BURSTS]
    due, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for name, burst in random.sample(turns, len(turns)):
            await asyncio.sleep(PAUSE_MAX * 1.2)
            before = time.process_time()
            frame = await fans[name](burst)
            every[name][burst].append((time.process_time() - before) / (sockets * burst) * 1e6)
            due += len(frame) * sockets
            await _until(lambda due=due: heard.value >= due)  # type: ignore[misc]
    return every


async def _until(is_so: Callable[[], bool], look: float = 0.001) -> None:
    async with asyncio.timeout(60):
        while not is_so():  # noqa: ASYNC110 - another process makes it so
            await asyncio.sleep(look)


def main(words: list[str]) -> None:
    """Measure, and print."""
    sockets, seconds = (int(words[0]) if words else 5000), (float(words[1]) if words[1:] else 30)
    allow_files(3 * sockets + 100)
    with on_processor(0):
        found = uvloop.run(compare(sockets, seconds))
    for name, bursts in found.items():
        say(Console(), f"{name:10}  " + "  ".join(f"{burst} at once: {cost:.2f}" for burst, cost in bursts.items()))


if __name__ == "__main__":
    main(sys.argv[1:])
