"""A WebSocket on uvicorn's connection: bytes to messages, finished frames to bytes.

The library judges frames, answers pings and knows the closing handshake; frames with messages of ours come finished
from the hub and pass it by. An idle connection was measured to keep 3.3 KB, the loop's own part included; a small
message costs 3.5 µs here, 9 µs with what the loop and the kernel do for it (CPython 3.11, uvloop, one core).
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Final

from websockets.frames import Frame, Opcode
from websockets.protocol import SERVER, Protocol, State

from liveroom.realtime.framing import CLOSED, Acceptor, ConnectedClient
from liveroom.realtime.handshake import AddressOf, Handshakes, Header, RefusedHandshake, refuse

MESSAGE_MAX: Final = 64 * 1024
_PIECE: Final = 4096
"""What is parsed at once: a hub that ends a flood of small messages need not see the rest of it."""
_PONGS_MAX: Final = 16 * 1024
"""With more unsent, pings are not answered: the client does not read."""
_SHUTDOWN: Final = (3001, "shutdown")
_MESSAGES: Final = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class WebSocket(asyncio.Protocol):
    """One connection, from the request that asks for it. The HTTP connection makes it and hands it that request."""

    __slots__ = ("_client", "_connections", "_is_open", "_message", "_protocol", "_timer", "_transport")

    acceptor: ClassVar[Acceptor]
    handshakes: ClassVar[Handshakes]
    message_max: ClassVar[int]
    close_seconds: ClassVar[float] = 3.0
    """How long the other end has to take what was sent and to hang up too, once a connection is being closed."""

    def __init__(self, config: Any, server_state: Any, app_state: Any) -> None:
        self._connections: set[Any] = server_state.connections
        self._transport: asyncio.Transport
        self._protocol: Protocol | None = None
        """None before the handshake."""
        self._client: ConnectedClient | None = None
        self._is_open = False
        self._message: bytearray | None = None
        """What has come of a message in several frames."""
        self._timer: asyncio.TimerHandle | None = None

    # The HTTP connection and asyncio call these.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._transport.set_write_buffer_limits(0)  # so that `pause_writing` tells of the first byte that is unsent

    def greet(self, method: str, target: bytes, headers: Sequence[Header]) -> None:
        """Answer the request that asks for the socket, as it is parsed already."""
        if self._transport.is_closing():
            return
        peer = self._transport.get_extra_info("peername")
        verdict = self.handshakes.judge(method, target, headers, peer[0] if isinstance(peer, tuple) else "")
        if not isinstance(verdict, RefusedHandshake):
            self._client = self.acceptor.accept(self, verdict.framing, verdict.opening)
            if self._client is None:
                verdict = refuse(HTTPStatus.SERVICE_UNAVAILABLE, "No new sockets are opened here now.")
        self._transport.write(verdict.response)
        if self._client is None:
            self._transport.close()
            return
        self._protocol = Protocol(SERVER, state=State.OPEN, max_size=self.message_max)
        self._is_open = True
        if not self.unsent:
            self.resume_writing()
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        if self._protocol is None:
            return
        if len(data) <= _PIECE:
            self._take(self._protocol, data)
            return
        for start in range(0, len(data), _PIECE):
            self._take(self._protocol, data[start : start + _PIECE])

    def pause_writing(self) -> None:
        """Let frames come by `write`, behind what is unsent. Loops close a socket after `connection_lost` only."""
        if self._client is not None:
            self._client.descriptor = CLOSED

    def resume_writing(self) -> None:
        if self._client is not None and self._is_open:
            self._client.descriptor = _descriptor_of(self._transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.discard(self)
        self.pause_writing()
        self._is_open = False
        if self._timer is not None:
            self._timer.cancel()
        if self._protocol is not None:
            self._protocol.parser.close()  # it holds the protocol, which holds it
        client, self._client = self._client, None
        if client is not None:
            client.lost()

    def shutdown(self) -> None:
        """End the connection as the server stops; the hub has already ended those that it could."""
        self.close(*_SHUTDOWN)

    # The hub calls these.

    def write(self, frame: bytes) -> None:
        if self._is_open:
            self._transport.write(frame)

    def close(self, code: int, reason: str) -> None:
        if self._is_open and self._protocol is not None:
            if self._protocol.state is State.OPEN:  # else what came behind the last message has ended it already
                self._protocol.send_close(code, reason)
            self._flush(self._protocol)

    @property
    def unsent(self) -> int:
        return self._transport.get_write_buffer_size()

    def _take(self, protocol: Protocol, data: bytes) -> None:
        protocol.receive_data(data)
        for frame in protocol.events_received():
            if self._is_open and isinstance(frame, Frame) and frame.opcode in _MESSAGES:
                self._put_together(frame)
        self._flush(protocol)

    def _put_together(self, frame: Frame) -> None:
        if not frame.fin:
            if self._message is None:
                self._message = bytearray()
            self._message += frame.data
            return
        message = bytes(frame.data)
        if self._message is not None:
            message, self._message = bytes(self._message) + message, None
        if self._client is not None:
            self._client.received(message)

    def _flush(self, protocol: Protocol) -> None:
        """Send what the library has to say; its last word is an empty one."""
        writes = protocol.data_to_send()
        if protocol.state is State.OPEN:
            if writes and self.unsent <= _PONGS_MAX:
                self._transport.writelines(writes)
            return
        self.pause_writing()
        self._is_open = False
        for data in writes:
            if data:
                self._transport.write(data)
            else:
                self._end()
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.close_seconds, self._transport.abort)

    def _end(self) -> None:
        """Send nothing more, and let the other end hang up: closing at once could take back what was sent last."""
        if self._transport.can_write_eof() and not self._transport.is_closing():
            self._transport.write_eof()
        else:
            self._transport.close()


def _descriptor_of(transport: asyncio.Transport) -> int:
    """Return where a connection's bytes go out as they are; with TLS they do not."""
    socket = transport.get_extra_info("socket")
    return CLOSED if socket is None or transport.get_extra_info("sslcontext") is not None else int(socket.fileno())


def make_socket(
    acceptor: Acceptor,
    *,
    is_ours: Callable[[str], bool],
    origins: Iterable[str],
    address_of: AddressOf,
    host_of: Callable[[bytes], str],
    message_max: int = MESSAGE_MAX,
) -> type[WebSocket]:
    """Return the class that `http.server.serve` takes as ``ws``. A message of more bytes is answered with code 1009."""
    handshakes = Handshakes(is_ours=is_ours, origins=origins, address_of=address_of, host_of=host_of)

    class SocketConnection(WebSocket):
        __slots__ = ()

    SocketConnection.acceptor = acceptor
    SocketConnection.handshakes = handshakes
    SocketConnection.message_max = message_max
    return SocketConnection
