"""A small HTTP/1.1 client that keeps its connections; a general one would cost more than the service that it measures.

It reads answers with a Content-Length, as the service's are, and no others.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple, cast

import msgspec

from liveroom.bench.target import BenchTarget

_SECONDS_TO_ANSWER: Final = 15.0
_HEAD_MAX: Final = 65_536
_CODE: Final = b'{"errorCode":'


class NoAnswer(Exception):
    """The connection could not be made, or ended without an answer."""


class WireAnswer(NamedTuple):
    """What came back. ``code`` is the envelope's; without an envelope the HTTP status, negative."""

    status: int
    code: int
    body: bytes


class _Envelope(msgspec.Struct):
    code: int = msgspec.field(name="errorCode")


def read_code(status: int, body: bytes) -> int:
    """Return the envelope's ``errorCode``, or the negative HTTP status of an answer that has none."""
    if body.startswith(_CODE):
        end = body.find(b",", len(_CODE))
        digits = body[len(_CODE) : end]
        if digits.isdigit():
            return int(digits)
    try:
        return msgspec.json.decode(body, type=_Envelope).code
    except msgspec.MsgspecError:
        return -status


class WireConnection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._due: asyncio.Future[WireAnswer] | None = None
        self._buffer = b""

    @property
    def is_open(self) -> bool:
        """Say whether another request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _HEAD_MAX:
                self.close()
            return
        head = self._buffer[:end].lower()
        at = head.find(b"\r\ncontent-length:")
        if at < 0:
            self.close()
            return
        length = int(head[at + 17 :].partition(b"\r\n")[0])
        if len(self._buffer) < end + 4 + length:
            return
        body, self._buffer = self._buffer[end + 4 : end + 4 + length], b""
        status = int(head[9:12])
        if b"\r\nconnection: close" in head:
            self.close()
        if self._due is not None and not self._due.done():
            self._due.set_result(WireAnswer(status, read_code(status, body), body))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._due is not None and not self._due.done():
            self._due.set_exception(NoAnswer(repr(exc) if exc else "the server closed the connection"))

    async def ask(self, request: bytes) -> WireAnswer:
        """Send a request and return its answer. Raises ``NoAnswer``."""
        if self._transport is None:
            raise NoAnswer("not connected")
        self._due = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            async with asyncio.timeout(_SECONDS_TO_ANSWER):
                return await self._due
        except TimeoutError:
            self.close()
            raise NoAnswer(f"nothing within {_SECONDS_TO_ANSWER:.0f} s") from None

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.abort()


class Connections:
    """At most so many connections to one target, made when needed and kept."""

    def __init__(self, target: BenchTarget, most: int) -> None:
        self._target = target
        self._free = asyncio.Semaphore(most)
        self._idle: list[WireConnection] = []

    async def ask(self, request: bytes) -> WireAnswer:
        """Send a request on a free connection and return its answer. Raises ``NoAnswer``."""
        async with self._connection() as connection:
            return await connection.ask(request)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[WireConnection]:
        async with self._free:
            connection = await self._open_or_reuse()
            try:
                yield connection
            finally:
                if connection.is_open:
                    self._idle.append(connection)

    async def _open_or_reuse(self) -> WireConnection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                return connection
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_SECONDS_TO_ANSWER):
                _, made = await loop.create_connection(WireConnection, self._target.host, self._target.port)
        except (OSError, TimeoutError) as problem:
            raise NoAnswer(str(problem) or "no connection in time") from problem
        return made

    def close(self) -> None:
        """End all idle connections."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()
