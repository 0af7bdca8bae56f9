"""Answers that leave together: what comes before one is written overtakes nothing and takes nothing away."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from liveroom.http.answers import AT_ONCE, Answers
from liveroom.http.cycle import ANSWER
from liveroom.http.protocol import BoundedProtocol
from tests.http.echoes import LOOPBACK, exchange, serving

Send = Callable[[dict[str, Any]], Awaitable[None]]


def request(path: str, *more: str) -> bytes:
    return "\r\n".join((f"GET /{path} HTTP/1.1", "Host: h", *more, "", "")).encode()


class Watched(BoundedProtocol):
    """Lets a test reach the connection of the moment."""

    latest: "Watched"

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        Watched.latest = self


class Answering:
    """Answers with the path; ``between`` happens after the answer to ``/first``, before it is written."""

    def __init__(self, between: Callable[[Watched], None] = lambda _: None) -> None:
        self._between = between

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        del receive
        path = scope["path"][1:]
        if path == "slow":
            for _ in range(20):
                await asyncio.sleep(0)
        if path == "plain":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
            await send({"type": "http.response.body", "body": b"plain"})
            return
        await send({"type": ANSWER, "fields": b"", "body": path.encode(), "closes": path == "last"})
        if path == "first":
            self._between(Watched.latest)


def bodies(said: bytes) -> list[bytes]:
    """Return the bodies of answers, in their order."""
    found = []
    while said:
        head, _, said = said.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        found.append(said[:length])
        said = said[length:]
    return found


@pytest.mark.parametrize("following", ["slow", "plain"])
async def test_requests_that_come_before_an_answer_is_written_are_answered_in_their_order(following: str) -> None:
    def between(connection: Watched) -> None:
        connection.data_received(request(following) + request("third") + request("last"))

    async with serving(Answering(between), http=Watched) as (port, _):
        said = await exchange(port, request("first"))
    assert bodies(said) == [b"first", following.encode(), b"third", b"last"]


async def test_a_request_that_is_refused_before_an_answer_is_written_is_refused_after_it() -> None:
    async with serving(Answering(lambda one: one.data_received(b"SSH-2.0\r\n")), http=Watched) as (port, _):
        said = await exchange(port, request("first"))
    assert said.startswith(b"HTTP/1.1 200")
    assert b"first" in said.partition(b"HTTP/1.1 400")[0]
    assert bodies(said)[1].startswith(b"This is no HTTP")


async def test_a_client_that_says_no_more_still_gets_its_answer() -> None:
    def between(connection: Watched) -> None:
        connection.eof_received()
        connection.transport.close()

    async with serving(Answering(between), http=Watched) as (port, _):
        assert bodies(await exchange(port, request("first"))) == [b"first"]


async def test_a_stop_between_an_answer_and_its_writing_loses_no_answer() -> None:
    async with serving(Answering(lambda one: one.shutdown()), http=Watched) as (port, _):
        assert bodies(await exchange(port, request("first"))) == [b"first"]


async def test_an_answer_to_a_client_that_is_gone_is_thrown_away() -> None:
    async with serving(Answering(lambda one: one.transport.abort()), http=Watched) as (port, _):
        with contextlib.suppress(ConnectionError):
            assert await exchange(port, request("first")) == b""
        assert bodies(await exchange(port, request("last"))) == [b"last"]


async def test_answers_of_a_moment_are_written_together_and_no_more_than_a_batch_of_them() -> None:
    answers, written = Answers(), []
    for number in range(AT_ONCE + 3):
        answers.add(lambda number=number: written.append(number))  # type: ignore[misc]
    assert written == list(range(AT_ONCE))
    await asyncio.sleep(0)
    assert written == list(range(AT_ONCE + 3))


async def test_a_large_answer_and_one_that_ends_the_connection_are_whole() -> None:
    large = "a" * 15_000
    async with serving(Answering()) as (port, served):
        assert bodies(await exchange(port, request(large, "Connection: close"))) == [large.encode()]
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(request("second"))
        assert (await reader.readuntil(b"second")).startswith(b"HTTP/1.1 200")
        signal.raise_signal(signal.SIGTERM)
        assert await reader.read() == b""
        writer.close()
        await served
