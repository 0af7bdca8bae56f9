"""The port on which simulated vendors are asked: HTTP/1.1 on loopback, on connections that are kept.

It is written here because it has to do what no web server does: be silent, hang up in the middle, answer nonsense.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse

LOOPBACK: Final = "127.0.0.1"
_LONGEST_BODY: Final = 4 * 1024 * 1024
_LATEST: Final = 60.0
"""Seconds that a request, once begun, may take to come."""

Answering = Callable[[VendorRequest, Callable[[], Awaitable[object]]], Awaitable[VendorResponse | None]]
"""Answers a request, or hangs up (None); the second argument waits until the caller has hung up."""


class _Port:
    """The open connections, each of which is read call by call."""

    def __init__(self, answering: Answering) -> None:
        self._answering: Final = answering
        self._closing = False
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        self._open[task] = writer
        try:
            while await self._one(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError, TimeoutError):
            pass
        except asyncio.CancelledError:
            if not self._closing:
                raise
        finally:
            del self._open[task]
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer a call; say False to hang up."""
        head = await reader.readuntil(b"\r\n\r\n")
        request = _read_head(head)
        if request is None:
            writer.write(_written(VendorResponse(b'{"error":"not a request that can be read"}', 400)))
            return False
        length = int(request.headers.get("content-length", "0"))
        if length > _LONGEST_BODY:
            writer.write(_written(VendorResponse(b'{"error":"too long"}', 413)))
            return False
        async with asyncio.timeout(_LATEST):
            body = await reader.readexactly(length)
        response = await self._answering(request._replace(body=body), reader.read)
        if response is not None:
            writer.write(_written(response))
        return response is not None and request.headers.get("connection", "").lower() != "close"

    async def close(self) -> None:
        """Hang up on everybody."""
        self._closing, tasks = True, list(self._open)
        for writer in self._open.values():
            writer.transport.abort()
        await asyncio.wait(tasks, timeout=1) if tasks else None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _read_head(head: bytes) -> VendorRequest | None:
    """Return a request without its body; None where it is none, or its body has no length."""
    first, *lines = head.decode("latin-1").split("\r\n")
    named = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in named}
    length = headers.get("content-length", "0")
    with suppress(ValueError):
        method, target, _ = first.split(" ")
        if length.isascii() and length.isdigit() and "transfer-encoding" not in headers:
            return VendorRequest(method, target, headers, b"")
    return None


def _written(response: VendorResponse) -> bytes:
    kind = "" if "content-type:" in response.more.lower() else "Content-Type: application/json\r\n"
    head = f"HTTP/1.1 {response.status} As-It-Is\r\n{kind}{response.more}Content-Length: {len(response.body)}\r\n\r\n"
    return head.encode() + response.body


@asynccontextmanager
async def listening(answering: Answering, port: int = 0) -> AsyncIterator[str]:
    """Answer on a port of this machine, a free one for 0, until the block ends; yields the address."""
    connections = _Port(answering)
    server = await asyncio.start_server(connections.serve, LOOPBACK, port)
    try:
        yield f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await connections.close()


@asynccontextmanager
async def serving(endpoint: VendorEndpoint) -> AsyncIterator[None]:
    """Let one vendor be asked alone, at a free port, until the block ends."""

    async def answering(request: VendorRequest, hung_up: Callable[[], Awaitable[object]]) -> VendorResponse | None:
        response, _ = await endpoint.respond(request, hung_up)
        return response

    async with listening(answering) as endpoint.url:
        try:
            yield
        finally:
            endpoint.let_go()
