"""The operator's console as it is served: where, with which headers, and at an address of its own."""

import asyncio
import signal
from pathlib import Path

import httpx
import pytest

from liveroom.http.pages import Pages
from liveroom.http.server import listen, serve
from liveroom.http.site import make_site
from liveroom.settings import Settings
from liveroom.settings.checks import check
from tests.http.echoes import LOOPBACK, client_of, make_app, make_registry

PAGE = '<!doctype html><html><head><script src="./assets/console-1.js"></script></head></html>'


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    (tmp_path / "index.html").write_text("<!doctype html><html><head></head></html>")
    (tmp_path / "console.html").write_text(PAGE)
    return Pages(tmp_path)


def client(pages: Pages, *reaches: str, base_path: str = "", served: bool = True) -> httpx.AsyncClient:
    console = reaches if served else None
    site = make_site(make_registry(), pages=pages, base_path=base_path, console=console)
    return client_of(make_app(site=site, base_path=base_path))


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/rooms/40000001", "/prod/console/users"])
async def test_every_address_below_the_consoles_is_the_console(pages: Pages, path: str) -> None:
    async with client(pages) as calls:
        answer = await calls.get(path)
    base = "/prod" if path.startswith("/prod") else ""
    assert answer.status_code == 200
    assert f'<meta name="liveroom-base" content="{base or "/"}">' in answer.text
    assert f'src="{base}/assets/console-1.js"' in answer.text


async def test_it_runs_only_its_own_scripts_and_is_nobodys_frame(pages: Pages) -> None:
    async with client(pages, "wss://media.example.com") as calls:
        headers = (await calls.get("/console")).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["font-src"] == "'self'"
    assert policy["connect-src"] == "'self' wss://media.example.com"
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"


async def test_where_it_is_off_there_is_nothing(pages: Pages) -> None:
    async with client(pages, served=False) as calls:
        answers = [await calls.get(path) for path in ("/console", "/console/rooms", "/console.html")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_a_page_that_was_built_before_there_was_a_console_has_none(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    async with client(Pages(tmp_path)) as calls:
        assert (await calls.get("/console")).status_code == 404


async def test_it_can_have_a_port_of_its_own_in_the_same_process(pages: Pages) -> None:
    public = make_app(site=make_site(make_registry(), pages=pages))
    own = make_app(site=make_site(make_registry(), pages=pages, console=()))
    listeners, ready = (listen(LOOPBACK, 0), listen(LOOPBACK, 0)), asyncio.Event()
    served = asyncio.create_task(serve(public, listeners[0], beside=(own, listeners[1]), on_ready=ready.set))
    await ready.wait()
    ports = [listener.getsockname()[1] for listener in listeners]
    async with httpx.AsyncClient(trust_env=False) as calls:
        found = [(await calls.get(f"http://{LOOPBACK}:{port}/console")).status_code for port in ports]
        calls_too = [(await calls.get(f"http://{LOOPBACK}:{port}/base/v1")).json()["errorCode"] for port in ports]
    signal.raise_signal(signal.SIGTERM)
    await served
    assert found == [404, 200]
    assert calls_too == [0, 0]


@pytest.mark.parametrize(
    ("settings", "about"),
    [
        ({"console_host": "10.0.0.1"}, "LIVEROOM_CONSOLE_PORT is not"),
        ({"console_port": 9000}, "is the port of the service itself"),
        ({"console_port": 9001, "console": False}, "LIVEROOM_CONSOLE is off"),
        ({"console_port": 70_000}, "choose 0 to 65535"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    tmp_path: Path, settings: dict[str, object], about: str
) -> None:
    breaches = check(Settings(data_dir=tmp_path, **settings))  # type: ignore[arg-type]
    assert [breach for breach in breaches if about in breach], breaches
