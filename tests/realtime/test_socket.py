"""WebSockets on the real server: handshake, bounds, odd clients, and the ends of connections."""

import asyncio
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from liveroom.http.protocol import BoundedProtocol
from liveroom.http.server import listen, serve
from liveroom.realtime.framing import CLOSED, WS_JSON, WS_PROTOBUF, Framing, Opening, Transport, ws_frame
from liveroom.realtime.socket import WebSocket, make_socket
from tests.http.echoes import LOOPBACK, exchange, make_app

PATH = "/connection/websocket"
HEAD = f"GET {PATH} HTTP/1.1\r\nHost: live.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
MESSAGE_MAX = 1000


class Visitor:
    """One client of the protocol, as the hub would make it; remembers what it was told."""

    def __init__(self, transport: Transport, framing: Framing, opening: Opening) -> None:
        self.transport = transport
        self.descriptor = CLOSED
        self.framing = framing
        self.opening = opening
        self.messages: asyncio.Queue[bytes] = asyncio.Queue()
        self.answer: Callable[[bytes], None] = lambda message: None
        self.losses = 0
        self.is_lost = asyncio.Event()

    def received(self, message: bytes) -> None:
        self.messages.put_nowait(message)
        self.answer(message)

    def lost(self) -> None:
        self.losses += 1
        self.is_lost.set()


class FakeAcceptor:
    """Takes every connection, as long as it is open."""

    def __init__(self) -> None:
        self.visitors: list[Visitor] = []
        self.is_open = True

    def accept(self, transport: Transport, framing: Framing, opening: Opening) -> Visitor | None:
        if not self.is_open:
            return None
        self.visitors.append(Visitor(transport, framing, opening))
        return self.visitors[-1]


class House:
    """A server and what it was told."""

    def __init__(self, port: int, acceptor: FakeAcceptor, served: asyncio.Task[None]) -> None:
        self.port = port
        self.acceptor = acceptor
        self.served = served

    @property
    def visitor(self) -> Visitor:
        return self.acceptor.visitors[-1]

    def connect(self, path: str = PATH, **options: Any) -> connect:
        options.setdefault("compression", None)
        return connect(f"ws://{LOOPBACK}:{self.port}{path}", proxy=None, **options)

    async def stop(self) -> None:
        signal.raise_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            await self.served


def last_but_one(peer: str, headers: Sequence[tuple[bytes, bytes]]) -> str:
    """Return an address that shows what the handshake gave."""
    return dict(headers).get(b"x-forwarded-for", b"").decode() or peer


@asynccontextmanager
async def housing(
    origins: Sequence[str] = ("*",), close_seconds: float = 1, acceptor: FakeAcceptor | None = None
) -> AsyncIterator[House]:
    acceptor = acceptor or FakeAcceptor()
    kind: type[WebSocket] = make_socket(
        acceptor,
        is_ours=lambda path: path.endswith(PATH),
        origins=origins,
        address_of=last_but_one,
        host_of=lambda header: header.decode().partition(":")[0],
        message_max=MESSAGE_MAX,
    )
    kind.close_seconds = close_seconds
    ready = asyncio.Event()
    listener = listen(LOOPBACK, 0)
    port: int = listener.getsockname()[1]
    served = asyncio.create_task(serve(make_app(), listener, ws=kind, on_ready=ready.set))
    await ready.wait()
    house = House(port, acceptor, served)
    try:
        yield house
    finally:
        if not served.done():
            await house.stop()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with housing() as house:
        yield house


async def raw(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a socket and return it after the handshake, to be written on byte by byte."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(f"{HEAD}{KEY}\r\n".encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    return reader, writer


def masked(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin).serialize(mask=True)


async def ended(client: ClientConnection) -> tuple[int | None, str | None]:
    async with asyncio.timeout(5):
        await client.wait_closed()
    return client.close_code, client.close_reason


async def rest(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(5):
        return await reader.read()


@pytest.mark.parametrize("message", ["{}", b"\x00\x01", "", "房" * 300], ids=repr)
async def test_text_and_bytes_come_as_they_were_sent(house: House, message: str | bytes) -> None:
    async with house.connect() as client:
        await client.send(message)
        assert await house.visitor.messages.get() == (message.encode() if isinstance(message, str) else message)


async def test_a_message_in_parts_comes_whole(house: House) -> None:
    async with house.connect() as client:
        await client.send(["a", "", "b" * 500, "c"])
        await client.send("d")
        assert await house.visitor.messages.get() == b"a" + b"b" * 500 + b"c"
        assert await house.visitor.messages.get() == b"d"


async def test_bytes_may_come_one_by_one_or_all_at_once(house: House) -> None:
    _, writer = await raw(house.port)
    for byte in masked(Opcode.TEXT, b"slow" * 50):
        writer.write(bytes((byte,)))
        await writer.drain()
    writer.write(b"".join(masked(Opcode.TEXT, b"%d" % number) for number in range(5000)))
    assert await house.visitor.messages.get() == b"slow" * 50
    assert [await house.visitor.messages.get() for _ in range(5000)] == [b"%d" % number for number in range(5000)]
    writer.close()


async def test_finished_frames_are_written_as_they_are(house: House) -> None:
    async with house.connect(max_size=None) as client:
        for size in (2, 126, 70_000):
            house.visitor.transport.write(ws_frame(Opcode.TEXT, b"x" * size))
            assert await client.recv() == "x" * size
        house.visitor.transport.write(ws_frame(Opcode.BINARY, b"\xff"))
        assert await client.recv() == b"\xff"


@pytest.mark.parametrize(
    ("query", "offered", "chosen", "framing"),
    [
        ("", None, None, WS_JSON),
        ("", ["centrifuge-json"], "centrifuge-json", WS_JSON),
        ("", ["centrifuge-protobuf"], "centrifuge-protobuf", WS_PROTOBUF),
        ("", ["graphql", "centrifuge-protobuf"], "centrifuge-protobuf", WS_PROTOBUF),
        ("?format=protobuf", None, None, WS_PROTOBUF),
        ("?cf_protocol=protobuf", None, None, WS_PROTOBUF),
        ("?format=json&cf_protocol_version=v2", None, None, WS_JSON),
        ("?format=%ff&=&&;", None, None, WS_JSON),
    ],
)
async def test_the_form_of_the_protocol_is_the_client_s_choice(
    house: House, query: str, offered: Any, chosen: str | None, framing: Framing
) -> None:
    async with house.connect(PATH + query, subprotocols=offered) as client:
        assert client.subprotocol == chosen
        assert house.visitor.framing is framing


async def test_messages_are_not_compressed(house: House) -> None:
    async with house.connect(compression="deflate") as client:
        assert "Sec-WebSocket-Extensions" not in client.response.headers  # type: ignore[union-attr]


async def test_the_hub_is_told_who_comes(house: House) -> None:
    headers = {
        "X-Forwarded-For": "203.0.113.9",
        "Accept-Language": "zh",
        "X-Request-ID": "r-1",
    }
    async with house.connect(additional_headers=headers, origin="https://app.example") as client:
        assert house.visitor.opening.address == "203.0.113.9"
        assert house.visitor.opening.origin == "https://app.example"
        assert house.visitor.opening.languages == "zh"
        assert house.visitor.opening.request_id == "r-1"
        assert client.response.headers["X-Request-ID"] == "r-1"  # type: ignore[union-attr]
    async with house.connect():
        assert house.visitor.opening._replace(request_id="") == Opening(LOOPBACK, LOOPBACK, "", "", "")
        assert len(house.visitor.opening.request_id) == 16


async def test_other_paths_open_no_socket(house: House) -> None:
    with pytest.raises(InvalidStatus, match="404"):
        await house.connect("/connection/other")
    async with house.connect("/prod" + PATH):
        assert house.visitor.opening


async def test_a_hub_that_takes_nobody_answers_503(house: House) -> None:
    house.acceptor.is_open = False
    with pytest.raises(InvalidStatus, match="503"):
        await house.connect()


@pytest.mark.parametrize(
    ("origins", "origin", "is_allowed"),
    [
        (["*"], "https://anywhere.example", True),
        (["https://app.example"], "https://app.example", True),
        (["https://app.example/"], "https://APP.example", True),
        (["https://app.example"], None, True),
        (["https://app.example"], "https://other.example", False),
        (["https://app.example"], "null", False),
        (["https://app.example"], "http://[", False),
        (["https://app.example"], "https://live.example", True),
        ([], "https://other.example", False),
    ],
)
async def test_a_page_of_a_foreign_origin_opens_no_socket(
    origins: list[str], origin: str | None, is_allowed: bool
) -> None:
    async with housing(origins) as house:
        line = f"Origin: {origin}\r\n" if origin else ""
        reader, writer = await asyncio.open_connection(LOOPBACK, house.port)
        writer.write(f"{HEAD.replace('live.example.com', 'live.example')}{KEY}{line}\r\n".encode())
        assert (await reader.readline()).split()[1] == (b"101" if is_allowed else b"403")
        writer.close()


async def test_a_connection_that_ended_leaves_nothing_that_only_a_search_for_cycles_finds(house: House) -> None:
    """The collector looks at what is old once in hours: of each socket 2.5 KB of its request waited for that."""
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            _, writer = await raw(house.port)
            writer.close()
            await asyncio.wait_for(house.visitor.is_lost.wait(), 5)
            assert b" 200 " in await exchange(house.port, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        left = [one for one in gc.get_objects() if isinstance(one, BoundedProtocol)]
        assert len(left) <= 1, "the one whose answer was read last may still be ending"
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEAD + "\r\n", 400),
        (HEAD + KEY.replace("13", "12") + "\r\n", 400),
        (HEAD + KEY + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", 400),
        (HEAD + "Sec-WebSocket-Key: short\r\nSec-WebSocket-Version: 13\r\n\r\n", 400),
        (HEAD + KEY + "Host: live.example.com\r\nOrigin: https://a\r\n\r\n", 400),
        (HEAD + KEY + "Origin: https://a\r\nOrigin: https://b\r\n\r\n", 400),
        (HEAD + KEY + f"X-Long: {'a' * 20_000}\r\n\r\n", 400),
        (HEAD.replace("GET", "PUT") + KEY + "\r\n", 405),
        (HEAD.replace(PATH, "/%ff%00" + PATH) + KEY + "X: \xff\r\n\r\n", 101),
        (HEAD.replace(PATH, PATH + "?" + "a&" * 2000) + KEY + "\r\n", 101),
        (HEAD.replace(PATH, PATH + "?" + "a&" * 150) + KEY + "\r\n", 101),
        (HEAD + KEY + f"X-Long: {'a' * 40_000}\r\n\r\n", 431),
    ],
    ids=range(12),
)
async def test_an_odd_handshake_is_answered(house: House, head: str, status: int) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, house.port)
    writer.write(head.encode("latin-1"))
    assert int((await reader.readline()).split()[1]) == status
    writer.close()
    if status != 101:
        await rest(reader)
        assert house.acceptor.visitors == []


async def test_a_request_without_upgrade_is_the_site_s(house: House) -> None:
    answer = await exchange(house.port, f"GET {PATH} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 ")


async def test_a_message_that_is_too_long_ends_the_connection(house: House) -> None:
    async with house.connect() as client:
        await client.send("x" * MESSAGE_MAX)
        await client.send("x" * (MESSAGE_MAX + 1))
        assert (await ended(client))[0] == 1009
    async with house.connect() as client:
        await client.send(["x" * 600, "x" * 600])
        assert (await ended(client))[0] == 1009
    assert house.visitor.messages.empty()
    assert house.visitor.losses == 1


@pytest.mark.parametrize(
    "sent",
    [
        ws_frame(Opcode.TEXT, b"not masked"),
        masked(Opcode.CONT, b"of nothing"),
        masked(Opcode.TEXT, b"a", fin=False) + masked(Opcode.TEXT, b"b"),
        b"\xc1\x80\x00\x00\x00\x00",
        b"\x83\x80\x00\x00\x00\x00",
        b"\x89\xfe\x00\x7e\x00\x00\x00\x00" + b"x" * 126,
        b"\x09\x80\x00\x00\x00\x00",
        masked(Opcode.CLOSE, b"\x03"),
        masked(Opcode.CLOSE, b"\x03\xed"),
    ],
    ids=["unmasked", "loose part", "nested", "reserved bit", "opcode", "long ping", "ping in parts", "close", "1005"],
)
async def test_what_is_no_websocket_ends_the_connection(house: House, sent: bytes) -> None:
    reader, writer = await raw(house.port)
    writer.write(sent)
    last = await rest(reader)
    assert last[:1] == b"\x88"
    assert int.from_bytes(last[2:4]) == 1002
    writer.close()
    await house.visitor.is_lost.wait()
    assert house.visitor.messages.empty()


async def test_a_ping_is_answered(house: House) -> None:
    async with house.connect() as client, asyncio.timeout(5):
        await (await client.ping(b"hello"))


async def test_parts_without_content_cost_nothing(house: House) -> None:
    _, writer = await raw(house.port)
    writer.write(masked(Opcode.TEXT, b"a", fin=False))
    writer.write(masked(Opcode.CONT, b"", fin=False) * 20_000 + masked(Opcode.CONT, b"z"))
    assert await house.visitor.messages.get() == b"az"
    writer.close()


async def test_pings_of_a_client_that_reads_nothing_are_not_answered_for_ever(house: House) -> None:
    _, writer = await raw(house.port)
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    transport = house.visitor.transport
    while transport.unsent == 0:
        transport.write(ws_frame(Opcode.TEXT, b"x" * 100_000))
        await asyncio.sleep(0)
    before = transport.unsent
    writer.write(masked(Opcode.PING, b"x" * 125) * 4000 + masked(Opcode.TEXT, b"end"))
    assert await house.visitor.messages.get() == b"end"
    assert transport.unsent <= before + 32 * 1024
    writer.transport.abort()
    await house.visitor.is_lost.wait()


async def test_the_hub_s_code_reaches_the_client(house: House) -> None:
    async with house.connect() as client:
        house.visitor.transport.write(ws_frame(Opcode.TEXT, b"last"))
        house.visitor.transport.close(4500, "session ended")
        assert await client.recv() == "last"
        assert await ended(client) == (4500, "session ended")
    await house.visitor.is_lost.wait()
    assert house.visitor.losses == 1


async def test_what_is_no_websocket_may_stand_behind_a_message_that_ends_the_connection(house: House) -> None:
    """The library had ended the connection by then, and closing it once more raised."""
    async with house.connect() as client:
        house.visitor.answer = lambda message: house.visitor.transport.close(3501, "bad request")
        message = Frame(Opcode.TEXT, b"x").serialize(mask=True)
        client.transport.write(message + b"\x7f" * 20)
        assert (await ended(client))[0] == 1002
    await house.visitor.is_lost.wait()


async def test_nothing_comes_and_goes_after_a_close(house: House) -> None:
    reader, writer = await raw(house.port)
    visitor = house.visitor
    visitor.answer = lambda message: visitor.transport.close(3501, "bad request")
    writer.write(masked(Opcode.TEXT, b"a") + masked(Opcode.TEXT, b"b"))
    await visitor.messages.get()
    visitor.transport.close(3500, "again")
    visitor.transport.write(ws_frame(Opcode.TEXT, b"late"))
    writer.write(masked(Opcode.TEXT, b"c") + masked(Opcode.CLOSE, b"\x0d\xad"))
    assert await rest(reader) == ws_frame(Opcode.CLOSE, b"\x0d\xadbad request")
    writer.close()
    await visitor.is_lost.wait()
    assert visitor.messages.empty()
    visitor.transport.write(b"after the end")
    visitor.transport.close(3000, "after the end")


async def test_a_client_may_say_goodbye(house: House) -> None:
    async with house.connect() as client:
        await client.close(1000, "bye")
        assert client.close_code == 1000
    await house.visitor.is_lost.wait()
    assert house.visitor.losses == 1


@pytest.mark.parametrize("how", ["eof", "abort"])
async def test_a_cut_connection_is_lost(house: House, how: str) -> None:
    _, writer = await raw(house.port)
    if how == "eof":
        writer.close()
    else:
        writer.transport.abort()
    await house.visitor.is_lost.wait()
    assert house.visitor.losses == 1


async def test_a_client_that_does_not_hang_up_is_cut_off() -> None:
    async with housing(close_seconds=0.05) as house:
        _, writer = await raw(house.port)
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        while house.visitor.transport.unsent == 0:
            house.visitor.transport.write(ws_frame(Opcode.TEXT, b"x" * 100_000))
            await asyncio.sleep(0)
        house.visitor.transport.close(3008, "slow")
        async with asyncio.timeout(5):
            await house.visitor.is_lost.wait()
        writer.transport.abort()


async def test_small_messages_leave_at_once(house: House) -> None:
    async with house.connect():
        transport: Any = house.visitor.transport
        connection = transport._transport.get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_a_stop_ends_open_sockets_and_does_not_wait_for_dead_ones() -> None:
    async with housing(close_seconds=0.2) as house:
        async with house.connect() as client:
            _, dead = await raw(house.port)
            await house.stop()
            assert await ended(client) == (3001, "shutdown")
        assert [visitor.losses for visitor in house.acceptor.visitors] == [1, 1]
        dead.close()


async def test_connections_leave_nothing_behind(house: House) -> None:
    async with house.connect() as client:
        transport: Any = house.visitor.transport
        protocol = transport._protocol
        await client.send("a")
    await house.visitor.is_lost.wait()
    assert transport not in transport._connections
    assert transport._client is None
    assert protocol.parser.gi_frame is None


async def test_a_lost_client_is_told_once_even_when_it_was_closed(house: House) -> None:
    async with house.connect() as client:
        house.visitor.transport.close(3000, "")
        with pytest.raises(ConnectionClosed):
            await client.recv()
    await house.visitor.is_lost.wait()
    assert house.visitor.losses == 1
