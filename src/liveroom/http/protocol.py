"""uvicorn's HTTP protocol with the bounds that it does not have: on the request line, the headers, and their time.

uvicorn keeps whatever a client sends until the headers are whole, for as long as that takes: a URL of 100 MB took a
server from 29 to 167 MB. Here a request is refused as soon as it is known to be too large, and what still arrives is
thrown away for a moment, so that the client gets to read why. One timer a connection looks at what is due, instead of
one that is made and cancelled with each request.
"""

import asyncio
from typing import Any, Final, NoReturn
from urllib.parse import unquote

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from liveroom.http.answers import Answers
from liveroom.http.cycle import ANSWER, HOLD, Hold, QuickCycle

LINE_MAX: Final = 16 * 1024
HEADERS_MAX: Final = 32 * 1024
HEADER_COUNT_MAX: Final = 100
PIPELINE_MAX: Final = 32
FILE_SECONDS: Final = 600.0
"""How long a file may take to arrive, as long as it keeps arriving: whoever may send none is answered before."""
_NEVER: Final = float("inf")
_LINGER_SECONDS: Final = 2.0
_LINGER_BYTES: Final = 1024 * 1024
_EXTENSIONS: Final[dict[str, dict[object, object]]] = {ANSWER: {}, HOLD: {}}
_REASONS: Final = {
    400: b"This is no HTTP request.\n",
    408: b"The request took too long to arrive.\n",
    414: b"The request line is longer than 16 KB.\n",
    429: b"Too many requests at once on one connection.\n",
    431: b"The headers are longer than 32 KB, or more than 100.\n",
}


class _Refused(Exception):
    """The request breaks a bound: the parser is to stop."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection. A request has ``request_seconds`` to arrive, and a new connection to send its first one.

    A client that takes nothing of its answer for so long is cut off.
    """

    request_seconds = 10.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer: asyncio.TimerHandle | None = None
        self._due = _NEVER
        """When the connection has waited long enough for its client."""
        self._is_arriving = False
        """A request has begun and is not whole."""
        self._is_head = False
        self._chunk = 0
        """Bytes of what is being parsed now."""
        self._first = 0
        """Bytes of the chunk in which the request began."""
        self._more = 0
        """Bytes that came after that chunk, or after a part of the body: what the parser may be keeping."""
        self._body_until = 0.0
        """Until when the body of a file that is sent (``PUT``) may take its time; 0: it is to be there in time."""
        self._upgrade_body = 0
        """Bytes still to come of the body of a request that asked for a protocol we do not speak."""
        self._refusal = 0
        self._lingered = 0
        self._answers = Answers.of(self.loop)
        self._unsent: tuple[QuickCycle | None, int, int] = None, 0, 0
        """What the client had not taken yet when it was looked at last: of which answer, in which part, how much."""
        self._running: QuickCycle | None = None
        """The request that is being answered; ``cycle`` is the last that arrived, which may wait behind it."""

    # uvicorn names these; asyncio calls the first three, the parser those from on_message_begin, a cycle the last.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait(self.request_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        running, self._running = self._running, None
        if running is not None and not running.response_complete:
            running.disconnected = True
            running.message_event.set()
        self.pipeline.clear()
        super().connection_lost(exc)
        self.cycle = None  # type: ignore[assignment]  # it holds us

    def eof_received(self) -> None:
        """The client says no more, and the transport closes: what it was told is on its way before."""
        self._answers.write()

    def shutdown(self) -> None:
        self._answers.write()
        super().shutdown()

    def data_received(self, data: bytes) -> None:
        if self._refusal:
            self._linger(len(data))
            return
        if self._upgrade_body:
            data = self._take_body(data)
        self._chunk = len(data)
        if self._is_arriving:
            self._more += self._chunk
        self._feed(data)
        if self._more > LINE_MAX + HEADERS_MAX and self._is_arriving and not self._refusal:
            self._refuse(431)

    def on_message_begin(self) -> None:
        self._is_arriving = self._is_head = True
        self._first, self._more, self._body_until = self._chunk, 0, 0.0
        self._due = self.loop.time() + self.request_seconds
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > LINE_MAX:
            self._stop(414)

    def on_headers_complete(self) -> None:
        headers = self.headers
        if len(headers) > HEADER_COUNT_MAX or (self._first + self._more > HEADERS_MAX and _size(headers) > HEADERS_MAX):
            self._stop(431)
        if len(self.pipeline) >= PIPELINE_MAX:
            self._stop(429)
        self._fill_scope()
        self._is_head = False
        if self.scope["method"] == "PUT":
            self._body_until = self.loop.time() + FILE_SECONDS
        if not self.parser.should_upgrade():
            self.headers = []  # trailers are not headers
        elif self._should_upgrade():
            return
        else:
            self._upgrade_body = _length(headers)
        self._begin()

    def on_body(self, body: bytes) -> None:
        self._more = 0
        if self._body_until:
            self._due = min(self.loop.time() + self.request_seconds, self._body_until)
        super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._upgrade_body:
            self._complete()

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        elif self._is_arriving and not self._is_head and not self.cycle.keep_alive:
            self._cut(413)
        elif not self._is_arriving:
            self._due = self.loop.time() + self.timeout_keep_alive

    def _fill_scope(self) -> None:
        scope, url = self.scope, self.url
        version = self.parser.get_http_version()
        if not url.startswith(b"/") or b"#" in url:
            parsed = httptools.parse_url(url)
            url = parsed.path + b"?" + (parsed.query or b"")
        raw_path, _, query = url.partition(b"?")
        path = raw_path.decode("ascii")
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["http_version"] = version
        scope["path"] = self.root_path + (unquote(path) if "%" in path else path)
        scope["raw_path"] = self.root_path.encode("ascii") + raw_path
        scope["query_string"] = query
        scope["extensions"] = _EXTENSIONS

    def _begin(self) -> None:
        """Let the application see the request, after those that came before it on this connection."""
        former = self.cycle
        if isinstance(former, QuickCycle) and former.unwritten:
            self._answers.write()
        self.cycle = cycle = QuickCycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=self.scope["http_version"] != "1.0" and self.parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        cycle.answers = self._answers
        cycle.hand_over = self._hand_over
        if former is None or former.response_complete:  # type: ignore[redundant-expr]
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle  # type: ignore[assignment]
        super()._start_asgi_task(cycle, app)

    def _hand_over(self, hold: Hold) -> asyncio.Protocol:
        """Give the connection away, for good."""
        self._cancel()
        self.connections.discard(self)
        protocol = hold(self.connections)
        self.flow.resume_reading()
        self._give_away(protocol)
        return protocol

    def _give_away(self, protocol: asyncio.Protocol) -> None:
        """Let another protocol have the connection, and leave nothing behind that only a search for cycles finds."""
        self.transport.set_protocol(protocol)
        self.parser = self.cycle = self._running = None  # type: ignore[assignment]  # they hold us, and we them

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection on, with the request as it is: uvicorn writes it down anew, to be parsed once more."""
        self.connections.discard(self)
        kind: Any = self.ws_protocol_class
        socket = kind(config=self.config, server_state=self.server_state, app_state=self.app_state)
        socket.connection_made(self.transport)
        socket.greet(self.scope["method"], self.url, self.scope["headers"])
        self._give_away(socket)

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self._cancel()
                self._answers.write()
                self.handle_websocket_upgrade()
            elif self._upgrade_body:
                self._take_body(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(self._refusal or 400)

    def _take_body(self, data: bytes) -> bytes:
        """Take the body that the parser leaves alone after an upgrade, as HTTP/2 clients ask for; return the rest."""
        part = data[: self._upgrade_body]
        self._upgrade_body -= len(part)
        if part:
            super().on_body(part)
        if not self._upgrade_body:
            self._complete()
        return data[len(part) :]

    def _complete(self) -> None:
        self._is_arriving = False
        is_answered = self.cycle is not None and self.cycle.response_complete and not self.pipeline  # type: ignore[redundant-expr]
        self._due = self.loop.time() + self.timeout_keep_alive if is_answered else _NEVER
        super().on_message_complete()

    def _stop(self, status: int) -> NoReturn:
        self._refusal = status
        raise _Refused

    def _refuse(self, status: int) -> None:
        """Say why, once, and read no more of this connection; a call that is running is answered first."""
        self._refusal = status
        self._answers.write()
        if self._is_arriving and not self._is_head and self.pipeline:
            self._is_arriving = False
            self.pipeline.popleft()  # what is arriving waits behind others, and will never be whole
            self.cycle = self.pipeline[0][0] if self.pipeline else self._running  # type: ignore[assignment]
        is_running = self.cycle is not None and not self.cycle.response_complete  # type: ignore[redundant-expr]
        if self._is_arriving and not self._is_head:
            if not is_running:
                self.transport.close()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        elif is_running:
            self.cycle.keep_alive = False
            return
        reason = _REASONS[status]
        self.transport.write(
            STATUS_LINE[status]
            + b"content-type: text/plain; charset=utf-8\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
            % len(reason)
            + reason
        )
        self._cut(status)

    def _cut(self, status: int) -> None:
        """Throw away for a moment what still arrives, then close: closing at once would take the answer back."""
        self._refusal = status
        self._is_arriving = False
        if self._running is not None:
            self._running.disconnected = True
            self._running.waiting_for_100_continue = False
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._wait(_LINGER_SECONDS)

    def _linger(self, size: int) -> None:
        self._lingered += size
        if self._lingered > _LINGER_BYTES:
            self.transport.abort()

    def _wait(self, seconds: float) -> None:
        """Give the client so long, from now."""
        self._due = self.loop.time() + seconds
        self._cancel()
        self._timer = self.loop.call_later(seconds, self._look)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        """See whether the client is late; a call that runs may take its time, and so may what waits behind it."""
        left = self._due - self.loop.time()
        if self.transport.get_write_buffer_size():
            if self._is_unread():
                self.transport.abort()  # closing would wait for the client to read
                return
            left = self.request_seconds
        if left > 0:
            self._timer = self.loop.call_later(min(left, self.request_seconds), self._look)
        elif self.flow.read_paused:
            self._wait(self.request_seconds)
        elif self._is_arriving:
            self._refuse(408)
        else:
            self.transport.close()

    def _is_unread(self) -> bool:
        """Say whether the client has taken nothing since it was looked at last."""
        answer = self._running
        now = answer, 0 if answer is None else answer.written, self.transport.get_write_buffer_size()
        before, self._unsent = self._unsent, now
        return now[:2] == before[:2] and now[2] >= before[2]


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers)


def _length(headers: list[tuple[bytes, bytes]]) -> int:
    text = next((value for name, value in headers if name == b"content-length"), b"0")
    return int(text) if text.isdigit() else 0
