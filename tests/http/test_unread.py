"""Clients that take nothing of what they asked for, and TLS clients that say nothing: they are cut off in time."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liveroom.http.asgi import App
from liveroom.http.certificates import open_tls
from liveroom.http.protocol import BoundedProtocol
from liveroom.http.server import listen, serve
from liveroom.http.site import make_site
from liveroom.settings import load_settings
from tests.http.echoes import LOOPBACK, make_app, make_registry, serving

LARGE = b"x" * (16 * 1024 * 1024)
ASK = b"GET /large HTTP/1.1\r\nHost: h\r\n\r\n"
SECONDS = 10.0


class Hasty(BoundedProtocol):
    """Waits for a fifth of a second where the service waits for ten; tells when it is lost."""

    request_seconds = 0.2
    lost: asyncio.Event

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.lost.set()


@pytest.fixture
def hasty() -> type[Hasty]:
    return type("Watched", (Hasty,), {"lost": asyncio.Event()})


async def _large(_: Request) -> Response:
    return Response(LARGE)


def large_app() -> App:
    return make_app(site=make_site(make_registry(), [Route("/large", _large)]))


@pytest.mark.parametrize("sent", [ASK, ASK * 20, ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")])
async def test_a_client_that_takes_nothing_of_its_answer_is_cut_off(hasty: type[Hasty], sent: bytes) -> None:
    """It was waited for: for ever."""
    async with serving(large_app(), http=hasty) as (port, _):
        _, writer = await asyncio.open_connection(LOOPBACK, port, limit=1024)
        writer.write(sent)
        async with asyncio.timeout(SECONDS):
            await hasty.lost.wait()
        writer.transport.abort()


async def test_a_client_that_takes_its_answer_slowly_gets_all_of_it(hasty: type[Hasty]) -> None:
    async with serving(large_app(), http=hasty) as (port, _):
        reader, writer = await asyncio.open_connection(LOOPBACK, port, limit=64 * 1024)
        writer.write(ASK)
        await reader.readuntil(b"\r\n\r\n")
        lost = asyncio.ensure_future(hasty.lost.wait())
        for _ in range(10):
            await reader.readexactly(1024 * 1024)
            await asyncio.wait({lost}, timeout=hasty.request_seconds / 2)
            assert not lost.done()
        await reader.readexactly(len(LARGE) - 10 * 1024 * 1024)
        lost.cancel()
        writer.close()


@asynccontextmanager
async def over_tls(folder: Path, http: type[BoundedProtocol]) -> AsyncIterator[int]:
    """Serve with a certificate of our own; yields the port."""
    tls = open_tls(load_settings({"data_dir": folder, "https": True}, environ={}, dotenv=None), datetime.now(UTC))
    assert tls is not None
    ready, listener = asyncio.Event(), listen(LOOPBACK, 0)
    port: int = listener.getsockname()[1]
    served = asyncio.create_task(serve(large_app(), listener, http=http, tls=tls.context, on_ready=ready.set))
    await ready.wait()
    yield port
    signal.raise_signal(signal.SIGTERM)
    await served


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01\x02\x00", b"GET / HTTP/1.1\r\n\r\n"])
async def test_a_tls_client_that_does_not_go_on_is_sent_away(hasty: type[Hasty], tmp_path: Path, sent: bytes) -> None:
    """A handshake that stayed silent was held open for a minute."""
    async with over_tls(tmp_path, hasty) as port:
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(sent)
        async with asyncio.timeout(SECONDS):
            assert len(await reader.read()) < 100
        writer.close()
