"""Running the application on uvicorn: listening, being ready, and stopping without losing a call.

The process keeps serving what runs when it is told to stop, takes nothing new, and leaves; a second signal leaves at
once. Starting and stopping the application itself is the caller's: `serve` only serves.
"""

import asyncio
import errno
import math
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import timedelta
from functools import partial
from types import FrameType
from typing import Any, Final, TypeVar

import uvicorn
from structlog import get_logger

from liveroom.http.asgi import App
from liveroom.http.protocol import BoundedProtocol
from liveroom.log import log_unexpected

log = get_logger("liveroom.http")

_new_loop: Callable[[], asyncio.AbstractEventLoop] | None
try:
    import uvloop

    _new_loop = uvloop.new_event_loop
except ImportError:  # where it does not exist, asyncio's own loop does
    _new_loop = None

KEEP_ALIVE_SECONDS: Final = 75
"""Longer than load balancers keep an idle connection, so that it is they who close it."""

UNSENT_IN_KERNEL: Final = 128 * 1024
"""Bytes that the kernel takes for a client that does not read. Left to itself it takes up to 4 MB for each of them:
300 such clients of a large page kept others waiting for three seconds."""

_NOTSENT_LOWAT: Final[int | None] = getattr(socket, "TCP_NOTSENT_LOWAT", 25 if sys.platform == "linux" else None)
_BACKLOG: Final = 2048
_LAST_PORT: Final = 65_535
_HSTS: Final = ("Strict-Transport-Security", "max-age=31536000")
_LOOK_SECONDS: Final = 0.1
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
        if _NOTSENT_LOWAT is not None:
            listener.setsockopt(socket.IPPROTO_TCP, _NOTSENT_LOWAT, UNSENT_IN_KERNEL)
        listener.bind(address)
        listener.setblocking(False)
    except OSError as problem:
        listener.close()
        raise CannotListen(_sentence(host, port, problem)) from None
    return listener


async def serve(  # noqa: PLR0913 - each is a thing that one caller decides
    app: App,
    listener: socket.socket,
    *,
    beside: tuple[App, socket.socket] | None = None,
    shutdown_grace: timedelta = timedelta(seconds=10),
    on_ready: Callable[[], None] | None = None,
    on_stop: Callable[[], None] | None = None,
    on_drain: Callable[[], Awaitable[None]] | None = None,
    http: type[BoundedProtocol] = BoundedProtocol,
    ws: type[asyncio.Protocol] | None = None,
    tls: ssl.SSLContext | None = None,
    only_tls: bool = False,
) -> None:
    """Serve until a signal comes, over TLS where there is a context; ``only_tls`` has browsers insist on it afterwards.

    ``beside`` is another application with a listener of its own. ``on_stop`` is called at the signal, so that
    ``/readyz`` can say it at once; ``on_drain`` is awaited when no new connections are taken any more, before those
    there are end.
    """

    def configured(served: App) -> uvicorn.Config:
        config = uvicorn.Config(
            served,
            http=http,
            ws=ws or "none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            headers=[_HSTS] if only_tls else [],
            backlog=_BACKLOG,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=math.ceil(shutdown_grace.total_seconds()),
        )
        config.load()
        config.ssl = tls
        return config

    asyncio.get_running_loop().set_exception_handler(_log_failure)
    others = {} if beside is None else {beside[1]: configured(beside[0])}
    await _Server(configured(app), others, on_ready, on_stop, on_drain, http).serve(sockets=[listener, *others])


class _Server(uvicorn.Server):
    """Tells when it is ready and when it is asked to stop, and leaves the process's end to its caller."""

    def __init__(
        self,
        config: uvicorn.Config,
        others: Mapping[socket.socket, uvicorn.Config],
        on_ready: Callable[[], None] | None,
        on_stop: Callable[[], None] | None,
        on_drain: Callable[[], Awaitable[None]] | None,
        http: type[BoundedProtocol],
    ) -> None:
        super().__init__(config)
        self._others = others
        self._http = http
        self._on_ready = on_ready
        self._on_stop = on_stop
        self._on_drain = on_drain

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, as uvicorn does, which would wait a minute for a handshake, and half of one for its end."""
        loop, tls = asyncio.get_running_loop(), self.config.ssl
        seconds = None if tls is None else self._http.request_seconds

        def connection(config: uvicorn.Config) -> asyncio.Protocol:
            return self._http(config, self.server_state, self.lifespan.state)

        self.servers = [
            await loop.create_server(
                partial(connection, self._others.get(listener, self.config)),
                sock=listener,
                ssl=tls,
                backlog=self.config.backlog,
                ssl_handshake_timeout=seconds,
                ssl_shutdown_timeout=seconds,
            )
            for listener in sockets or ()
        ]
        self.started = True
        if self._on_ready is not None:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop. uvicorn would end every open connection at once; what the drain takes, it takes of the grace."""
        for server in self.servers:
            server.close()
        began = asyncio.get_running_loop().time()
        if self._on_drain is not None and not self.force_exit:
            await self._drain(self._on_drain)
        left = (self.config.timeout_graceful_shutdown or 0) - (asyncio.get_running_loop().time() - began)
        await self._end_connections(max(1, math.ceil(left)))

    async def _end_connections(self, seconds: float) -> None:
        """Let calls finish, then cut off the rest. uvicorn would add an error of its own to what each of them logs."""
        for connection in list(self.server_state.connections):
            connection.shutdown()
        try:
            async with asyncio.timeout(seconds):
                await self._wait_tasks_to_complete()
        except TimeoutError:
            for task in self.server_state.tasks:
                task.cancel()

    async def _drain(self, drain: Callable[[], Awaitable[None]]) -> None:
        """Drain until that is done, or a second signal comes."""
        draining = asyncio.ensure_future(drain())
        while not (draining.done() or self.force_exit):
            await asyncio.wait({draining}, timeout=_LOOK_SECONDS)
        if not draining.done():
            draining.cancel()
        await asyncio.gather(draining, return_exceptions=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit
        if not self.should_exit and self._on_stop is not None:
            self._on_stop()
        self.should_exit = True


def _log_failure(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what the loop has to say: of a connection whose protocol failed (it is closed), or of a forgotten task."""
    problem = context.get("exception")
    if isinstance(problem, OSError):  # of the network, such as a connection that is gone
        log.debug("loop.failed", said=context["message"], cause=repr(problem))
    elif isinstance(problem, Exception):
        log_unexpected(log, "loop.failed", problem, said=context["message"])
    else:
        log.warning("loop.warned", said=context["message"])


def _sentence(host: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        other = f"--port {port + 100 if port < _LAST_PORT - 100 else port - 100}"
        return (
            f"Port {port} of {host} is taken by another program; choose another with --port: "
            f'`liveroom serve {other}`, or `make run ARGS="{other}"`.'
        )
    if problem.errno == errno.EACCES:
        return f"This user may not listen on port {port}; choose one above 1023 with --port."
    if problem.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {host}; 0.0.0.0 listens on all that it has."
    return f"Cannot listen on port {port} of {host}: {problem.strerror}."
