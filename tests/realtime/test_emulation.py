"""Streams and posts in place of a WebSocket on the real server: what is answered, its bounds, and how streams end."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Final
from urllib.parse import quote
from weakref import WeakSet

import pytest
from centrifuge.protocol import client_pb2  # type: ignore[import-untyped]
from msgspec import Raw

from liveroom.domain.errors import LiveUnavailable
from liveroom.http.addresses import Addresses
from liveroom.http.emulation import emulation_routes
from liveroom.http.protocol import BoundedProtocol
from liveroom.http.site import make_site
from liveroom.ports import Forwarding
from liveroom.realtime.emulation import Emulation
from liveroom.realtime.framing import SSE, STREAM_JSON, STREAM_PROTOBUF, Framing, Opening, Transport
from liveroom.realtime.messages import PublicationPush, Push, Reply
from liveroom.store.live.memory.forwarding import MemoryForwarding
from tests.http.echoes import LOOPBACK, exchange, make_app, make_registry, serving
from tests.realtime.peers import OPENING, Peer, Stage
from tests.realtime.test_socket import FakeAcceptor, Visitor

NODE: Final = "here"
HOST: Final = "Host: live.example.com\r\n"
CONNECT: Final = b'{"id":1,"connect":{}}'
BINARY: Final = "application/octet-stream"
MESSAGE_MAX: Final = 1000


class Hasty(BoundedProtocol):
    """Gives requests hardly any time; knows which connections are still its own."""

    request_seconds = 0.05
    alive: ClassVar[WeakSet[BoundedProtocol]] = WeakSet()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alive.add(self)


class Down(MemoryForwarding):
    """A store that does not answer."""

    is_down = True

    async def listen(self, node: str, handler: Any) -> None:
        if self.is_down:
            raise LiveUnavailable("down")

    async def send(self, node: str, session: str, data: bytes) -> bool:
        raise LiveUnavailable("down")


class Slow(MemoryForwarding):
    """A store that answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def listen(self, node: str, handler: Any) -> None:
        self.asked.set()
        await self.may_answer.wait()


class Lobby(FakeAcceptor):
    """Says when somebody came."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()

    def accept(self, transport: Transport, framing: Framing, opening: Opening) -> Visitor | None:
        self.came.set()
        return super().accept(transport, framing, opening)


class House:
    """A server, and who came to it."""

    def __init__(self, port: int, acceptor: Lobby, emulation: Emulation, served: asyncio.Task[None]) -> None:
        self.port = port
        self.acceptor = acceptor
        self.emulation = emulation
        self.served = served
        self.writers: list[asyncio.StreamWriter] = []

    @property
    def visitor(self) -> Visitor:
        return self.acceptor.visitors[-1]

    async def stream(self, request: bytes) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
        """Ask for a stream; return the answer's head, and the connection."""
        reader, writer = await asyncio.open_connection(LOOPBACK, self.port)
        self.writers.append(writer)
        writer.write(request)
        async with asyncio.timeout(5):
            return await reader.readuntil(b"\r\n\r\n"), reader, writer

    async def status(self, request: bytes) -> int:
        """Send a request that is answered and over, and return the answer's status."""
        return int((await exchange(self.port, request)).split(b" ", 2)[1])

    async def post(self, body: bytes, content_type: str = "application/json") -> int:
        return await self.status(post("/emulation", body, content_type, "Connection: close\r\n"))


@asynccontextmanager
async def housing(
    origins: Iterable[str] = ("*",),
    forwarding: Forwarding | None = None,
    http: type[BoundedProtocol] = BoundedProtocol,
) -> AsyncIterator[House]:
    acceptor = Lobby()
    emulation = Emulation(
        acceptor,
        forwarding or MemoryForwarding(),
        node=NODE,
        origins=origins,
        message_max=MESSAGE_MAX,
        close_seconds=0.05,
    )
    site = make_site(make_registry(), emulation_routes(emulation, Addresses()))
    async with serving(make_app(site=site, origins=tuple(origins)), http=http) as (port, served):
        house = House(port, acceptor, emulation, served)
        try:
            yield house
        finally:
            for writer in house.writers:
                writer.close()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with housing() as house:
        yield house


def post(path: str, body: bytes, content_type: str = "application/json", more: str = "", version: str = "1.1") -> bytes:
    head = (
        f"POST {path} HTTP/{version}\r\n{HOST}Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    )
    return head.encode() + body


def sse(query: str, more: str = "", method: str = "GET") -> bytes:
    return f"{method} /connection/sse{query} HTTP/1.1\r\n{HOST}{more}\r\n".encode()


STREAM: Final = post("/connection/http_stream", CONNECT)
EVENTS: Final = sse(f"?cf_connect={quote(CONNECT)}")


def posted(session: str, data: str, node: str = NODE) -> bytes:
    return json.dumps({"session": session, "node": node, "data": data}).encode()


async def chunk(reader: asyncio.StreamReader) -> bytes:
    """Return the next chunk of an answer."""
    async with asyncio.timeout(5):
        size = int(await reader.readline(), 16)
        return (await reader.readexactly(size + 2))[:-2]


async def rest(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(5):
        return await reader.read()


async def is_open(reader: asyncio.StreamReader) -> bool:
    """Say whether nothing comes for a moment, not even the end."""
    try:
        async with asyncio.timeout(0.3):
            await reader.read()
    except TimeoutError:
        return True
    return False


def written(framing: Framing, number: int) -> bytes:
    return framing.frame([framing.encode(Reply(number)), framing.encode(Reply())])


JSON_TYPE: Final = b"application/json; charset=utf-8"
SSE_TYPE: Final = b"text/event-stream; charset=utf-8"
LINES: Final = b'{"id":7}\n{}\n'
BLOCKS: Final = b'data: {"id":7}\n\ndata: {}\n\n'
PROTOBUF: Final = b"\x05\x08\x01\x22\x00"


@pytest.mark.parametrize(
    ("request_", "framing", "content_type", "first", "body"),
    [
        (STREAM, STREAM_JSON, JSON_TYPE, CONNECT, LINES),
        (
            post("/connection/http_stream", PROTOBUF, BINARY),
            STREAM_PROTOBUF,
            BINARY.encode(),
            PROTOBUF,
            b"\x02\x08\x07\x00",
        ),
        (EVENTS, SSE, SSE_TYPE, CONNECT, BLOCKS),
        (post("/connection/sse", CONNECT), SSE, SSE_TYPE, CONNECT, BLOCKS),
        (post("/prod/connection/http_stream/", CONNECT), STREAM_JSON, JSON_TYPE, CONNECT, LINES),
    ],
    ids=["stream json", "stream protobuf", "sse", "sse by post", "stage"],
)
async def test_a_stream_has_the_form_that_was_asked_for(
    house: House, request_: bytes, framing: Framing, content_type: bytes, first: bytes, body: bytes
) -> None:
    head, reader, _ = await house.stream(request_)
    assert house.visitor.framing is framing
    assert house.visitor.messages.get_nowait() == first
    lines = head.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 200 OK"
    assert {b"content-type: " + content_type, b"x-accel-buffering: no", b"transfer-encoding: chunked"} <= set(lines)
    assert b"no-store" in head
    if framing is SSE:
        assert await chunk(reader) == b"\r\n"
    house.visitor.transport.write(written(framing, 7))
    assert await chunk(reader) == body


async def test_an_old_proxy_gets_a_stream_without_chunks(house: House) -> None:
    head, reader, _ = await house.stream(post("/connection/http_stream", CONNECT, version="1.0"))
    assert b"chunked" not in head
    house.visitor.transport.write(written(STREAM_JSON, 7))
    house.visitor.transport.close(3001, "shutdown")
    lines = (await rest(reader)).splitlines()
    assert lines[:2] == [b'{"id":7}', b"{}"]
    assert json.loads(lines[2])["push"]["disconnect"]["code"] == 3001
    assert len(lines) == 3


async def test_the_hub_is_told_who_comes(house: House) -> None:
    more = "Origin: https://app.example\r\nAccept-Language: zh\r\nX-Request-ID: r-1\r\n"
    head, _, _ = await house.stream(post("/connection/http_stream", CONNECT, more=more))
    opening = house.visitor.opening
    assert opening[:5] == (LOOPBACK, "live.example.com", "https://app.example", "zh", "r-1")
    assert len(opening.session) > 20
    assert b"x-request-id: r-1" in head
    assert b"access-control-allow-origin: *" in head


async def test_a_page_may_ask_first(house: House) -> None:
    asked = "Origin: https://app.example\r\nAccess-Control-Request-Headers: content-type\r\nConnection: close\r\n"
    for path in ("/connection/http_stream", "/emulation"):
        answer = await exchange(house.port, f"OPTIONS {path} HTTP/1.1\r\n{HOST}{asked}\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 204 ")
        assert b"access-control-allow-headers: content-type\r\n" in answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (sse("", "Connection: close\r\n"), 400),
        (sse("?cf_connect=", "Connection: close\r\n"), 400),
        (sse("?cf_connect=x" + "&a" * 1000, "Connection: close\r\n"), 400),
        (sse(f"?cf_connect={quote(CONNECT)}", "Connection: close\r\n", "HEAD"), 405),
        (sse("?cf_connect=x", "Connection: close\r\n", "PUT"), 405),
        (f"GET /connection/http_stream HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode(), 405),
        (f"GET /emulation HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode(), 405),
        (post("/connection/http_stream", b"x" * (MESSAGE_MAX + 1)), 413),
        (post("/connection/uni_sse", CONNECT, more="Connection: close\r\n"), 404),
    ],
    ids=range(9),
)
async def test_an_odd_request_is_answered(house: House, request_: bytes, status: int) -> None:
    assert await house.status(request_) == status
    assert house.acceptor.visitors == []


async def test_a_hub_that_takes_nobody_answers_503(house: House) -> None:
    house.acceptor.is_open = False
    assert await house.status(post("/connection/http_stream", CONNECT, more="Connection: close\r\n")) == 503


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        ("https://app.example", True),
        ("https://live.example.com", True),
        ("https://other.example", False),
        ("null", False),
    ],
)
async def test_pages_of_foreign_origins_neither_connect_nor_post(origin: str, is_allowed: bool) -> None:
    async with housing(["https://app.example"]) as house:
        more = f"Origin: {origin}\r\nConnection: close\r\n"
        assert await house.status(post("/emulation", posted("s", ""), more=more)) == (204 if is_allowed else 403)
        for request in (post("/connection/http_stream", CONNECT, more=more), sse("?cf_connect=x", more)):
            head, _, _ = await house.stream(request)
            assert head.split()[1] == (b"200" if is_allowed else b"403")


async def test_what_is_posted_reaches_the_connection_as_it_was_sent(house: House) -> None:
    await house.stream(STREAM)
    visitor = house.visitor
    assert await visitor.messages.get() == CONNECT
    session = visitor.opening.session
    assert await house.post(posted(session, '{}\n{"id":2,"rpc":{"method":"房"}}')) == 204
    assert await visitor.messages.get() == '{}\n{"id":2,"rpc":{"method":"房"}}'.encode()
    request = client_pb2.EmulationRequest(node=NODE, session=session, data=b"\x00\xff")
    assert await house.post(request.SerializeToString(), BINARY) == 204
    assert await visitor.messages.get() == b"\x00\xff"


async def test_what_is_posted_to_another_process_is_forwarded() -> None:
    forwarding = MemoryForwarding()
    received: list[tuple[str, bytes]] = []
    await forwarding.listen("there", lambda session, data: received.append((session, data)))
    async with housing(forwarding=forwarding) as house:
        assert await house.post(posted("s-1", "{}", "there")) == 204
        assert await house.post(posted("s-1", "{}", "nowhere")) == 404
        assert await house.post(posted("s-1", "{}", "")) == 404
        assert await house.post(posted("s\n1", "{}", "there")) == 404
        await house.stream(STREAM)
        assert await house.visitor.messages.get() == CONNECT
        assert await forwarding.send(NODE, house.visitor.opening.session, b"{}")
        assert await house.visitor.messages.get() == b"{}"
    assert received == [("s-1", b"{}")]


async def test_a_session_that_is_gone_is_no_failure(house: House) -> None:
    _, _, writer = await house.stream(STREAM)
    visitor = house.visitor
    assert len(house.emulation) == 1
    writer.close()
    await visitor.is_lost.wait()
    assert len(house.emulation) == 0
    assert await house.post(posted(visitor.opening.session, "{}")) == 204
    assert visitor.messages.qsize() == 1
    assert visitor.losses == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"session":"s","node":"here"}', 400),
        (b'{"session":"s","node":"here","data":{}}', 400),
        (b'{"session":"s","node":"here","data":"\\ud800"}', 400),
        (b'{"session":"s","node":"here","data":"\xff"}', 400),
        (b'{"more":' + b"[" * 1500, 400),
        (posted("s", '"' * MESSAGE_MAX), 204),
        (posted("s", "x" * (MESSAGE_MAX + 1)), 413),
        (b"x" * 4000, 413),
    ],
    ids=range(10),
)
async def test_an_odd_post_is_answered(house: House, body: bytes, status: int) -> None:
    assert await house.post(body) == status


async def test_a_binary_post_that_is_none_is_answered(house: House) -> None:
    assert await house.post(b"\x0a\xff", BINARY) == 400


async def test_without_the_live_store_nothing_new_begins_and_nothing_is_forwarded() -> None:
    store = Down()
    async with housing(forwarding=store) as house:
        assert await house.status(post("/connection/http_stream", CONNECT, more="Connection: close\r\n")) == 503
        assert await house.post(posted("s", "{}", "there")) == 503
        store.is_down = False
        await house.stream(STREAM)
        assert await house.post(posted(house.visitor.opening.session, "{}")) == 204


async def test_a_client_that_hangs_up_before_it_is_answered_is_lost() -> None:
    store, gone = Slow(), asyncio.Event()

    class Noticing(BoundedProtocol):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            gone.set()

    async with housing(forwarding=store, http=Noticing) as house, asyncio.timeout(5):
        _, writer = await asyncio.open_connection(LOOPBACK, house.port)
        writer.write(STREAM)
        await store.asked.wait()
        writer.close()
        await gone.wait()
        store.may_answer.set()
        await house.acceptor.came.wait()
        await house.visitor.is_lost.wait()
        assert len(house.emulation) == 0
        assert house.visitor.messages.empty()


@pytest.mark.parametrize("request_", [STREAM, EVENTS], ids=["stream", "sse"])
async def test_an_end_says_why_and_ends_the_answer(house: House, request_: bytes) -> None:
    _, reader, _ = await house.stream(request_)
    visitor = house.visitor
    visitor.transport.close(4500, "session ended")
    visitor.transport.close(3001, "again")
    visitor.transport.write(b"1\r\nx\r\n")
    *chunks, last, _, _ = (await rest(reader)).split(b"\r\n")
    assert last == b"0"
    received = json.loads(chunks[-1].removeprefix(b"data: "))
    assert received == {"push": {"disconnect": {"code": 4500, "reason": "session ended"}}}
    await visitor.is_lost.wait()
    assert visitor.losses == 1


async def test_who_may_come_back_is_told_so(house: House) -> None:
    _, reader, _ = await house.stream(STREAM)
    house.visitor.transport.close(3008, "slow")
    assert b'"reconnect":true' in await rest(reader)


async def test_a_stop_ends_streams(house: House) -> None:
    _, reader, _ = await house.stream(STREAM)
    signal.raise_signal(signal.SIGTERM)
    assert b'"code":3001' in await rest(reader)
    async with asyncio.timeout(5):
        await house.served


async def test_a_stream_takes_no_task_and_leaves_nothing_of_http() -> None:
    async with housing(http=Hasty) as house:
        before = len(asyncio.all_tasks())
        _, reader, writer = await house.stream(STREAM)
        assert len(asyncio.all_tasks()) <= before
        writer.write(STREAM)
        assert await is_open(reader)
        assert len(house.acceptor.visitors) == 1
        assert not Hasty.alive
        writer.close()
        await house.visitor.is_lost.wait()


async def test_a_client_that_does_not_read_is_cut_off(house: House) -> None:
    _, _, writer = await house.stream(STREAM)
    visitor = house.visitor
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    while visitor.transport.unsent < 1_000_000:
        visitor.transport.write(b"%x\r\n%b\r\n" % (65536, b"x" * 65536))
    visitor.transport.close(3008, "slow")
    async with asyncio.timeout(5):
        await visitor.is_lost.wait()
    writer.transport.abort()


def test_an_event_is_one_line() -> None:
    reply = Reply(push=Push("c", pub=PublicationPush(Raw(b'{\r\n"a":\r1\n}'))))
    assert SSE.encode(reply) == b'{"push":{"channel":"c","pub":{"data":{"a":1}}}}'


async def test_only_a_connection_that_needs_it_is_told_a_session(stage: Stage) -> None:
    ann = await stage.service.sign_up()
    for opening, session in ((OPENING, None), (OPENING._replace(session="secret"), "secret")):
        peer = Peer(stage.hub, opening=opening)
        result = (await peer.ask(connect={"data": {"token": ann.token}}))["connect"]
        assert (result.get("session"), result["node"]) == (session, stage.hub.node)


def test_an_ordinary_opening_has_no_session() -> None:
    assert Opening("a", "h", "", "", "r").session == ""
