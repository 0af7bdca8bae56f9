"""A connection on which only the server writes: an HTTP answer that does not end while the client stays.

HTTP has judged the request and written the answer's head; from then on the connection is this protocol's. It is written
to as a WebSocket is, by finished frames: each is one chunk. There is no frame that closes it, so the last thing that
the client is told is a push that says why.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from liveroom.realtime.framing import SSE, ConnectedClient, Framing, http_chunk
from liveroom.realtime.messages import Disconnect, Push, Reply

_PREFACE: Final = http_chunk(b"\r\n")
"""What an event source is sent first, so that whatever is in between lets it see that the answer has begun."""
_LAST_CHUNK: Final = b"0\r\n\r\n"
_SHUTDOWN: Final = (3001, "shutdown")


class EndlessAnswer(asyncio.Protocol):
    """One connection. Its client's first message came with the request, others are handed to ``received``."""

    __slots__ = (
        "_client", "_close_seconds", "_connections", "_first", "_framing", "_is_chunked", "_is_open", "_on_lost",
        "_timer", "_transport",
    )  # fmt: skip

    def __init__(
        self,
        framing: Framing,
        first: bytes,
        *,
        is_chunked: bool,
        close_seconds: float,
        on_lost: Callable[[], object],
    ) -> None:
        self._framing = framing
        self._first = first
        self._is_chunked = is_chunked
        """HTTP/1.0 knows no chunks: there the end of the connection is the end of the answer."""
        self._close_seconds = close_seconds
        """How long the other end has to take what was sent, once the answer has ended."""
        self._on_lost = on_lost
        self._client: ConnectedClient | None = None
        self._connections: set[Any] = set()
        self._transport: asyncio.Transport
        self._is_open = False
        self._timer: asyncio.TimerHandle | None = None

    def attach(self, client: ConnectedClient) -> None:
        """Know whom the connection is of."""
        self._client = client

    def received(self, message: bytes) -> None:
        """Take what the client has sent by another way."""
        if self._is_open and self._client is not None:
            self._client.received(message)

    # HTTP, uvicorn and asyncio call these.

    def hold(self, connections: set[Any]) -> asyncio.Protocol:
        """Be among the connections that a stop waits for."""
        self._connections = connections
        connections.add(self)
        return self

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._is_open = True
        if self._framing is SSE:
            self.write(_PREFACE)
        first, self._first = self._first, b""
        self.received(first)

    def data_received(self, data: bytes) -> None:
        """Take no notice: no request can be answered behind an answer without an end."""

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_open = False
        self._connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        self._on_lost()
        client, self._client = self._client, None
        if client is not None:
            client.lost()

    def shutdown(self) -> None:
        """End the answer as the server stops; the hub has already ended those that it could."""
        self.close(*_SHUTDOWN)

    # The hub calls these.

    def write(self, frame: bytes) -> None:
        if self._is_open:
            self._transport.write(frame if self._is_chunked else frame[frame.index(b"\n") + 1 : -2])

    def close(self, code: int, reason: str) -> None:
        if not self._is_open:
            return
        push = Push(disconnect=Disconnect(code, reason, reconnect=not _is_final(code)))
        self.write(self._framing.frame([self._framing.encode(Reply(push=push))]))
        self._is_open = False
        if self._is_chunked:
            self._transport.write(_LAST_CHUNK)
        self._transport.close()
        self._timer = asyncio.get_running_loop().call_later(self._close_seconds, self._transport.abort)

    @property
    def unsent(self) -> int:
        return self._transport.get_write_buffer_size()


def _is_final(code: int) -> bool:
    return 3500 <= code < 4000 or 4500 <= code < 5000
