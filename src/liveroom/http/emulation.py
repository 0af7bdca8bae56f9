"""HTTP in place of a WebSocket: the paths on which the JavaScript SDK gets a stream and posts what it has to say.

A stream is held without a task: the connection is given away as soon as the answer's head is written. Who may connect,
and what is said, is decided by whoever the connection is given to; what it means is in ``liveroom.realtime.emulation``.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, Protocol
from urllib.parse import parse_qs

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from liveroom.api.identity import RequestContext
from liveroom.http.addresses import Addresses, host_name
from liveroom.http.asgi import App, Receive, Scope, Send
from liveroom.http.cycle import HOLD
from liveroom.http.decoding import BodyTooLarge, ClientGone, read_body

STREAM: Final = "/connection/http_stream"
SSE: Final = "/connection/sse"
POSTS: Final = "/emulation"
_UNBUFFERED: Final = (
    (b"x-accel-buffering", b"no"),
    (b"cache-control", b"private, no-cache, no-store, must-revalidate, max-age=0"),
    (b"pragma", b"no-cache"),
)
_CHUNKED: Final = ((b"transfer-encoding", b"chunked"),)
_TYPES: Final = {
    "json": b"application/json; charset=utf-8",
    "protobuf": b"application/octet-stream",
    "sse": b"text/event-stream; charset=utf-8",
}
_PROTOBUF: Final = b"application/octet-stream"
_CONNECT: Final = b"cf_connect"
_QUOTED: Final = 2
"""Commands are a text in JSON when they are posted, which about doubles their quotation marks."""
_AROUND: Final = 1024
_REFUSED: Final = {
    HTTPStatus.BAD_REQUEST: "This is not what the SDK would post.",
    HTTPStatus.FORBIDDEN: "Pages of this origin may not connect; see the setting origins.",
    HTTPStatus.METHOD_NOT_ALLOWED: "A stream has no head alone.",
    HTTPStatus.NOT_FOUND: "No process of this name is there any more.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The message is longer than the setting socket_message_max allows.",
    HTTPStatus.NOT_IMPLEMENTED: "This server cannot hold a stream.",
    HTTPStatus.SERVICE_UNAVAILABLE: "No new connections are taken here now.",
}


class HeldAnswer(Protocol):
    """A connection that wants to be given away."""

    def hold(self, connections: set[Any], /) -> asyncio.Protocol:
        """Put what the connection is given to among those that the server knows, and return it."""


class Emulated(Protocol):
    """Who takes connections, and what is posted to them: the socket's side."""

    @property
    def message_max(self) -> int: ...
    def allows(self, origin: str, host: str) -> bool: ...
    async def open(
        self, form: str, first: bytes, context: RequestContext, origin: str, *, is_chunked: bool
    ) -> HeldAnswer | None: ...
    async def post(self, body: bytes, *, is_protobuf: bool) -> HTTPStatus: ...


def emulation_routes(emulated: Emulated, addresses: Addresses) -> list[Route]:
    """Return the routes of the site."""
    streams = _Streams(emulated, addresses)
    return [
        Route(STREAM, _Guarded(emulated, streams.json_or_protobuf), methods=["POST"]),
        Route(SSE, _Guarded(emulated, streams.sse), methods=["GET", "POST"]),
        Route(POSTS, _Guarded(emulated, _Posts(emulated)), methods=["POST"]),
    ]


class _RefusedConnection(Exception):
    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


class _Request:
    """What a request says about itself."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.headers: Mapping[bytes, bytes] = dict(scope["headers"])
        self._receive = receive

    def text(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    @property
    def is_protobuf(self) -> bool:
        return self.headers.get(b"content-type", b"").partition(b";")[0].strip().lower() == _PROTOBUF

    async def body(self, most: int) -> bytes:
        try:
            return await read_body(self._receive, self.headers.get(b"content-length"), most)
        except BodyTooLarge:
            raise _RefusedConnection(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from None


Answer = Callable[[_Request, Send], Awaitable[HTTPStatus | None]]


class _Guarded:
    """Lets those pages pass that may, and answers with a status where nothing else was answered."""

    def __init__(self, emulated: Emulated, answer: Answer) -> None:
        self._emulated = emulated
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = _Request(scope, receive)
        try:
            status = await self._status(request, send)
        except ClientGone:
            return
        if status is not None:
            await _say(status)(scope, receive, send)

    async def _status(self, request: _Request, send: Send) -> HTTPStatus | None:
        if not self._emulated.allows(request.text(b"origin"), request.text(b"host")):
            return HTTPStatus.FORBIDDEN
        try:
            return await self._answer(request, send)
        except _RefusedConnection as refused:
            return refused.status


class _Streams:
    """Connections, from the server to the client."""

    def __init__(self, emulated: Emulated, addresses: Addresses) -> None:
        self._emulated = emulated
        self._addresses = addresses

    async def json_or_protobuf(self, request: _Request, send: Send) -> HTTPStatus | None:
        first = await request.body(self._emulated.message_max)
        return await self._open("protobuf" if request.is_protobuf else "json", first, request, send)

    async def sse(self, request: _Request, send: Send) -> HTTPStatus | None:
        """Event sources can only be told an address: the first message stands in the query."""
        if request.scope["method"] == "HEAD":
            return HTTPStatus.METHOD_NOT_ALLOWED
        if request.scope["method"] == "POST":
            first = await request.body(self._emulated.message_max)
        else:
            first = _connect_in(request.scope["query_string"])
        if not first:
            return HTTPStatus.BAD_REQUEST
        return await self._open("sse", first, request, send)

    async def _open(self, form: str, first: bytes, request: _Request, send: Send) -> HTTPStatus | None:
        scope = request.scope
        if HOLD not in scope.get("extensions", ()):
            return HTTPStatus.NOT_IMPLEMENTED
        is_chunked = scope["http_version"] != "1.0"
        held = await self._emulated.open(
            form, first, self._context(request), request.text(b"origin"), is_chunked=is_chunked
        )
        if held is None:
            return HTTPStatus.SERVICE_UNAVAILABLE
        headers = [(b"content-type", _TYPES[form]), *_UNBUFFERED, *(_CHUNKED if is_chunked else ())]
        await send({"type": HOLD, "headers": headers, "protocol": held.hold})
        return None

    def _context(self, request: _Request) -> RequestContext:
        client = request.scope.get("client")
        return RequestContext(
            request.scope["state"]["request_id"],
            self._addresses.of(client[0] if client else "", request.scope["headers"]),
            request.text(b"accept-language"),
            host_name(request.headers.get(b"host", b"")),
        )


class _Posts:
    """What clients have to say."""

    def __init__(self, emulated: Emulated) -> None:
        self._emulated = emulated

    async def __call__(self, request: _Request, _: Send) -> HTTPStatus:
        body = await request.body(_QUOTED * self._emulated.message_max + _AROUND)
        return await self._emulated.post(body, is_protobuf=request.is_protobuf)


def _connect_in(query: bytes) -> bytes:
    try:
        return parse_qs(query, max_num_fields=100).get(_CONNECT, [b""])[0]
    except ValueError:
        return b""


def _say(status: HTTPStatus) -> App:
    if status is HTTPStatus.NO_CONTENT:
        return Response(status_code=status)
    headers = {"connection": "close"} if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None
    return PlainTextResponse(f"{_REFUSED[status]}\n", status, headers)
