"""liveroom behind the real nginx and the real Caddy: all doors open, addresses are real, and no log holds a query."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from websockets.asyncio.client import connect

from liveroom.clock import SystemClock
from tests.deploy.proxies import Caddy, InstalledCaddy, Nginx, Proxy
from tests.servers import LOOPBACK
from tests.service import Caller, Device, Process, process

KINDS = [pytest.param(kind, id=kind.__name__) for kind in (Nginx, Caddy, InstalledCaddy)]
_KEY = "0123456789-between-proxy-and-service"
BASES = ["", "/live"]


@dataclass
class Site(Caller):
    """A service as its users reach it."""

    proxy: Proxy
    service: Process
    base: str

    def at(self, path: str) -> str:
        return f"{self.proxy.url}{self.base}/{path}"


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> type[Proxy]:
    """Return a proxy that can be had here."""
    kind: type[Proxy] = request.param
    if missing := kind.missing():
        pytest.skip(missing)
    return kind


@pytest.fixture(params=BASES, ids=["at the root", "below a path"])
async def site(request: pytest.FixtureRequest, kind: type[Proxy], tmp_path: Path) -> AsyncIterator[Site]:
    """Yield a service behind a proxy, at the root or below a path."""
    base: str = request.param
    given = {"base_path": base, "trusted_proxies": LOOPBACK, "guest_limit": 2, "internal_key": _KEY}
    async with process(tmp_path / "data", **given) as service:
        proxy = kind(tmp_path / "proxy", service.http.base_url.port or 0, base)
        try:
            await asyncio.to_thread(proxy.start)
            async with httpx.AsyncClient(base_url=f"{proxy.url}{base}", timeout=30) as http:
                yield Site(http, SystemClock(), proxy=proxy, service=service, base=base)
        finally:
            proxy.stop()


def _connecting(device: Device) -> str:
    return json.dumps({"id": 1, "connect": {"data": {"token": device.token}}})


async def _heard(stream: httpx.Response, word: str) -> None:
    """Return when the stream, which goes on, has said the word."""
    async for text in stream.aiter_text():
        if word in text:
            return
    raise AssertionError(f"the stream ended without {word}")


async def test_calls_the_page_and_its_files_pass(site: Site) -> None:
    host = await site.sign_up()
    await host.go_live()
    assert len(await host.query()) == 1
    for path in ("healthz", "readyz", "openapi.json", "reference", "prod/base/v1/gslb"):
        assert (await site.http.get(f"/{path}")).status_code == 200, path
    page = await site.http.get("/", headers={"accept": "text/html"})
    files = [link for link in re.findall(r'(?:src|href)="(/[^"]+)"', page.text) if not link.startswith("//")]
    for link in files:
        assert link.startswith(f"{site.base}/")
        assert (await site.http.get(f"{site.proxy.url}{link}")).status_code == 200, link


async def test_what_is_for_the_inside_alone_stays_inside(site: Site) -> None:
    for path in ("metrics", "internal/tick", "centrifugo/connect", "prod/metrics", "//metrics", "METRICS", "%6detrics"):
        answer = await site.http.post(f"/{path}", headers={"x-internal-key": _KEY})
        assert answer.status_code == 404, path
        assert "done" not in answer.text
    assert (await site.service.http.get("/metrics")).status_code == 200


async def test_sockets_and_streams_pass_without_waiting_in_a_buffer(site: Site) -> None:
    device = await site.sign_up()
    async with asyncio.timeout(10):
        async with connect(site.at("connection/websocket").replace("http", "ws")) as socket:
            await socket.send(_connecting(device))
            assert "connect" in json.loads(await socket.recv())
        posted = site.http.stream("POST", "/connection/http_stream", content=_connecting(device))
        got = site.http.stream("GET", f"/connection/sse?cf_connect={quote(_connecting(device))}")
        for opening in (posted, got):
            async with opening as stream:
                await _heard(stream, '"connect"')


async def test_each_client_counts_by_its_own_address_whatever_it_claims(site: Site) -> None:
    async def guests(source: str, count: int, **headers: str) -> list[int]:
        transport = httpx.AsyncHTTPTransport(local_address=source)
        async with httpx.AsyncClient(transport=transport, base_url=site.http.base_url) as http:
            caller = Caller(http, SystemClock())
            return [(await caller.call("auth_users/guest", headers=headers)).code for _ in range(count)]

    first = await guests("127.0.0.9", 3)
    assert first[:2] == [0, 0]
    assert first[2] != 0
    assert (await guests("127.0.0.9", 1, **{"x-forwarded-for": "203.0.113.7"}))[0] != 0
    assert await guests("127.0.0.10", 2) == [0, 0]


async def test_no_log_of_the_proxy_holds_a_query_even_when_the_service_is_gone(site: Site) -> None:
    device = await site.sign_up()
    secrets = {"token": device.token, "salt": device.account.salt, "signature": "sigsigsig"}
    assert (await site.http.get("/base/v1/gslb", params=secrets)).status_code == 200
    async with site.http.stream("GET", f"/connection/sse?cf_connect={quote(_connecting(device))}") as stream:
        await _heard(stream, '"connect"')
    site.service.process.terminate()
    await site.service.process.wait()
    assert (await site.http.get("/base/v1/rooms/query_room", params=secrets)).status_code == 502
    site.proxy.kill()
    said = site.proxy.said()
    assert "/base/v1/gslb" in said
    for secret in (*secrets.values(), "token", "salt=", "cf_connect"):
        assert secret not in said
