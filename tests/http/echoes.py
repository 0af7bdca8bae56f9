"""An HTTP app with a few declared methods behind it, and a dispatcher that only says what it was asked."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any

import httpx
import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Method, Registry, Who
from liveroom.api.envelopes import Outcome, refusal
from liveroom.api.identity import RequestContext
from liveroom.api.parameters import Many, Request, Text, Whole, fields_of, read_request
from liveroom.domain.errors import BadRequest
from liveroom.domain.tenants.model import Language
from liveroom.http.asgi import App, Front, LiveroomAsgi
from liveroom.http.metrics import Meter
from liveroom.http.protocol import BoundedProtocol
from liveroom.http.server import listen, serve
from liveroom.http.site import make_site

LOOPBACK = "127.0.0.1"
ECHO = "/base/v1/tests/echo"


class Echo(Request):
    """What a method may declare."""

    text: Annotated[str, Text(40_000)]
    number: Annotated[int, Whole(-5, 1000)] = 7
    ids: Annotated[tuple[str, ...], Many(5)] = ()
    kept: Annotated[str, Text(10, keep=True)] | None = None


async def _never(*_: Any) -> None:
    raise AssertionError("the test's dispatcher answers itself")


def make_method(path: str, *, request: type[Request] = Echo, is_offered: bool = True) -> Method:
    """Return a declared method."""
    return Method(
        path=path,
        request=request,
        fields=fields_of(request),
        reply=dict[str, Any],
        data=Data.OBJECT,
        bad_request=Code.RoomQueryParams,
        who=Who.ANYONE,
        success="ok",
        handler=_never,
        summary="Echo.",
        is_offered=is_offered,
    )


@dataclass
class Echoes:
    """Reads a request as the dispatcher does and answers with it; remembers every call."""

    asked: list[tuple[Method, Mapping[str, Any] | BadRequest, RequestContext]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    entered: asyncio.Event = field(default_factory=asyncio.Event)

    async def call(self, method: Method, raw: Mapping[str, Any] | BadRequest, context: RequestContext) -> Outcome:
        self.asked.append((method, raw, context))
        self.entered.set()
        if self.gate is not None:
            await self.gate.wait()
        try:
            if isinstance(raw, BadRequest):
                raise raw
            data = msgspec.structs.asdict(read_request(method.request, method.fields, raw))
        except BadRequest as problem:
            return refusal(method.bad_request, Language.EN, context.request_id, detail=problem.detail)
        body = {"errorCode": 0, "errorMessage": "ok", "data": data, "requestId": context.request_id}
        return Outcome(Code.Success, msgspec.json.encode(body))

    @property
    def raw(self) -> Mapping[str, Any]:
        """The parameters of the last call."""
        raw = self.asked[-1][1]
        assert not isinstance(raw, BadRequest), raw
        return raw

    @property
    def context(self) -> RequestContext:
        return self.asked[-1][2]


def make_registry() -> Registry:
    """Return two methods, one of them outside the common prefix."""
    registry = Registry()
    registry.add(make_method("base/v1/tests/echo"))
    registry.add(make_method("getEcho"))
    return registry


def make_app(
    calls: Echoes | None = None, *, meter: Meter | None = None, site: App | None = None, **front: Any
) -> LiveroomAsgi:
    """Return the application in front of the test's dispatcher."""
    registry = make_registry()
    return LiveroomAsgi(
        calls or Echoes(),
        registry,
        front=Front(**front),
        meter=meter or Meter(registry.methods),
        site=site or make_site(registry),
    )


def client_of(app: App, peer: str = "192.0.2.7") -> httpx.AsyncClient:
    """Return a client that calls the application without a socket."""
    transport = httpx.ASGITransport(app=app, client=(peer, 4321))
    return httpx.AsyncClient(transport=transport, base_url="http://live.example.com")


@asynccontextmanager
async def serving(
    app: App, *, http: type[BoundedProtocol] = BoundedProtocol, grace: int = 5
) -> AsyncIterator[tuple[int, asyncio.Task[None]]]:
    """Serve on a free port until the block ends; yields the port and what serves."""
    ready = asyncio.Event()
    listener = listen(LOOPBACK, 0)
    port: int = listener.getsockname()[1]
    served = asyncio.create_task(
        serve(app, listener, http=http, on_ready=ready.set, shutdown_grace=timedelta(seconds=grace))
    )
    await ready.wait()
    try:
        yield port, served
    finally:
        if not served.done():
            signal.raise_signal(signal.SIGTERM)
        await served


async def exchange(port: int, sent: bytes) -> bytes:
    """Send bytes on a connection of their own and return all that comes back until the server closes it."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(sent)
        await writer.drain()
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()
