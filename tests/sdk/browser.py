"""The JavaScript SDK's browser builds in Chromium: the page is served from here, and speaks to here."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from tests.sdk.programs import JS, Program
from tests.servers import LOOPBACK, find

_FILES: Final = {
    "/page.html": (JS / "page.html", "text/html"),
    "/page.js": (JS / "page.js", "text/javascript"),
    "/clients.js": (JS / "clients.js", "text/javascript"),
    "/centrifuge.js": (JS / "node_modules/centrifuge/dist/centrifuge.js", "text/javascript"),
    "/centrifuge.protobuf.js": (JS / "node_modules/centrifuge/dist/centrifuge.protobuf.js", "text/javascript"),
}
_SECONDS_TO_START: Final = 30
_FLAGS: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    *("--disable-background-timer-throttling", "--disable-renderer-backgrounding"),
)


@asynccontextmanager
async def chromium() -> AsyncIterator[Program]:
    """Yield the JavaScript SDK in a browser."""
    met: asyncio.Future[Program] = asyncio.get_running_loop().create_future()

    async def listen(line: ServerConnection) -> None:
        program = Program(line)
        met.set_result(program)
        async for text in line:
            program.heard(text)
        program.ended("The browser has ended.")

    async with serve(listen, LOOPBACK, 0, process_request=_give, max_size=2**22, compression=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            async with _browsing(f"http://{LOOPBACK}:{port}/page.html", Path(folder)):
                async with asyncio.timeout(_SECONDS_TO_START):
                    program = await met
                yield program


def _give(_: ServerConnection, request: Request) -> Response | None:
    if request.path == "/line":
        return None
    if request.path not in _FILES:
        return Response(HTTPStatus.NOT_FOUND, "Not Found", Headers({"Content-Length": "0"}), b"")
    path, content_type = _FILES[request.path]
    body = path.read_bytes()
    headers = Headers({"Content-Type": content_type, "Content-Length": str(len(body)), "Connection": "close"})
    return Response(HTTPStatus.OK, "OK", headers, body)


@asynccontextmanager
async def _browsing(url: str, folder: Path) -> AsyncIterator[None]:
    argv = ("setpriv", "--pdeathsig", "KILL", find("chromium"), *_FLAGS, f"--user-data-dir={folder / 'profile'}", url)
    with (folder / "log").open("wb") as log:
        browser = await asyncio.create_subprocess_exec(*argv, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        yield
    finally:
        browser.terminate()
        await asyncio.wait_for(browser.wait(), _SECONDS_TO_START)
