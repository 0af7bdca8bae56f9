"""Thousands of clients in one process: raw WebSockets with frames made by hand, in the JSON protocol.

A client connects, enters and subscribes with one message, keeps what it is told in segments (each begins with a
snapshot; what it recovers goes on with the former one), and comes back by itself with its position when the connection
is lost. A message that many are told the same is read once for all.
"""

import asyncio
import json
import random
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self, cast

from tests.bench.seeding import SeededMember
from tests.servers import LOOPBACK

AT_ONCE: Final = 100
"""Clients that are on their way in at the same time; servers take a rush only as fast as their backlog."""
PAUSES: Final = (0.05, 0.5)
"""Seconds after which a client that was not let in tries again: at least, at most."""
TIMEOUT: Final = 60.0
"""Seconds that anything may take which no promise bounds."""
_LOOK: Final = 0.02
_NARROW, _SEGMENT = 4096, 1024
_READ_MAX: Final = 512
_CONNECT, _ENTER, _SUBSCRIBE = 1, 2, 3
_RESUBSCRIBE: Final = 2500
_HANDSHAKE: Final = (
    b"GET /connection/websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class News(NamedTuple):
    """A publication as it came."""

    epoch: str
    offset: int
    seqs: tuple[int, ...]
    titles: tuple[str, ...]
    """The room's title after each event that carries the room."""
    members: int
    """How many are in the room, where the publication counts them; else 0."""
    events: Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class Segment:
    """What a client was told without a break, from a snapshot on."""

    epoch: str
    offset: int
    title: str
    """The room's title in the snapshot."""
    news: list[News] = field(default_factory=list)
    recoveries: int = 0

    @property
    def position(self) -> tuple[str, int]:
        return self.epoch, self.news[-1].offset if self.news else self.offset

    @property
    def titles(self) -> list[str]:
        return [self.title, *(title for news in self.news for title in news.titles)]

    @property
    def newest(self) -> str:
        """The title as the client knows it now."""
        return next((news.titles[-1] for news in reversed(self.news) if news.titles), self.title)

    @property
    def members(self) -> int:
        """How many are in the room, as the client was told last; 0 before the first counts."""
        return next((news.members for news in reversed(self.news) if news.members), 0)

    def is_whole(self) -> bool:
        """Say whether each publication came once, in order, and each event of theirs."""
        offsets = [news.offset for news in self.news]
        seqs = [seq for news in self.news for seq in news.seqs]
        return (
            offsets == list(range(self.offset + 1, self.offset + 1 + len(offsets)))
            and seqs == list(range(seqs[0], seqs[0] + len(seqs)) if seqs else ())
            and all(news.epoch == self.epoch for news in self.news)
        )


def client_frame(opcode: int, payload: bytes) -> bytes:
    """Return a frame as a client sends it, masked with zeros."""
    size = len(payload)
    length = bytes((0x80 | size,)) if size < 126 else bytes((0x80 | 126,)) + size.to_bytes(2)
    return bytes((0x80 | opcode,)) + length + bytes(4) + payload


def read_news(pub: dict[str, Any]) -> News:
    """Return a publication of a room."""
    data = pub["data"]
    events = data["events"]
    return News(
        data["epoch"],
        pub["offset"],
        tuple(event["seq"] for event in events),
        tuple(event["room"]["title"] for event in events if "room" in event),
        events[-1].get("nnUsers", 0),
        events,
    )


class Client(asyncio.Protocol):
    """One client. ``is_in``: it is subscribed now; ``code``: how its last connection or subscription was ended."""

    __slots__ = (
        "_buffer",
        "_transport",
        "_upgraded",
        "code",
        "crowd",
        "guest",
        "is_in",
        "node",
        "received",
        "segments",
    )

    def __init__(self, crowd: "Crowd", guest: SeededMember) -> None:
        self.crowd = crowd
        self.guest = guest
        self.segments: list[Segment] = []
        self.is_in = False
        self.code = 0
        self.node = ""
        self.received = 0
        """Bytes of this connection."""
        self._transport: asyncio.Transport | None = None
        self._upgraded = False
        self._buffer = b""

    # what a client does

    def cut(self) -> None:
        """Lose the connection, as by a tunnel."""
        if self._transport is not None:
            self._transport.abort()

    def stop_reading(self) -> None:
        self._sure().pause_reading()

    def read_on(self) -> None:
        self._sure().resume_reading()

    def _greet(self) -> None:
        """Connect, enter where that was wanted, and subscribe, from where we were."""
        room = self.crowd.room
        commands: list[dict[str, Any]] = [{"id": _CONNECT, "connect": {"data": {"token": self.guest.token}}}]
        if self.crowd.enters and not self.segments:
            params = {"roomId": room, "role": "audience"}
            commands.append({"id": _ENTER, "rpc": {"method": "rooms/enter_room", "data": params}})
        self._send(*commands, self._subscription())

    def _subscription(self) -> dict[str, Any]:
        request: dict[str, Any] = {"channel": f"room:{self.crowd.room}"}
        if self.segments:
            epoch, offset = self.segments[-1].position
            request |= {"recover": True, "epoch": epoch, "offset": offset}
        return {"id": _SUBSCRIBE, "subscribe": request}

    def _send(self, *commands: dict[str, Any]) -> None:
        self._sure().write(client_frame(1, b"\n".join(json.dumps(command).encode() for command in commands)))

    def _sure(self) -> asyncio.Transport:
        assert self._transport is not None
        return self._transport

    # what asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._upgraded, self._buffer, self.received, self.code, self.node = False, b"", 0, 0, ""
        self._transport.write(_HANDSHAKE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._is_out()
        self.crowd.codes[self.code] += 1
        self.crowd.lost(self)

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        if self._buffer:
            data = self._buffer + data
        at = 0 if self._upgraded else self._read_head(data)
        size = len(data)
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[at + 2 : at + 4]), at + 4
            elif length == 127:
                length, start = int.from_bytes(data[at + 2 : at + 10]), at + 10
            if size < start + length:
                break
            self._take(data[at] & 0x0F, data[start : start + length])
            at = start + length
        self._buffer = data[at:]

    def _read_head(self, data: bytes) -> int:
        """Return where the frames begin."""
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return 0
        if not data.startswith(b"HTTP/1.1 101 "):
            self.cut()
            return len(data)
        self._upgraded = True
        self._greet()
        return end + 4

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == 1:
            for line in self.crowd.read(payload):
                self._hear(line)
        elif opcode == 8:
            self.code = int.from_bytes(payload[:2])
            self._sure().close()
        elif opcode == 9:
            self._sure().write(client_frame(10, payload))

    def _hear(self, line: News | dict[str, Any]) -> None:
        if isinstance(line, News):
            self.segments[-1].news.append(line)
            self.crowd.published(self, line)
        elif not line:
            self._send({})
        elif "push" in line:
            self._pushed(line["push"])
        elif line.get("error", {}).get("temporary"):
            self._try_again(line["id"])
        else:
            self._answered(line)

    def _answered(self, line: dict[str, Any]) -> None:
        if "connect" in line:
            self.node = line["connect"]["node"]
        elif "subscribe" in line:
            self._begin(line["subscribe"])
        elif "error" in line or line["rpc"]["data"]["errorCode"] != 0:
            self.crowd.refusals.append(line)

    def _try_again(self, id: int) -> None:
        if id == _SUBSCRIBE and self.node:
            asyncio.get_running_loop().call_later(random.uniform(*PAUSES), self._subscribe)
        else:
            self.cut()

    def _subscribe(self) -> None:
        if self._transport is not None:
            self._send(self._subscription())

    def _pushed(self, push: dict[str, Any]) -> None:
        end = push.get("unsubscribe")
        if end is not None:
            self._is_out()
            self.code = end["code"]
            if self.code >= _RESUBSCRIBE:
                self._subscribe()

    def _begin(self, result: dict[str, Any]) -> None:
        if result.get("recovered"):
            segment = self.segments[-1]
            segment.recoveries += 1
            segment.news += map(read_news, result.get("publications", ()))
        else:
            state = result["data"]
            self.segments.append(Segment(result["epoch"], result.get("offset", 0), state["room"]["title"]))
        self.is_in = True
        self.crowd.count += 1
        self.crowd.changed()

    def _is_out(self) -> None:
        if self.is_in:
            self.is_in = False
            self.crowd.count -= 1
            self.crowd.changed()


class Crowd:
    """Clients of one room. ``ports``: where they connect, by turns; ``on_news`` is called with each piece of news."""

    def __init__(
        self,
        ports: Sequence[int],
        room: str,
        guests: Iterable[SeededMember],
        *,
        enters: bool = True,
        narrow: bool = False,
    ) -> None:
        self.ports = ports
        self.room = room
        self.enters = enters
        self.narrow = narrow
        """The kernel keeps next to nothing for them: who does not read is behind at once."""
        self.clients = [Client(self, guest) for guest in guests]
        self.count = 0
        """Of those who are subscribed."""
        self.codes: Counter[int] = Counter()
        """With which codes connections ended; 0: without any."""
        self.refusals: list[dict[str, Any]] = []
        self.comes_back = True
        self.on_news: Callable[[Client, News], None] | None = None
        self._loop = asyncio.get_running_loop()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._read: dict[bytes, list[News | dict[str, Any]]] = {}
        self._moved = asyncio.Event()
        self._is_due = False
        self._is_over = False

    async def come(self, clients: Sequence[Client] | None = None, *, seconds: float = TIMEOUT) -> None:
        """Let clients connect, all unless some are named; return when they are subscribed."""
        chosen = self.clients if clients is None else clients
        for client in chosen:
            self._let_in(client)
        await self.until(lambda: all(client.is_in for client in chosen), seconds)
        assert not self.refusals, self.refusals[:3]

    async def until(self, is_so: Callable[[], object], seconds: float = TIMEOUT) -> None:
        """Wait for something to be true of what was told; it is looked at some times a second."""
        async with asyncio.timeout(seconds):
            while not is_so():
                self._moved.clear()
                await self._moved.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cut all connections and stay away."""
        self.comes_back, self._is_over = False, True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for client in self.clients:
            client.cut()
        await asyncio.sleep(0)

    # for clients

    def read(self, payload: bytes) -> list[News | dict[str, Any]]:
        """Return the lines of a message; publications are read to the end."""
        lines = self._read.get(payload)
        if lines is None:
            if len(self._read) > _READ_MAX:
                self._read.clear()
            lines = self._read[payload] = [self._line(json.loads(line)) for line in payload.split(b"\n")]
        return lines

    def _line(self, line: dict[str, Any]) -> News | dict[str, Any]:
        push = line.get("push")
        return read_news(push["pub"]) if push and "pub" in push and push["channel"].startswith("room:") else line

    def published(self, client: Client, news: News) -> None:
        if self.on_news is not None:
            self.on_news(client, news)
        self.changed()

    def changed(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._loop.call_later(_LOOK, self._wake)

    def _wake(self) -> None:
        self._is_due = False
        self._moved.set()

    def lost(self, client: Client) -> None:
        if self.comes_back:
            self._loop.call_later(random.uniform(*PAUSES), self._let_in, client)

    def _let_in(self, client: Client) -> None:
        if not self._is_over:
            task = self._loop.create_task(self._connect(client))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _connect(self, client: Client) -> None:
        async with self._turns:
            try:
                connection = await open_socket(random.choice(self.ports), narrow=self.narrow)
                await self._loop.create_connection(lambda: client, sock=connection)
            except OSError:
                self.lost(client)


async def open_socket(port: int, *, narrow: bool) -> socket.socket:
    """Return a connected socket; a narrow one takes in small segments, and few of them."""
    connection = socket.socket()
    connection.setblocking(False)
    if narrow:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SEGMENT)
    try:
        await asyncio.get_running_loop().sock_connect(connection, (LOOPBACK, port))
    except BaseException:
        connection.close()
        raise
    return connection
