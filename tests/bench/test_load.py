"""The load of `liveroom bench`: what is sent, how answers are counted, and what it does not do to strangers."""

import asyncio
import io
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from rich.console import Console

from liveroom import cli
from liveroom.bench import calls
from liveroom.bench.figures import BenchOutcome, Figures
from liveroom.bench.load import Load, dice
from liveroom.bench.mix import ANCHORS, KEEPALIVE, OTHERS, Mix, shares
from liveroom.bench.people import CannotPrepare, Person, SimulatedUsers
from liveroom.bench.requests import Form, request
from liveroom.bench.session import Wanted, measure
from liveroom.bench.target import BenchTarget, TargetRefused, read_target
from liveroom.bench.wire import Connections, NoAnswer
from tests.servers import LOOPBACK, free_ports
from tests.service import process

CONTRACT = Path(__file__).parent.parent / "data/mix.json"
HERE = BenchTarget(LOOPBACK, 9000)
NOTHING = frozenset[int]()


def crowd(count: int = 50) -> SimulatedUsers:
    people = [Person(f"p{n}", n % 2 == 0, n < 2, id=str(n + 1), token=f"t{n}") for n in range(count)]
    return SimulatedUsers(HERE, people, dice(7), on_air=people[:2])


class Parrot(asyncio.Protocol):
    """Answers each request with the same parts, one after the other; hangs up where there are none."""

    open: ClassVar[list[asyncio.Transport]] = []

    def __init__(self, parts: tuple[bytes, ...]) -> None:
        self._parts = parts

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.open.append(self._transport)

    def data_received(self, data: bytes) -> None:
        del data
        self._say(0)

    def _say(self, number: int) -> None:
        if not self._parts:
            self._transport.close()
        elif number < len(self._parts):
            self._transport.write(self._parts[number])
            asyncio.get_running_loop().call_soon(self._say, number + 1)


@asynccontextmanager
async def answering(*parts: bytes) -> AsyncIterator[BenchTarget]:
    """Yield the address of a parrot."""
    server = await asyncio.get_running_loop().create_server(lambda: Parrot(parts), LOOPBACK, 0)
    try:
        yield BenchTarget(LOOPBACK, server.sockets[0].getsockname()[1])
    finally:
        server.close()
        while Parrot.open:
            Parrot.open.pop().abort()
        await server.wait_closed()
        await asyncio.sleep(0)


async def ask(target: BenchTarget) -> int:
    connections = Connections(target, 1)
    try:
        return (await connections.ask(request(target, "gslb", Form.QUERY, {}))).code
    finally:
        connections.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "localhost:9000", "http://[::1]:9000/live/"])
def test_this_machine_may_be_loaded(url: str) -> None:
    assert read_target(url).port == 9000


@pytest.mark.parametrize("url", ["http://example.com", "http://10.0.0.1:9000", "http://127.0.0.1.example.com"])
def test_other_machines_are_refused_unless_they_are_the_callers(url: str) -> None:
    with pytest.raises(TargetRefused, match="yes-this-is-my-server"):
        read_target(url)
    assert read_target(url, is_mine=True).host in url


@pytest.mark.parametrize("url", ["https://127.0.0.1", "http://127.0.0.1:port", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused):
        read_target(url, is_mine=True)


def test_the_command_refuses_strangers(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["bench", "--url", "http://10.0.0.1"])
    assert ended.value.code == 2
    assert "yes-this-is-my-server" in capsys.readouterr().err


def test_the_mix_is_that_of_the_contract() -> None:
    contract = json.loads(CONTRACT.read_text(encoding="utf-8"))
    documented = {call["call"].partition(" (")[0]: call["rps"] for call in contract["calls"]}
    assert {share.call: share.rate for share in (KEEPALIVE, *OTHERS)} == documented
    assert contract["anchors"] / contract["per_users"] == ANCHORS


def test_every_call_of_the_mix_can_be_drawn() -> None:
    assert {share.call for mix in Mix for share in shares(mix)} == set(calls.DRAWS)


def test_account_calls_come_as_the_phone_sends_them() -> None:
    android, iphone = crowd().people[:2]
    line = calls.keepalive_of(crowd(), android).request.split(b"\r\n")[0].decode()
    assert line.startswith("GET /base/v1/auth_users/user_keepalive?")
    assert parse_qs(urlsplit(line.split()[1]).query) == {"apaasUserId": ["1"], "token": ["t0"]}
    head, _, body = calls.keepalive_of(crowd(), iphone).request.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head
    assert json.loads(body) == {"userId": "2", "token": "t1", "appId": 0}


def test_room_calls_are_forms() -> None:
    head, _, body = calls.enter_audience(crowd()).request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /base/v1/rooms/enter_room ")
    assert f"content-length: {len(body)}".encode() in head
    assert parse_qs(body.decode())["role"] == ["audience"]


def test_rooms_are_as_full_as_zipf_says() -> None:
    people = crowd()
    seen = Counter(people.popular_room() for _ in range(3000))
    assert 1.7 < seen["1"] / seen["2"] < 2.4


def test_who_has_logged_out_calls_nobody_until_they_sign_in() -> None:
    people = crowd()
    gone = calls.logout(people).person
    assert all(people.anyone() is not gone for _ in range(500))
    assert calls.signature(people).person is gone


def test_percentiles_are_right_to_a_fiftieth() -> None:
    figures = Figures()
    for number in range(1, 1001):
        figures.note(number / 1000, 0, NOTHING)
        figures.note_silence(allowed=True)  # which has taken no time
    assert figures.percentile(0.5) == pytest.approx(0.5, rel=0.02)
    assert figures.percentile(0.99) == pytest.approx(0.99, rel=0.02)


def test_only_what_the_call_may_not_answer_is_an_error() -> None:
    outcome = BenchOutcome()
    outcome.of("enter").note(0.1, 2004, frozenset({2004}))
    assert outcome.failures == 0
    outcome.of("enter").note(0.1, 99, frozenset({2004}))
    outcome.of("enter").note(0.1, -502, frozenset({2004}))
    assert dict(outcome.of("enter").unexpected) == {"99": 1, "HTTP 502": 1}
    assert outcome.failures == 2


async def test_an_answer_in_pieces_is_put_together() -> None:
    body = b'{"errorCode":2004,"errorMessage":"x"}'
    async with answering(b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 37\r\n\r\n", body[:5], body[5:]) as target:
        assert await ask(target) == 2004


async def test_an_answer_without_an_envelope_counts_by_its_status() -> None:
    async with answering(b"HTTP/1.1 502 Bad\r\ncontent-length: 3\r\n\r\nbad") as target:
        assert await ask(target) == -502


async def test_a_server_that_hangs_up_gives_no_answer() -> None:
    async with answering() as target:
        with pytest.raises(NoAnswer):
            await ask(target)


async def test_a_service_that_answers_nonsense_is_reported() -> None:
    async with answering(b'HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"errorCode":1}') as target:
        people = crowd()
        people.target = target
        connections = Connections(target, 4)
        load = Load(people, connections, Mix.KEEPALIVE, seconds=0.5, pace=10)
        outcome = await load.run(lambda _: None)
        connections.close()
    assert outcome.of("user_keepalive").unexpected["1"] == outcome.failures > 0


async def test_silence_is_expected_during_a_restart_only() -> None:
    for mix, expected in ((Mix.RESTART, True), (Mix.KEEPALIVE, False)):
        people = crowd()
        people.target = BenchTarget(LOOPBACK, free_ports(1)[0])
        load = Load(people, Connections(people.target, 4), mix, seconds=0.3, pace=10)
        outcome = await load.run(lambda _: None)
        assert (outcome.failures == 0) is expected


async def test_users_that_the_service_does_not_take_end_the_run(tmp_path: Path) -> None:
    async with process(tmp_path, registration="closed") as service:
        wanted = Wanted(read_target(str(service.http.base_url)), 5, 1, Mix.MIX, 1, 4, 1)
        with pytest.raises(CannotPrepare, match="register"):
            await measure(wanted, Console(file=io.StringIO()))


async def test_a_real_service_answers_every_mix_as_it_should(tmp_path: Path) -> None:
    """Each run after the first finds its users again."""
    async with process(tmp_path, account_limit=0) as service:
        for mix in Mix:
            printed = io.StringIO()
            wanted = Wanted(read_target(str(service.http.base_url)), 100, 1, mix, 10, 16, 1)
            outcome = await measure(wanted, Console(file=printed, width=120))
            assert outcome.failures == 0, printed.getvalue()
            assert sum(figures.count for figures in outcome.calls.values()) > 30
            assert "Every call was answered as it should be." in printed.getvalue()
