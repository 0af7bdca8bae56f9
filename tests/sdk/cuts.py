"""A wire that can be cut: a TCP proxy between a client and a server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from tests.servers import LOOPBACK

W = TypeVar("W", bound="Wire")
_CHUNK = 65536


@dataclass
class Wire:
    """Forwards connections to a port of this machine, unless it is cut."""

    to: int
    port: int = 0
    _whole: bool = True
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _mending: asyncio.TimerHandle | None = None

    def cut(self, seconds: float | None = None) -> None:
        """Hang up on everybody, and on whoever connects before the seconds are over (or ``mend`` is called)."""
        self._whole = False
        for writer in list(self._open):
            writer.transport.abort()
        if seconds is not None:
            self._mending = asyncio.get_running_loop().call_later(seconds, self.mend)

    def mend(self) -> None:
        """Let connections through again."""
        self._whole = True

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until one of its ends hangs up."""
        if not self._whole:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self.to)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(self._pass(reader, far_writer), self._pass(far_reader, writer))
        finally:
            self._open -= {writer, far_writer}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                writer.write(chunk)
                await writer.drain()
        writer.close()

    def close(self) -> None:
        """Hang up on everybody for good."""
        self.cut()
        if self._mending is not None:
            self._mending.cancel()


@asynccontextmanager
async def laid(made: W) -> AsyncIterator[W]:
    """Let a wire listen on a port of its own."""
    server = await asyncio.start_server(made.take, LOOPBACK, 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made.close()


@asynccontextmanager
async def wire(to: int) -> AsyncIterator[Wire]:
    """Yield a wire to a port, on a port of its own."""
    async with laid(Wire(to)) as made:
        yield made
