"""Thousands of sockets in one process, light enough that the server is what is measured: a loop around epoll.

A socket knows nothing but which numbered events came and when. What many are sent the same is read once for all.
"""

import re
import select
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple, Protocol, Self

from tests.bench.hammer import HammerConnection
from tests.bench.processes import CannotMeasure
from tests.servers import LOOPBACK
from tests.sync.crowd import client_frame

AT_ONCE: Final = 100
"""Sockets that wait for an answer at the same time: servers take a rush only as fast as their backlog."""
_CHUNK: Final = 1 << 18
_KNOWN_MAX: Final = 2048
_SECONDS_OF_SILENCE: Final = 30.0
_NUMBER: Final = re.compile(rb"news-(\d+)-")
_LAST: Final = frozenset({8})
_HANDSHAKE: Final = (
    "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


def news(number: int, size: int = 0) -> str:
    """Return the text by which an event is known again, filled up to a size."""
    return f"news-{number}-".ljust(size, "x")


class Reading(NamedTuple):
    """What a message, or several that came together, say."""

    numbers: tuple[int, ...] = ()
    """Of the events in it."""
    answers: int = 0
    back: bytes = b""
    """What has to be sent back: a pong."""
    messages: int = 1


class Tongue(Protocol):
    """How a server is spoken to."""

    @property
    def path(self) -> str: ...

    def read(self, payload: bytes) -> Reading:
        """Return what one message says."""


class ListenResult(NamedTuple):
    """Events that came to one socket together."""

    at: float
    numbers: tuple[int, ...]


class _Line:
    """One socket."""

    __slots__ = ("buffer", "due", "is_upgraded", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((LOOPBACK, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.buffer = b""
        self.due = 1
        """Answers that it waits for; the first is that of the handshake."""
        self.is_upgraded = False


class Listeners:
    """Sockets of one server, and the connections on which events are published there."""

    def __init__(self, port: int, tongue: Tongue) -> None:
        self._port = port
        self._tongue = tongue
        self._epoll = select.epoll()
        self._lines: dict[int, _Line] = {}
        self._connections: dict[int, HammerConnection] = {}
        self._waiting = 0
        self._asked = 0
        self._known: dict[bytes, Reading] = {}
        self.heard: list[ListenResult] = []
        self.deliveries = 0
        self.messages = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines.values():
            line.socket.close()
        self._hang_up()
        self._epoll.close()

    def __len__(self) -> int:
        return len(self._lines)

    def connect(self, count: int) -> None:
        """Open so many sockets more."""
        head = _HANDSHAKE.format(path=self._tongue.path).encode()
        for _ in range(count):
            line = _Line(self._port)
            self._lines[line.socket.fileno()] = line
            self._epoll.register(line.socket.fileno(), select.EPOLLIN)
            self._waiting += 1
            line.socket.send(head)
            self._answered(AT_ONCE)
        self._answered(0)

    def say(self, message: Callable[[int], bytes], answers: int) -> None:
        """Let every socket, by its number, say something that is answered so many times."""
        for number, line in enumerate(self._lines.values()):
            line.due += answers
            self._waiting += 1
            line.socket.send(client_frame(1, message(number)))
            self._answered(AT_ONCE)
        self._answered(0)

    @contextmanager
    def publishing(self, burst: int) -> Iterator[None]:
        """Hold a connection for each event of a burst; servers end those that are idle for some seconds."""
        for _ in range(burst):
            connection = HammerConnection(self._port)
            self._connections[connection.socket.fileno()] = connection
            self._epoll.register(connection.socket.fileno(), select.EPOLLIN)
        try:
            yield
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        for connection in self._connections.values():
            connection.socket.close()
        self._connections.clear()

    def publish(self, requests: Sequence[bytes]) -> float:
        """Send requests, each on a connection of its own; return when the first left."""
        began = time.perf_counter()
        for connection, request in zip(self._connections.values(), requests, strict=True):
            connection.send(request)
        self._asked += len(requests)
        return began

    def hear(self, deliveries: int) -> None:
        """Listen until so many events have come to sockets, all counted, and all requests are answered.

        It does not sleep meanwhile: to be woken by each message is work of the kernel that the server would pay for.
        """
        until = time.perf_counter() + _SECONDS_OF_SILENCE
        while self.deliveries < deliveries or self._asked:
            if self._turn(0):
                until = time.perf_counter() + _SECONDS_OF_SILENCE
            elif time.perf_counter() > until:
                raise CannotMeasure(f"{deliveries - self.deliveries} deliveries are missing")
        if self.deliveries != deliveries:
            raise CannotMeasure(f"{self.deliveries} deliveries came instead of {deliveries}")

    def rest(self, seconds: float) -> None:
        """Listen for a while: pings are answered."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self._turn(left)

    def _answered(self, most: int) -> None:
        self._listen(lambda: self._waiting <= most)

    def _listen(self, is_done: Callable[[], bool]) -> None:
        while not is_done():
            if not self._turn(_SECONDS_OF_SILENCE):
                raise CannotMeasure(f"nothing came: {self.deliveries} deliveries, {self._waiting} wait for answers")

    def _turn(self, seconds: float) -> int:
        ready = self._epoll.poll(seconds, 512)
        for number, _ in ready:
            line = self._lines.get(number)
            if line is not None:
                self._receive(line)
            elif (code := self._connections[number].receive()) is not None:
                if code not in {0, -200}:
                    raise CannotMeasure(f"publishing was answered with {code}")
                self._asked -= 1
        return len(ready)

    def _receive(self, line: _Line) -> None:
        data = line.socket.recv(_CHUNK)
        now = time.perf_counter()
        if not data:
            raise CannotMeasure("the server closed a socket")
        found = None if line.buffer else self._known.get(data)
        if found is None:
            found = self._parse(line, data)
        if found.numbers:
            self.heard.append(ListenResult(now, found.numbers))
            self.deliveries += len(found.numbers)
            self.messages += found.messages
        if found.answers or found.back:
            self._reply(line, found)

    def _reply(self, line: _Line, found: Reading) -> None:
        if found.answers and line.due > 0:
            line.due -= found.answers
            if line.due <= 0:
                self._waiting -= 1
        if found.back:
            line.socket.send(found.back)

    def _parse(self, line: _Line, data: bytes) -> Reading:
        """Read a chunk; remember it when it is whole messages and nothing else."""
        data, is_whole = line.buffer + data, not line.buffer and line.is_upgraded
        at, answers = self._read_head(line, data), 0
        if at and not is_whole:
            answers = 1
        readings = []
        while (frame := _frame(data, at)) is not None:
            opcode, start, at = frame
            if opcode in _LAST:
                raise CannotMeasure(f"the server closed a socket: {data[start:at]!r}")
            readings.append(self._read(opcode, data[start:at]))
        line.buffer = data[at:]
        whole = _together(readings, answers)
        if is_whole and not line.buffer and not whole.answers:
            if len(self._known) > _KNOWN_MAX:
                self._known.clear()
            self._known[data] = whole
        return whole

    def _read(self, opcode: int, payload: bytes) -> Reading:
        if opcode == 9:
            return Reading(back=client_frame(10, payload))
        return self._tongue.read(payload)

    @staticmethod
    def _read_head(line: _Line, data: bytes) -> int:
        """Return where the frames begin; 0 also while the answer to the handshake has not come whole."""
        if line.is_upgraded:
            return 0
        end = data.find(b"\r\n\r\n")
        if not data.startswith(b"HTTP/1.1 101 ") or end < 0:
            raise CannotMeasure(f"no socket was opened: {data[:200]!r}")
        line.is_upgraded = True
        return end + 4


def _frame(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Return the opcode of the frame that begins there, where its payload begins and ends; None if it is cut off."""
    if len(data) < at + 2:
        return None
    length, start = data[at + 1], at + 2
    if length >= 126:
        start += 2 if length == 126 else 8
        length = int.from_bytes(data[at + 2 : start])
    return (data[at] & 0x0F, start, start + length) if len(data) >= start + length else None


def _together(readings: Sequence[Reading], answers: int) -> Reading:
    return Reading(
        tuple(number for reading in readings for number in reading.numbers),
        answers + sum(reading.answers for reading in readings),
        b"".join(reading.back for reading in readings),
        sum(bool(reading.numbers) for reading in readings),
    )


def numbers_in(text: bytes) -> tuple[int, ...]:
    """Return the numbers of the events in a message, in their order."""
    return tuple(int(number) for number in _NUMBER.findall(text))
