"""What stands before a socket, where there is no HTTP server in a test."""

import asyncio
from typing import cast

from liveroom.realtime.socket import WebSocket


class Entrance(asyncio.Protocol):
    """What the HTTP connection does: it hands the socket the request, and the connection."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._socket.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        lines = [line.partition(b": ") for line in data.split(b"\r\n")[1:-2]]
        self._socket.greet("GET", b"/", [(name.lower(), value) for name, _, value in lines])
        self._transport.set_protocol(self._socket)
