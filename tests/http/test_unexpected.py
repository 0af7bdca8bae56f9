"""What a client may send and nobody foresaw: an answer, one line in the log, one more on a counter, no traceback."""

import asyncio
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liveroom.api.envelopes import Outcome
from liveroom.http.health import Health, health_routes
from liveroom.http.metrics import Meter, MetricsPage
from liveroom.http.site import make_site
from liveroom.log import UNEXPECTED
from tests.http.echoes import ECHO, LOOPBACK, Echoes, client_of, make_app, make_registry, serving

GET = f"GET {ECHO}?text=a HTTP/1.1\r\nHost: h\r\n"
POST = f"POST {ECHO} HTTP/1.1\r\nHost: h\r\n"


async def _break(_: Request) -> Response:
    raise KeyError("nobody foresaw this")


async def _read(request: Request) -> Response:
    return Response(await request.body())


def app_of(path: str, answer: Callable[[Request], Any]) -> Any:
    return make_app(site=make_site(make_registry(), [Route(path, answer, methods=["GET", "POST"])]))


async def test_an_error_that_nobody_foresaw_is_answered_in_one_line_and_counted(written_log: io.StringIO) -> None:
    before = UNEXPECTED.get(("request.failed",), 0)
    async with client_of(app_of("/broken", _break)) as client:
        answer = await client.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["errorCode"] == 99
    assert answer.headers["x-request-id"] == answer.json()["requestId"]
    (line,) = _lines(written_log)
    assert (line["event"], line["path"]) == ("request.failed", "/broken")
    assert line["cause"] == "KeyError('nobody foresaw this')"
    assert line["at"].startswith("asgi.py:")
    assert "Traceback" not in str(line)
    assert UNEXPECTED["request.failed",] == before + 1


async def test_so_is_one_in_front_of_a_method(written_log: io.StringIO) -> None:
    class Broken(Echoes):
        async def call(self, *_: Any) -> Outcome:
            raise KeyError("nobody foresaw this")

    async with serving(make_app(Broken())) as (port, _):
        answer = await _ask(port, (GET + "Connection: close\r\n\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 500")
    assert b'"errorCode":99' in answer
    assert [line["event"] for line in _lines(written_log)] == ["request.failed"]


async def test_on_a_server_the_connection_goes_on_without_a_traceback(written_log: io.StringIO) -> None:
    async with serving(app_of("/broken", _break)) as (port, _):
        answer = await _ask(
            port, b"GET /broken HTTP/1.1\r\nHost: h\r\n\r\n" + GET.encode() + b"Connection: close\r\n\r\n"
        )
    assert answer.startswith(b"HTTP/1.1 500")
    assert b'"errorCode":99' in answer
    assert len(_lines(written_log)) == 1


async def test_a_client_that_goes_away_within_its_request_is_no_error(written_log: io.StringIO) -> None:
    async with serving(app_of("/read", _read)) as (port, _):
        _, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(b"POST /read HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")
        await writer.drain()
        writer.transport.abort()
        await _ask(port, (GET + "Connection: close\r\n\r\n").encode())
    assert written_log.getvalue() == ""


@pytest.mark.parametrize(
    "accept", ["application/openmetrics-text; version=x", "application/openmetrics-text;version=²"]
)
async def test_figures_are_shown_to_whoever_names_a_version_that_is_none(accept: str) -> None:
    site = Starlette(routes=health_routes(Health({}), MetricsPage(Meter())))
    async with client_of(site) as client:
        answer = await client.get("/metrics", headers={b"accept": accept.encode("latin-1")})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")


async def test_what_arrives_broken_behind_a_call_that_runs_does_not_take_its_answer() -> None:
    """The refusal was written first, and the answer that was due raised behind the end of the stream."""
    calls = Echoes(gate=asyncio.Event())
    head = POST + "Transfer-Encoding: chunked\r\n\r\n"
    async with serving(make_app(calls)) as (port, _):
        sent = (GET + "\r\n" + GET + "X-Request-ID: second\r\n\r\n" + head + "zz\r\n").encode()
        asking = asyncio.create_task(_ask(port, sent))
        await calls.entered.wait()
        calls.gate.set()  # type: ignore[union-attr]
        answer = await asking
    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.count(b"HTTP/1.1") == 2
    assert len(calls.asked) == 2


async def test_a_call_that_waits_behind_another_is_answered_after_it_though_it_is_not_whole() -> None:
    calls = Echoes(gate=asyncio.Event())
    large = POST + f"Connection: close\r\nContent-Length: 70000\r\n\r\n{'a' * 100}"
    async with serving(make_app(calls)) as (port, _):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write((GET + "\r\n" + large).encode())
        await calls.entered.wait()
        calls.gate.set()  # type: ignore[union-attr]
        writer.write(b"a" * 69_900)
        answer = await reader.read()
        writer.close()
    assert answer.count(b"HTTP/1.1 200") == 2
    assert b'"errorCode":2002' in answer


async def test_leave_to_go_on_is_not_given_to_a_request_that_was_refused(written_log: io.StringIO) -> None:
    async with serving(make_app()) as (port, _):
        sent = POST + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        answer = await _ask(port, sent.encode())
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"100 Continue" not in answer
    assert written_log.getvalue() == ""


def _lines(written: io.StringIO) -> list[dict[str, Any]]:
    """Return what is logged above the debug level."""
    lines = map(json.loads, written.getvalue().splitlines())
    return [line for line in lines if line["level"] != "debug"]


async def _ask(port: int, sent: bytes) -> bytes:
    """Send bytes and return all that comes back until the server closes."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    writer.write(sent)
    try:
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()
