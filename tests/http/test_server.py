"""The application on a real socket: bounds, slow clients, odd ones, and stopping."""

import asyncio
import errno
import re
import signal
import socket

import httpx
import pytest
from structlog.testing import capture_logs

from liveroom.http.protocol import BoundedProtocol
from liveroom.http.server import CannotListen, listen
from tests.http.echoes import ECHO, LOOPBACK, Echoes, exchange, make_app, serving

GET = f"GET {ECHO}?text=a HTTP/1.1\r\nHost: h\r\n"


class Hasty(BoundedProtocol):
    """Waits for a tenth of a second where the service waits for ten."""

    request_seconds = 0.1


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def test_every_encoding_works_on_a_socket() -> None:
    values: dict[str, str | int] = {"text": "你好 live", "number": 12}
    async with serving(make_app()) as (port, _), httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}") as client:
        answers = [
            await client.get(ECHO, params=values),
            await client.post(ECHO, data=values),
            await client.post(ECHO, json=values),
            await client.post("/prod/" + ECHO + "/", params={"text": "你好 live"}, json={"number": "12"}),
            await client.request("GET", ECHO, params=values, json=values),
        ]
        assert {answer.json()["data"]["text"] for answer in answers} == {"你好 live"}
        assert {answer.json()["data"]["number"] for answer in answers} == {12}
        assert {answer.headers["access-control-allow-origin"] for answer in answers} == {"*"}
        assert all(answer.headers["x-request-id"] == answer.json()["requestId"] for answer in answers)
        assert all("date" in answer.headers and "server" not in answer.headers for answer in answers)


async def test_a_head_request_gets_the_headers_of_the_answer_only() -> None:
    async with serving(make_app()) as (port, _):
        answer = await exchange(port, GET.replace("GET", "HEAD").encode() + b"Connection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert status_of(head) == 200
    assert int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]) > 0
    assert body == b""


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (f"GET {ECHO}?text={'a' * 16_300} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 200),
        (f"GET {ECHO}?text={'a' * 16_400} HTTP/1.1\r\nHost: h\r\n\r\n", 414),
        (f"GET {ECHO}?text={'a' * 300_000}", 414),
        (GET + f"X-Big: {'a' * 31_000}\r\nConnection: close\r\n\r\n", 200),
        (GET + f"X-Big: {'a' * 33_000}\r\n\r\n", 431),
        (GET + f"X-Big: {'a' * 600_000}", 431),
        (GET + "X: 1\r\n" * 98 + "Connection: close\r\n\r\n", 200),
        (GET + "X: 1\r\n" * 100 + "\r\n", 431),
        (GET + "X: 1\r\n" * 90_000, 431),
        ("SSH-2.0-OpenSSH_9.2\r\n", 400),
        ("GET\r\n\r\n", 400),
        (GET + "Content-Length: -1\r\n\r\n", 400),
        (GET + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (GET + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_request_is_bounded_before_it_is_kept(sent: str, status: int) -> None:
    async with serving(make_app()) as (port, _):
        assert status_of(await exchange(port, sent.encode())) == status


async def test_a_header_that_trickles_in_is_bounded_too() -> None:
    async with serving(make_app()) as (port, _):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(GET.encode() + b"X-Big: ")
        for _ in range(60):
            writer.write(b"a" * 1000)
            await writer.drain()
            await asyncio.sleep(0)
        assert status_of(await reader.read()) == 431
        writer.close()


@pytest.mark.parametrize("body", [b"x" * 65_537, b"x" * 900_000])
async def test_a_body_that_is_too_large_is_the_methods_code_and_the_end_of_the_connection(body: bytes) -> None:
    head = f"POST {ECHO} HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    async with serving(make_app()) as (port, _):
        answer = await exchange(port, head + body)
    assert status_of(answer) == 200
    assert b'"errorCode":2002' in answer
    assert b"connection: close" in answer


async def test_a_body_of_gigabytes_is_refused_while_its_client_waits_for_leave() -> None:
    head = f"POST {ECHO} HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000000\r\nExpect: 100-continue\r\n\r\n".encode()
    async with serving(make_app()) as (port, _):
        answer = await exchange(port, head)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"errorCode":2002' in answer


async def test_a_body_in_chunks_is_read_and_its_trailers_are_no_headers() -> None:
    calls = Echoes()
    head = f"POST {ECHO} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    async with serving(make_app(calls)) as (port, _):
        answer = await exchange(port, head + b"4\r\ntext\r\n2\r\n=a\r\n0\r\nAuthorization: Bearer t\r\n\r\n")
    assert b'"text":"a"' in answer
    assert calls.context.bearer == ""


@pytest.mark.parametrize("end", [b"0\r\nX: " + b"a" * 400_000, b"zz\r\n"])
async def test_a_body_that_ends_in_rubbish_is_refused(end: bytes) -> None:
    calls = Echoes()
    head = f"POST {ECHO} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    async with serving(make_app(calls)) as (port, _):
        assert status_of(await exchange(port, head + b"6\r\ntext=a\r\n" + end)) in (400, 431)
    assert calls.asked == []


async def test_many_requests_at_once_on_one_connection_are_answered_in_order() -> None:
    calls = Echoes()
    sent = "".join(f"{GET}X-Request-ID: {number}\r\n\r\n" for number in range(20))
    async with serving(make_app(calls)) as (port, _):
        answer = await exchange(port, sent.encode() + (GET + "Connection: close\r\n\r\n").encode())
    assert answer.count(b"HTTP/1.1 200") == 21
    assert [context.request_id for _, _, context in calls.asked][:20] == [str(number) for number in range(20)]


async def test_thousands_of_requests_at_once_on_one_connection_are_cut_off() -> None:
    calls = Echoes()
    async with serving(make_app(calls)) as (port, _):
        await exchange(port, (GET + "\r\n").encode() * 5000)
    assert len(calls.asked) < 100


@pytest.mark.parametrize("body", [b'{"text":"a"}', b'{"text":"' + b"a" * 30_000 + b'"}'])
async def test_a_client_that_would_rather_speak_http2_loses_no_body(body: bytes) -> None:
    upgrade = (
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAA\r\n"
    )
    head = f"POST {ECHO} HTTP/1.1\r\nHost: h\r\n{upgrade}Content-Length: {len(body)}\r\n\r\n"
    async with serving(make_app()) as (port, _):
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        for part in (head.encode(), body[:7], body[7:]):
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)
        writer.write((GET + "Connection: close\r\n\r\n").encode())
        answer = await reader.read()
        writer.close()
    assert answer.count(b'"errorCode":0') == 2


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"", b""),
        (b"\r\n", b""),
        (b"GET /base", b"HTTP/1.1 408"),
        (GET.encode(), b"HTTP/1.1 408"),
        ((GET + "\r\n" + GET).encode(), b"HTTP/1.1 200"),
        (f"POST {ECHO} HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab".encode(), b"HTTP/1.1 408"),
    ],
    ids=str,
)
async def test_a_client_that_does_not_go_on_is_sent_away(sent: bytes, said: bytes) -> None:
    async with serving(make_app(), http=Hasty) as (port, _):
        answer = await exchange(port, sent)
    assert answer.startswith(said)
    assert bool(answer) is bool(said)


async def test_a_call_may_take_longer_than_its_request() -> None:
    calls = Echoes(gate=asyncio.Event())
    async with serving(make_app(calls), http=Hasty) as (port, _):
        answer = asyncio.create_task(exchange(port, (GET + "Connection: close\r\n\r\n").encode()))
        late = asyncio.create_task(exchange(port, b"GET /"))
        assert status_of(await late) == 408
        assert not answer.done()
        calls.gate.set()  # type: ignore[union-attr]
        assert status_of(await answer) == 200


async def test_a_stop_finishes_what_runs_and_takes_nothing_new() -> None:
    calls = Echoes(gate=asyncio.Event())
    async with serving(make_app(calls)) as (port, served):
        idle = asyncio.create_task(exchange(port, b""))
        running = asyncio.create_task(exchange(port, (GET + "\r\n").encode()))
        await calls.entered.wait()
        signal.raise_signal(signal.SIGTERM)
        assert await idle == b""
        assert await _refuses(port)
        assert not running.done()
        calls.gate.set()  # type: ignore[union-attr]
        answer = await running
        await served
    assert status_of(answer) == 200
    assert b"connection: close" in answer


async def test_a_second_signal_waits_for_nothing() -> None:
    calls = Echoes(gate=asyncio.Event())
    async with serving(make_app(calls)) as (port, served):
        running = asyncio.create_task(exchange(port, (GET + "\r\n").encode()))
        await calls.entered.wait()
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        async with asyncio.timeout(2):
            await served
        calls.gate.set()  # type: ignore[union-attr]
        await running


async def test_a_stop_waits_for_no_call_for_ever() -> None:
    calls = Echoes(gate=asyncio.Event())
    async with serving(make_app(calls), grace=1) as (port, served):
        running = asyncio.create_task(exchange(port, (GET + "\r\n").encode()))
        await calls.entered.wait()
        signal.raise_signal(signal.SIGTERM)
        async with asyncio.timeout(4):
            await served
        await running


async def test_what_a_stop_cuts_off_is_a_line_of_the_log_and_no_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """Ctrl-C while somebody downloaded slowly wrote fifty lines of "Exception in ASGI application"."""
    calls = Echoes(gate=asyncio.Event())
    with capture_logs() as lines:
        async with serving(make_app(calls), grace=1) as (port, served):
            running = asyncio.create_task(exchange(port, (GET + "\r\n").encode()))
            await calls.entered.wait()
            signal.raise_signal(signal.SIGINT)
            await served
            assert await running == b""
    assert [(line["event"], line["path"]) for line in lines] == [("request.cut_off", ECHO)]
    assert caplog.records == []


async def test_a_stop_says_nothing_of_a_client_that_does_not_hang_up(caplog: pytest.LogCaptureFixture) -> None:
    """Ctrl-C during a slow upload wrote "Cancel 0 running task(s), timeout graceful shutdown exceeded", an error."""
    with capture_logs() as lines:
        async with serving(make_app(), grace=1, http=Hasty) as (port, served):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(f"POST {ECHO} HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab".encode())
            assert status_of(await reader.read()) == 408
            signal.raise_signal(signal.SIGINT)
            await served
            writer.close()
            await writer.wait_closed()
    assert lines == []
    assert caplog.records == []


async def _refuses(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(LOOPBACK, port)
    except OSError as problem:
        return problem.errno == errno.ECONNREFUSED
    writer.close()
    return False


def test_a_port_that_is_taken_is_told_in_a_sentence() -> None:
    taken = pytest.raises(CannotListen, match="is taken by another program; choose another with --port")
    with socket.create_server((LOOPBACK, 0)) as other, taken as refused:
        listen(LOOPBACK, other.getsockname()[1])
    # Who called `make run` had no place for an option.
    assert re.search(r'`make run ARGS="--port \d+"`', str(refused.value))


def test_several_processes_can_listen_on_one_port() -> None:
    with listen(LOOPBACK, 0, reuse_port=True) as first, listen(LOOPBACK, first.getsockname()[1], reuse_port=True):
        pass


@pytest.mark.parametrize("host", ["203.0.113.77", "no.such.host.invalid"])
def test_an_address_of_another_machine_is_told_in_a_sentence(host: str) -> None:
    with pytest.raises(CannotListen, match=host):
        listen(host, 0)
