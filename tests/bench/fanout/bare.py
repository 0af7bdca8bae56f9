"""The least that fan-out can cost: the bytes are handed to the kernel for one socket after the other, and that is all.

`python bare.py PORT` broadcasts what is posted; nothing is checked, and a socket that does not read ends it.
"""

import select
import socket
import sys

from liveroom.realtime.framing import TEXT, ws_frame

_UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
_DONE = b'HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"errorCode":0}'


def serve(port: int) -> None:
    """Serve until the process is ended."""
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    events = select.epoll()
    events.register(listener.fileno(), select.EPOLLIN)
    others: dict[int, socket.socket] = {}
    listeners: list[socket.socket] = []
    while True:
        for number, _ in events.poll():
            if number == listener.fileno():
                other, _ = listener.accept()
                other.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                others[other.fileno()] = other
                events.register(other.fileno(), select.EPOLLIN)
                continue
            other = others[number]
            request = other.recv(65536)
            if not request:
                events.unregister(number)
                del others[number]
            elif request.startswith(b"GET"):
                other.send(_UPGRADED)
                listeners.append(other)
            else:
                frame = ws_frame(TEXT, request.partition(b"\r\n\r\n")[2])
                for one in listeners:
                    one.send(frame)
                other.send(_DONE)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
