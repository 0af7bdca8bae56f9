"""Sends prepared requests as fast as they are answered, so many at once, from a process of its own.

`python -m tests.bench.hammer PORT AT_ONCE` reads a msgpack list of requests from its input and writes a `Blows` as
JSON. A loop around epoll: it costs a third of what an asyncio client does, so that the server is what is saturated.
"""

import select
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from liveroom.bench.wire import read_code

_CHUNK: Final = 1 << 18
_SECONDS_OF_SILENCE: Final = 120.0


class Blows(msgspec.Struct):
    """What a run of prepared requests came to."""

    seconds: float
    count: int
    codes: dict[int, int]
    p50: float
    p99: float


class HammerConnection:
    """One connection and what it waits for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.sent = 0.0

    def send(self, request: bytes) -> None:
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """Take what has come; return the code of the answer when it is whole."""
        came = self.socket.recv(_CHUNK)
        if not came:
            raise ConnectionError("the server closed a connection")
        self.buffer = self.buffer + came if self.buffer else came
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        at = self.buffer.find(b"ontent-length:", 0, end)
        if at < 0:
            at = self.buffer.lower().index(b"ontent-length:", 0, end)
        length = int(self.buffer[at + 14 : self.buffer.index(b"\r", at)])
        if len(self.buffer) < end + 4 + length:
            return None
        status, body = int(self.buffer[9:12]), self.buffer[end + 4 :]
        self.buffer = b""
        return read_code(status, body)


def hammer(port: int, requests: Sequence[bytes], at_once: int) -> Blows:
    """Send all requests, each as soon as a connection is free."""
    connections = {
        connection.socket.fileno(): connection
        for connection in (HammerConnection(port) for _ in range(min(at_once, len(requests))))
    }
    waiting: Iterator[bytes] = iter(requests)
    codes: Counter[int] = Counter()
    times: list[float] = []
    with select.epoll() as events:
        began = time.perf_counter()
        for number, connection in connections.items():
            events.register(number, select.EPOLLIN)
            connection.send(next(waiting))
        while len(times) < len(requests):
            ready = events.poll(_SECONDS_OF_SILENCE)
            if not ready:
                raise TimeoutError("the server says nothing")
            for number, _ in ready:
                connection = connections[number]
                code = connection.receive()
                if code is None:
                    continue
                codes[code] += 1
                times.append(time.perf_counter() - connection.sent)
                following = next(waiting, None)
                if following is not None:
                    connection.send(following)
        seconds = time.perf_counter() - began
    for connection in connections.values():
        connection.socket.close()
    times.sort()
    return Blows(seconds, len(times), dict(codes), times[len(times) // 2], times[len(times) * 99 // 100])


if __name__ == "__main__":
    prepared = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[bytes])
    sys.stdout.buffer.write(msgspec.json.encode(hammer(int(sys.argv[1]), prepared, int(sys.argv[2]))))
