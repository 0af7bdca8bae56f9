"""Files on a real socket: they may arrive slowly, as long as they arrive; what may not be sent is not waited for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from liveroom.http.asgi import App
from liveroom.http.protocol import BoundedProtocol
from liveroom.http.site import make_site
from liveroom.http.uploads import upload_routes
from tests.http.echoes import LOOPBACK, exchange, make_app, make_registry, serving


@dataclass
class Folder:
    """Keeps what comes in, in memory, under the one address that it knows."""

    files: dict[str, bytes] = field(default_factory=dict)
    largest: int = 0
    """Bytes of the largest part that was ever in memory."""

    def allows(self, id: str, until: str, content_type: str, size: int, signature: str) -> bool:
        return signature == "good"

    async def receive(self, id: str, size: int, parts: AsyncIterator[bytes]) -> bool:
        content = b""
        async for part in parts:
            self.largest = max(self.largest, len(part))
            content += part
        self.files[id] = content
        return len(content) == size

    def path(self, key: str) -> Path | None:
        return None


class Hasty(BoundedProtocol):
    """Waits for a tenth of a second where the service waits for ten."""

    request_seconds = 0.1


def _app(folder: Folder) -> App:
    return make_app(site=make_site(make_registry(), upload_routes(folder)))


def _head(size: int, signature: str = "good") -> bytes:
    return (
        f"PUT /uploads/a?until=1&signature={signature} HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\n\r\n".encode()
    )


async def _is_silent(reader: asyncio.StreamReader) -> bool:
    try:
        async with asyncio.timeout(0.07):
            await reader.read(1)
    except TimeoutError:
        return True
    return False


async def test_a_file_may_take_longer_than_a_call_as_long_as_it_arrives() -> None:
    folder = Folder()
    async with serving(_app(folder), http=Hasty) as (port, _):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(_head(4))
        for letter in (b"f", b"i", b"l", b"e"):
            assert await _is_silent(reader)
            writer.write(letter)
        assert (await reader.readline()).startswith(b"HTTP/1.1 204")
        writer.close()
    assert folder.files == {"a": b"file"}


async def test_a_file_that_stops_arriving_is_given_up() -> None:
    async with serving(_app(Folder()), http=Hasty) as (port, _):
        answer = await exchange(port, _head(4) + b"fi")
    assert answer.startswith((b"HTTP/1.1 408", b"HTTP/1.1 400"))


@pytest.mark.parametrize("sent", [0, 3_000_000])
async def test_what_may_not_be_sent_is_refused_before_it_has_arrived(sent: int) -> None:
    folder, size = Folder(), 5_000_000
    async with serving(_app(folder)) as (port, _):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(_head(size, "forged") + bytes(sent))
        assert (await reader.readuntil(b"call uploads/create.\n")).startswith(b"HTTP/1.1 403")
        writer.write(bytes(size - sent) + _head(3) + b"abc")
        assert (await reader.readline()).startswith(b"HTTP/1.1 204"), "the connection is good for the next file"
        writer.close()
    assert folder.files == {"a": b"abc"}


async def test_a_connection_that_was_refused_is_idle_for_so_long_as_any() -> None:
    class Impatient(Hasty):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.timeout_keep_alive = 0

    async with serving(_app(Folder()), http=Impatient) as (port, _):
        assert (await exchange(port, _head(2, "forged") + b"ab")).startswith(b"HTTP/1.1 403")


async def test_whoever_sends_more_than_any_file_has_is_cut_off() -> None:
    async with serving(_app(Folder())) as (port, _):
        answer = await exchange(port, _head(10**9, "forged"))
    assert answer.startswith(b"HTTP/1.1 403")
    assert b"connection: close" in answer


async def test_a_large_file_is_never_in_memory_as_a_whole() -> None:
    folder, content = Folder(), bytes(3_000_000)
    async with serving(_app(folder)) as (port, _):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(_head(len(content)) + content)
        assert (await reader.readline()).startswith(b"HTTP/1.1 204")
        writer.close()
    assert len(folder.files["a"]) == len(content)
    assert folder.largest < 1_000_000
