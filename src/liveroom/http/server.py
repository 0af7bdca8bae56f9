"""Running the application on uvicorn: listening, being ready, and stopping without losing a call.

The process keeps serving what runs when it is told to stop, takes nothing new, and leaves; a second signal leaves at
once. Starting and stopping the application itself is the caller's: `serve` only serves.
"""

import asyncio
import errno
import math
import socket
from collections.abc import Callable, Coroutine
from datetime import timedelta
from types import FrameType
from typing import Any, Final, TypeVar

import uvicorn

from liveroom.http.asgi import App
from liveroom.http.protocol import BoundedProtocol

_new_loop: Callable[[], asyncio.AbstractEventLoop] | None
try:
    import uvloop

    _new_loop = uvloop.new_event_loop
except ImportError:  # where it does not exist, asyncio's own loop does
    _new_loop = None

KEEP_ALIVE_SECONDS: Final = 75
"""Longer than load balancers keep an idle connection, so that it is they who close it."""

_BACKLOG: Final = 2048
_Result = TypeVar("_Result")


class CannotListen(Exception):
    """The address cannot be served; the text says why and what to do."""


def run(main: Coroutine[Any, Any, _Result]) -> _Result:
    """Run a program on the fastest loop there is."""
    with asyncio.Runner(loop_factory=_new_loop) as runner:
        return runner.run(main)


def listen(host: str, port: int, *, reuse_port: bool = False) -> socket.socket:
    """Return a bound socket; with ``reuse_port`` several processes can each have their own on one port."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as problem:
        raise CannotListen(f"{host} is no address to listen on: {problem.strerror}.") from None
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
        listener.setblocking(False)
    except OSError as problem:
        listener.close()
        raise CannotListen(_sentence(host, port, problem)) from None
    return listener


async def serve(
    app: App,
    listener: socket.socket,
    *,
    shutdown_grace: timedelta = timedelta(seconds=10),
    on_ready: Callable[[], None] | None = None,
    on_stop: Callable[[], None] | None = None,
    http: type[BoundedProtocol] = BoundedProtocol,
    ws: type[asyncio.Protocol] | None = None,
) -> None:
    """Serve until a signal comes. ``on_stop`` is called at the signal, so that ``/readyz`` can say it at once."""
    config = uvicorn.Config(
        app,
        http=http,
        ws=ws or "none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=math.ceil(shutdown_grace.total_seconds()),
    )
    await _Server(config, on_ready, on_stop).serve(sockets=[listener])


class _Server(uvicorn.Server):
    """Tells when it is ready and when it is asked to stop, and leaves the process's end to its caller."""

    def __init__(
        self, config: uvicorn.Config, on_ready: Callable[[], None] | None, on_stop: Callable[[], None] | None
    ) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._on_ready is not None:
            self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        if not self.should_exit and self._on_stop is not None:
            self._on_stop()
        self.should_exit = True


def _sentence(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is taken by another program; choose another with --port."
    if problem.errno == errno.EACCES:
        return f"This user may not listen on port {port}; choose one above 1023 with --port."
    if problem.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}; 0.0.0.0 listens on all that it has."
    return f"Cannot listen on port {port} of {host}: {problem.strerror}."
