"""`liveroom conform` as an operator runs it: what it says first, what it prints, writes and leaves, and how it ends."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

import httpx
import pytest

from liveroom import cli
from liveroom.clock import SystemClock
from liveroom.conform.playing import CallVerdict
from liveroom.conform.sending import RequestPace, read_url
from liveroom.conform.session import ConformWish, run_conform
from liveroom.conform.shipped import shipped_apps
from tests.cli.original import DocumentedService, documented_service
from tests.servers import LOOPBACK, free_ports
from tests.service import CODE

YES = "--yes-i-operate-it"
FAST = ("--pace", "1000")
CODES = tuple(word for number in range(10) for word in ("--code", f"+8613900000{number:03}:{CODE}"))


@pytest.fixture
def original() -> Iterator[DocumentedService]:
    with documented_service() as server:
        yield server


def run(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> tuple[str, str]:
    """Run the command, which has to end with the status; return what it printed to either output."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["conform", *words])
    shown = capsys.readouterr()
    assert int(ended.value.code or 0) == status, shown
    return shown.out, shown.err


class Page(BaseHTTPRequestHandler):
    """Answers everything in one way, which is not that of the API."""

    status: ClassVar[int] = 200
    text: ClassVar[str] = "<html>Welcome to nginx!</html>"
    kind: ClassVar[str] = "text/html"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("content-type", self.kind)
        self.send_header("location", "https://www.example.com/")
        self.end_headers()
        self.wfile.write(self.text.encode())

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def page(request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the address of a server that answers as the test says."""
    handler = type("OnePage", (Page,), request.param)
    with ThreadingHTTPServer((LOOPBACK, 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://{LOOPBACK}:{server.server_port}"
        server.shutdown()
        thread.join()


def test_without_the_operator_s_word_it_says_what_it_would_do_and_sends_nothing(
    original: DocumentedService, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = run(capsys, original.url, status=2)
    assert out == ""
    assert err.startswith("As 17 apps, about ")
    assert "Accounts named conform-… are registered" in err
    assert err.endswith(f"Nothing has been sent. If you operate this service, add {YES}.\n")
    assert original.paths == []


def test_the_original_s_documented_answers_are_good_for_every_app(
    original: DocumentedService, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "conform.xml"
    out, err = run(capsys, original.url, YES, *FAST, *CODES, "--junit", str(file))
    assert "No app would break" in out
    assert "What breaks" not in out
    assert "What was not tried" not in out
    assert len([line for line in err.splitlines() if line.startswith("  ")]) == 17
    suites = ET.fromstring(file.read_text())  # noqa: S314
    assert len(suites) == 17
    assert {suite.get("failures") for suite in suites} == {"0"}
    assert sum(int(suite.get("tests", "")) for suite in suites) == len(suites.findall("*/testcase"))
    assert "/prod/base/v1/oauth/signature" in original.paths


def test_what_breaks_is_in_json_and_in_junit_and_ends_with_1(
    original: DocumentedService, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    original.answer = lambda path, params: _spoilt(DocumentedService.answer(original, path, params))  # type: ignore[method-assign]
    file = tmp_path / "conform.xml"
    words = (original.url, YES, *FAST, "--json", "--app", "xzb-ios", "--junit", str(file))
    found = json.loads(run(capsys, *words, status=1)[0])
    assert found["apps"][0]["app"] == "xzb-ios"
    assert found["apps"][0]["breaks"] > 0
    assert found["stopped"] is None
    broken = next(call for call in found["calls"] if call["verdict"] == "breaks")
    assert broken["places"] == ["errorMessage"]
    assert broken["sentences"] == [
        'XiaoZhiBo for iOS shows "-1 system error" when it registers: it needs a string at errorMessage, the answer '
        "has null."
    ]
    failure = ET.fromstring(file.read_text()).find("testsuite/testcase/failure")  # noqa: S314
    assert failure is not None
    assert failure.get("message") == broken["sentences"][0]


def _spoilt(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "errorMessage": None}


def test_without_codes_the_logins_by_code_are_not_tried(
    original: DocumentedService, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = run(capsys, original.url, YES, *FAST, "--app", "im-unity")
    assert "- Signing in by code: give --code NUMBER:CODE, once for each of these apps. (im-unity)" in out
    assert not [path for path in original.paths if "user_verify_by_picture" in path]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ({}, "is no service of this API"),
        ({"status": 302}, "leads elsewhere (to https://www.example.com/ by HTTP 302)"),
        (
            {"text": '{"message": "no Route matched"}', "kind": "application/json", "status": 404},
            "is no service of this",
        ),
        ({"text": '{"errorCode": 120, "errorMessage": "later"}'}, "the service is in maintenance (code 120)"),
        ({"text": '{"errorCode": 3008, "errorMessage": "closed"}'}, "registers nobody, and without an account"),
    ],
    indirect=["page"],
)
def test_what_is_no_such_service_is_told_in_a_sentence(
    page: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out, err = run(capsys, page, YES, *FAST, status=2)
    assert out == ""
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ftp://live.example.com",), "is no address of a service"),
        (("http://",), "is no address of a service"),
        (("http://h:port",), "is no address of a service"),
        (("http://live/?token=1",), "is no address of a service"),
        (("http://h", "--app", "xzb"), "there is no app 'xzb'; there are: tuiroom-web, xzb-android"),
        (("http://h", "--code", "13800000000"), "write --code as NUMBER:CODE"),
    ],
)
def test_what_was_mistyped_is_told_in_a_sentence(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in run(capsys, *words, YES, status=2)[1]


def test_where_nobody_listens_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    nobody = f"http://{LOOPBACK}:{free_ports(1)[0]}"
    assert f"{nobody} cannot be reached" in run(capsys, nobody, YES, *FAST, status=2)[1]


def test_where_nobody_answers_it_does_not_wait_for_ever(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        url = f"http://{LOOPBACK}:{server.getsockname()[1]}"
        err = run(capsys, url, YES, "--timeout", "0.2", status=2)[1]
    assert f"{url} cannot be reached: there is no answer within 0.2 s" in err


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("live.example.com", "http://live.example.com"),
        ("https://live.example.com/", "https://live.example.com"),
        ("https://example.com/prod/", "https://example.com/prod"),
        ("https://example.com/live/base/v1/", "https://example.com/live"),
    ],
)
def test_the_address_is_that_which_apps_have(given: str, meant: str) -> None:
    assert read_url(given) == meant


def test_a_file_that_cannot_be_written_is_told_after_the_results(
    original: DocumentedService, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "missing/conform.xml"
    words = (original.url, YES, *FAST, "--app", "labs-ktv-ios", "--junit", str(file))
    out, err = run(capsys, *words, status=2)
    assert "No app would break" in out
    assert err.endswith(f"{file} cannot be written: No such file or directory\n")


async def test_an_answer_s_own_words_are_shown_without_tokens_and_hashes(original: DocumentedService) -> None:
    token = f"eyJhbGciOiJIUzI1NiJ9.{'x' * 80}"
    error = {"errorCode": 99, "errorMessage": f"jwt malformed: {token} at /srv/app.js", "data": {}}
    serve = original.answer
    original.answer = lambda path, params: error if path.endswith("user_update") else serve(path, params)  # type: ignore[method-assign]
    wish = ConformWish(original.url.rstrip("/"), [shipped_apps()["im-ios-objc"]], pace=1000)
    async with httpx.AsyncClient() as http:
        [broken] = (await run_conform(wish, http, SystemClock())).of(CallVerdict.BREAKS)
    assert broken.sentences == [
        "The chat demo for iOS shows the answer's text and does not go on when it changes its name: the answer is code "
        '99 ("jwt malformed: … at /srv/app.js"), and it needs 0.'
    ]


async def test_requests_keep_their_distance() -> None:
    passed = 100.0
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        nonlocal passed
        waits.append(seconds)
        passed += seconds

    pace = RequestPace(4, wait, lambda: passed)
    for took in (0.0, 0.1, 1.0, 0.0):
        passed += took
        await pace.turn()
    assert waits == [pytest.approx(0.15), pytest.approx(0.25)]


async def test_a_run_that_is_cut_short_removes_what_it_made(original: DocumentedService) -> None:
    playing: asyncio.Event = asyncio.Event()
    wish = ConformWish(original.url.rstrip("/"), list(shipped_apps().values()), pace=1000)
    async with httpx.AsyncClient() as http:
        task = asyncio.create_task(run_conform(wish, http, SystemClock(), lambda app: playing.set()))
        await playing.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    made = sum(path.endswith("oauth/register") for path in original.paths)
    assert sum(path.endswith("user_delete") for path in original.paths) == made >= 1


async def test_what_cannot_be_removed_is_named(original: DocumentedService) -> None:
    def keep(path: str, params: dict[str, Any]) -> dict[str, Any]:
        if path.endswith(("user_delete", "destroy_room")):
            return {"errorCode": 103, "errorMessage": "the database is down", "data": {}}
        return DocumentedService.answer(original, path, params)

    original.answer = keep  # type: ignore[method-assign]
    wish = ConformWish(original.url.rstrip("/"), [shipped_apps()["im-ios-objc"]], pace=1000)
    async with httpx.AsyncClient() as http:
        report = await run_conform(wish, http, SystemClock())
    said = [left.partition("conform-")[0] for left in report.left_behind]
    assert said == ["user 1001 (", "room 1001 of ", "user 1001 ("], "the app's, and whose room it might have watched"
    assert [result.call.does for result in report.of(CallVerdict.BREAKS)] == ["deletes its account"]


def test_control_c_ends_it_with_130_and_removes_what_it_made(original: DocumentedService) -> None:
    argv = [sys.executable, "-m", "liveroom", "conform", original.url, YES, "--pace", "20"]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert "Traceback" not in process.stderr.read()
    made = sum(path.endswith("oauth/register") for path in original.paths)
    assert sum(path.endswith("user_delete") for path in original.paths) == made >= 1
