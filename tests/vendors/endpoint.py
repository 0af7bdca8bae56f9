"""The HTTP endpoint of a fake vendor: it keeps connections, and answers well, late, wrongly, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tests.servers import LOOPBACK
from tests.vendors.tencent_cloud import Mood

_FOREVER: Final = 3600.0


class Request(NamedTuple):
    """What came."""

    target: str
    headers: dict[str, str]
    body: bytes


class Response(NamedTuple):
    """What is answered."""

    body: bytes
    status: int = 200
    more: str = ""
    """Further header lines, each with its end."""


@dataclass
class FakeEndpoint:
    """Where a vendor is asked. A call that has to wait is carried out after that, whether or not anybody still listens.

    So it is with vendors that are slow: a timeout does not take a call back.
    """

    answer: Callable[[Request], Response]
    url: str = ""
    mood: Mood = Mood.WELL
    delay: float = 0.0
    """Seconds before a call is carried out."""
    asked: int = 0
    under_way: int = 0
    most_under_way: int = 0
    come: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a call has come."""
    through: asyncio.Event = field(default_factory=asyncio.Event)
    """Set to let calls that wait go on."""
    _open: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    def hold(self) -> None:
        """Let every call wait until it is let go."""
        self.delay = _FOREVER
        self.through.clear()
        self.come.clear()

    def let_go(self) -> None:
        """Let calls through, those that wait and those to come."""
        self.delay = 0.0
        self.through.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the calls of one connection."""
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._one(reader, writer):
                await writer.drain()
        del self._open[task]
        writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer a call; say False to hang up."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        named = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in named}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked += 1
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            self.come.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(self.delay):
                    await self.through.wait()
            if self.mood is Mood.DOWN:
                return False
            if self.mood is Mood.SILENT:
                await reader.read()
                return False
            writer.write(self._written(Request(head[0].split(" ")[1], headers, body)))
        finally:
            self.under_way -= 1
        return True

    def _written(self, request: Request) -> bytes:
        match self.mood:
            case Mood.NONSENSE:
                answer = Response(b"<html>it works!</html>")
            case Mood.ODD:
                answer = Response(b'{"ErrorCode":"zero","Response":[]}')
            case Mood.BROKEN:
                answer = Response(b"<html>Bad Gateway</html>", 502)
            case _:
                answer = self.answer(request)
        head = f"HTTP/1.1 {answer.status} As-It-Is\r\nContent-Type: application/json\r\n"
        return f"{head}{answer.more}Content-Length: {len(answer.body)}\r\n\r\n".encode() + answer.body

    async def close(self) -> None:
        """Hang up on everybody."""
        self.let_go()
        for writer in self._open.values():
            writer.transport.abort()
        await asyncio.gather(*self._open, return_exceptions=True)


@asynccontextmanager
async def serving(endpoint: FakeEndpoint) -> AsyncIterator[None]:
    """Let a vendor be asked at a free port until the block ends."""
    server = await asyncio.start_server(endpoint.serve, LOOPBACK, 0)
    endpoint.url = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    try:
        yield
    finally:
        server.close()
        await endpoint.close()
