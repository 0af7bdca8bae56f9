"""Frames on real connections: written at once while nothing is unsent, in order whatever happens, on both loops."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import uvloop
from websockets.asyncio.client import connect

from liveroom.http.certificates import Tls
from liveroom.realtime.batch_writer import UNSENT_MAX, BatchWriter
from liveroom.realtime.broadcast_group import BroadcastGroup
from liveroom.realtime.framing import CLOSED, WS_JSON, Framing, Opening, Transport
from liveroom.realtime.pending import Connection
from liveroom.realtime.socket import WebSocket, make_socket
from liveroom.settings import load_settings
from tests.http.echoes import LOOPBACK
from tests.sync.entrance import Entrance

HEAD = (
    b"GET / HTTP/1.1\r\nHost: live.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
LARGE = 200_000


class MemberSummary(Connection):
    """One connection, as the hub would make it."""

    def __init__(self, transport: Transport, framing: Framing) -> None:
        super().__init__(transport, framing)
        self.is_lost = asyncio.Event()

    def received(self, message: bytes) -> None: ...

    def lost(self) -> None:
        self.open, self.pending = False, None
        self.is_lost.set()

    def slow(self) -> None:
        self.open = False
        self.transport.close(3008, "slow")


class Hall:
    """A server of WebSockets, and who came."""

    def __init__(self) -> None:
        self.guests: list[MemberSummary] = []
        self.port = 0
        self.writer = BatchWriter()
        self.group: BroadcastGroup[MemberSummary] = BroadcastGroup(self.writer, WS_JSON)
        self.connections: set[Any] = set()

    def accept(self, transport: Transport, framing: Framing, opening: Opening) -> MemberSummary:
        guest = MemberSummary(transport, framing)
        self.guests.append(guest)
        self.group.add(guest)
        return guest

    async def come(self) -> tuple[asyncio.StreamReader, MemberSummary]:
        """Open a connection of which nothing is read ahead."""
        other = socket.socket()
        other.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        other.connect((LOOPBACK, self.port))
        reader, writer = await asyncio.open_connection(sock=other, limit=1024)
        writer.write(HEAD)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        self._writers.append(writer)
        return reader, self.guests[-1]

    @asynccontextmanager
    async def open(self, tls: ssl.SSLContext | None = None) -> AsyncIterator["Hall"]:
        kind = make_socket(
            self, is_ours=lambda _: True, origins=("*",), address_of=lambda peer, _: peer, host_of=lambda _: ""
        )
        self._writers: list[asyncio.StreamWriter] = []
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Entrance(kind(None, self, None)), LOOPBACK, 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self._writers:
                writer.transport.abort()
            async with asyncio.timeout(10):
                for guest in self.guests:
                    await guest.is_lost.wait()


async def read_message(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(10):
        size = (await reader.readexactly(2))[1]
        if size == 126:
            size = int.from_bytes(await reader.readexactly(2))
        elif size == 127:
            size = int.from_bytes(await reader.readexactly(8))
        return await reader.readexactly(size)


Scenario = Callable[[Callable[[Hall], Awaitable[None]]], None]


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def play(request: pytest.FixtureRequest) -> Scenario:
    """Return what plays a scene in a hall, on each kind of loop."""

    def play(scene: Callable[[Hall], Awaitable[None]]) -> None:
        async def main() -> None:
            async with Hall().open() as hall:
                await scene(hall)

        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(main())

    return play


def test_a_frame_has_left_before_the_transport_hears_of_it(play: Scenario) -> None:
    async def scene(hall: Hall) -> None:
        reader, guest = await hall.come()
        assert guest.descriptor != CLOSED
        hall.writer.reply(guest, b"hello")
        hall.writer.flush(guest)
        assert guest.transport.unsent == 0
        assert await read_message(reader) == b"hello"

    play(scene)


def test_what_the_kernel_takes_in_part_comes_whole_and_in_order(play: Scenario) -> None:
    async def scene(hall: Hall) -> None:
        reader, guest = await hall.come()
        sent: list[bytes] = []
        behind = 0
        while behind < 3:
            sent.append(b"%d:" % len(sent) + b"x" * LARGE)
            hall.group.broadcast(sent[-1])
            hall.writer.flush(guest)
            behind += guest.descriptor == CLOSED
            assert len(sent) < 1000
        assert guest.transport.unsent > LARGE
        assert [await read_message(reader) for _ in sent] == sent
        turns = 0
        while guest.descriptor == CLOSED:
            await asyncio.sleep(0)
            turns += 1
            assert turns < 10_000
        assert guest.transport.unsent == 0
        hall.group.broadcast(b"on")
        assert await read_message(reader) == b"on"

    play(scene)


def test_nothing_goes_past_a_single_byte_that_is_unsent(play: Scenario) -> None:
    async def scene(hall: Hall) -> None:
        _, guest = await hall.come()
        while not guest.transport.unsent:
            assert guest.descriptor != CLOSED
            hall.group.broadcast(b"x" * 1000)
            hall.writer.flush(guest)
        assert guest.descriptor == CLOSED

    play(scene)


def test_whoever_does_not_read_is_ended_with_3008_and_the_others_hear_everything(play: Scenario) -> None:
    async def scene(hall: Hall) -> None:
        _, slow = await hall.come()
        reader, _ = await hall.come()
        number = 0
        while slow.open:
            hall.group.broadcast(b"%d:" % number + b"x" * LARGE)
            assert (await read_message(reader)).startswith(b"%d:" % number)
            number += 1
        hall.group.discard(slow)
        assert number > UNSENT_MAX // LARGE
        assert slow.descriptor == CLOSED
        assert slow.transport.unsent <= UNSENT_MAX + 100

    play(scene)


def test_a_message_that_was_begun_is_finished_and_the_next_one_is_too_much(play: Scenario) -> None:
    async def scene(hall: Hall) -> None:
        _, guest = await hall.come()
        hall.group.broadcast(b"x" * 8 * UNSENT_MAX)
        hall.writer.flush(guest)
        assert guest.open
        assert guest.transport.unsent > UNSENT_MAX
        hall.group.broadcast(b"y")
        hall.writer.flush(guest)
        assert not guest.open
        hall.group.discard(guest)

    play(scene)


def test_nothing_is_written_past_a_transport_that_is_closing_or_lost(play: Scenario) -> None:
    async def scene(hall: Hall) -> None:
        reader, guest = await hall.come()
        guest.transport.close(3000, "bye")
        assert guest.descriptor == CLOSED
        hall.writer.send([guest], b"late")
        hall.writer.flush(guest)
        assert await reader.readexactly(7) == b"\x88\x05\x0b\xb8bye"
        cast("WebSocket", guest.transport)._transport.abort()
        await guest.is_lost.wait()
        guest.open = True
        hall.writer.send([guest], b"later")
        hall.writer.flush(guest)
        assert guest.descriptor == CLOSED

    play(scene)


def test_a_descriptor_is_given_back_before_it_can_be_another_one_s(play: Scenario) -> None:
    """The socket is still open when the connection is told that it is lost: nothing else can have its number."""

    async def scene(hall: Hall) -> None:
        _, guest = await hall.come()
        descriptor, seen = guest.descriptor, []

        def lost() -> None:
            seen.append((guest.descriptor, socket.socket(fileno=descriptor).detach()))
            MemberSummary.lost(guest)

        guest.lost = lost  # type: ignore[method-assign]
        hall._writers[0].transport.abort()
        await guest.is_lost.wait()
        assert seen == [(CLOSED, descriptor)]

    play(scene)


def test_a_connection_that_broke_is_found_out_by_its_transport(play: Scenario) -> None:
    async def scene(hall: Hall) -> None:
        reader, guest = await hall.come()
        other, _ = await hall.come()
        descriptor = guest.descriptor
        broken = socket.socket(fileno=descriptor)
        broken.shutdown(socket.SHUT_WR)
        broken.detach()
        hall.group.broadcast(b"x")
        assert await read_message(other) == b"x"
        await guest.is_lost.wait()
        assert guest.descriptor == CLOSED
        assert await reader.read() == b""

    play(scene)


def test_what_goes_over_tls_goes_by_its_transport(play: Scenario, tmp_path: Path) -> None:
    settings = load_settings({"data_dir": tmp_path, "https": True}, environ={}, dotenv=None)
    context = Tls(settings, datetime.now(UTC)).context
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

    async def scene(_: Hall) -> None:
        async with (
            Hall().open(context) as hall,
            connect(f"wss://{LOOPBACK}:{hall.port}/", ssl=trusting, compression=None, proxy=None) as client,
        ):
            guest = hall.guests[0]
            for payload in (b"a", b"b" * LARGE, b"c"):
                hall.group.broadcast(payload)
                assert guest.descriptor == CLOSED
                assert await client.recv(decode=False) == payload

    play(scene)
