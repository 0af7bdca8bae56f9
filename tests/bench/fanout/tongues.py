"""How each kind of server is spoken to on a socket, with text messages."""

from typing import Final

from tests.bench.fanout.listeners import Reading, numbers_in
from tests.bench.processes import CannotMeasure
from tests.sync.crowd import client_frame


class Centrifuge:
    """The Centrifuge protocol in JSON: ours, and Centrifugo's."""

    path: Final = "/connection/websocket"

    def read(self, payload: bytes) -> Reading:
        numbers: tuple[int, ...] = ()
        answers, back = 0, b""
        for line in payload.split(b"\n"):
            if line == b"{}":
                back += client_frame(1, b"{}")
            elif line.startswith(b'{"id"'):
                if b'"error":{' in line or (b'"errorCode":' in line and b'"errorCode":0' not in line):
                    raise CannotMeasure(f"a socket was refused something: {line!r}")
                answers += 1
            else:
                numbers += numbers_in(line)
        return Reading(numbers, answers, back)


class Plain:
    """Nothing but what is broadcast."""

    path: Final = "/"

    def read(self, payload: bytes) -> Reading:
        return Reading(numbers_in(payload))


class SocketIo:
    """Socket.IO's packets (protocol 5) in Engine.IO's (protocol 4), straight on a WebSocket."""

    path: Final = "/socket.io/?EIO=4&transport=websocket"

    def read(self, payload: bytes) -> Reading:
        if payload == b"2":
            return Reading(back=client_frame(1, b"3"))
        if payload.startswith(b"40"):
            return Reading(answers=1)
        return Reading(numbers_in(payload))
