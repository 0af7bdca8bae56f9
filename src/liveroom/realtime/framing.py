"""The seams between a connection and the hub: how messages become bytes, and who talks to whom.

A transport hands each message that has come whole to its ``ConnectedClient``. What is to be sent is encoded by the
connection's ``Framing`` once for all connections that have the same one, and written as a finished frame.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol

from liveroom.realtime import codec_json, codec_protobuf
from liveroom.realtime.messages import BadFrame, Command, Reply

__all__ = [
    "SSE",
    "STREAM_JSON",
    "STREAM_PROTOBUF",
    "WS_JSON",
    "WS_PROTOBUF",
    "Acceptor",
    "BadFrame",
    "ConnectedClient",
    "Framing",
    "Opening",
    "Transport",
    "http_chunk",
    "ws_frame",
]


class Framing(Protocol):
    """A way to write the protocol on a transport. There is one object of each, so they can be keys."""

    @property
    def name(self) -> str: ...

    def decode(self, message: bytes) -> Sequence[Command]:
        """Return the commands of a message, at least one; a pong is a command without id and request.

        Raises ``BadFrame``, whatever came.
        """

    def encode(self, reply: Reply) -> bytes:
        """Return one reply or push, to be framed."""

    def frame(self, replies: Sequence[bytes]) -> bytes:
        """Return one finished message of the transport that holds these encoded replies."""


class Transport(Protocol):
    """An open connection. Calls on one that is gone do nothing."""

    def write(self, frame: bytes) -> None:
        """Send a finished frame; never waits."""

    def close(self, code: int, reason: str) -> None:
        """Send what was written and the code, then hang up; the client is told ``lost`` once it is gone."""

    @property
    def unsent(self) -> int:
        """Bytes that were written and not yet taken by the other end."""


KEPT: Final = 256
"""Letters of a header that a connection keeps."""


class Opening(NamedTuple):
    """What the handshake said."""

    address: str
    host: str
    """The name that the client asked for: small letters, no port."""
    origin: str
    """Of a browser's page; else ""."""
    languages: str
    request_id: str
    session: str = ""
    """By which what is posted finds a connection that only the server writes on; "" of a WebSocket."""


class ConnectedClient(Protocol):
    """What a transport talks to: one client of the protocol. Called in the loop; nothing may be raised."""

    descriptor: int
    """Where frames may be written past the transport now, which keeps it up to date: nothing is unsent, and what is
    written goes out as it is. ``CLOSED`` where and while that is not so, and once the connection is going."""

    def received(self, message: bytes) -> None:
        """A message has come whole."""

    def lost(self) -> None:
        """The connection is gone; called once, also after ``Transport.close``."""


class Acceptor(Protocol):
    """Where new connections go: the hub."""

    def accept(self, transport: Transport, framing: Framing, opening: Opening) -> ConnectedClient | None:
        """Take a connection, or refuse it with None (draining, full).

        The handshake is answered after it: nothing may be written to the transport before it has returned.
        """


CLOSED: Final = -1
TEXT: Final = 0x1
BINARY: Final = 0x2


def ws_frame(opcode: int, payload: bytes) -> bytes:
    """Return a whole WebSocket message in one frame, as a server sends it (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 0x1_0000:
        return bytes((0x80 | opcode, 126)) + size.to_bytes(2) + payload
    return bytes((0x80 | opcode, 127)) + size.to_bytes(8) + payload


def http_chunk(payload: bytes) -> bytes:
    """Return a piece of an HTTP answer whose length nobody knows (RFC 9112, 7.1)."""
    return b"%x\r\n%b\r\n" % (len(payload), payload)


def _lines(replies: Sequence[bytes]) -> bytes:
    return b"\n".join((*replies, b""))


def _events(replies: Sequence[bytes]) -> bytes:
    return b"".join([b"data: %b\n\n" % reply for reply in replies])


def _encode_event(reply: Reply) -> bytes:
    """Return a reply as one line, also for those to whom a carriage return ends one."""
    line = codec_json.encode(reply)
    return line if b"\r" not in line else line.replace(b"\r", b"")


class _Framing:
    """What a codec encodes, put together for one kind of transport."""

    def __init__(
        self,
        name: str,
        decode: Callable[[bytes], Sequence[Command]],
        encode: Callable[[Reply], bytes],
        join: Callable[[Sequence[bytes]], bytes],
        wrap: Callable[[bytes], bytes],
    ) -> None:
        self.name = name
        self.decode = decode
        self.encode = encode
        self._join = join
        self._wrap = wrap

    def frame(self, replies: Sequence[bytes]) -> bytes:
        return self._wrap(self._join(replies))


_JSON: Final = (codec_json.decode, codec_json.encode)
_PROTOBUF: Final = (codec_protobuf.decode, codec_protobuf.encode)
WS_JSON: Final = _Framing("websocket json", *_JSON, codec_json.join, partial(ws_frame, TEXT))
WS_PROTOBUF: Final = _Framing("websocket protobuf", *_PROTOBUF, codec_protobuf.join, partial(ws_frame, BINARY))
STREAM_JSON: Final = _Framing("stream json", *_JSON, _lines, http_chunk)
STREAM_PROTOBUF: Final = _Framing("stream protobuf", *_PROTOBUF, codec_protobuf.join, http_chunk)
SSE: Final = _Framing("sse", codec_json.decode, _encode_event, _events, http_chunk)
