"""`liveroom serve --https` as a phone meets it: page, calls and both kinds of socket over TLS; one process or two."""

import asyncio
import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect

from liveroom.http.certificates import NAME
from liveroom.settings import Settings
from tests.chaos.processes import Liveroom
from tests.servers import LOOPBACK, Redis, running

_SECONDS = 15


class Secure(Liveroom):
    """A service with a certificate of its own, which its clients here know."""

    def __init__(self, folder: Path, settings: Settings, **environment: str) -> None:
        super().__init__(folder, settings, LIVEROOM_HTTPS="on", **environment)
        self.url = f"https://localhost:{self.port}"
        self.certificate = settings.data_dir / NAME

    def answers(self) -> bool:
        """Return whether the process answers; before its certificate is there it does not."""
        return self.certificate.is_file() and self.status("/readyz") == 200

    def status(self, path: str) -> int:
        """Return the HTTP status of a page, 0 when nobody listens."""
        try:
            return httpx.get(self.url + path, timeout=_SECONDS, verify=self.trust()).status_code
        except httpx.TransportError:
            return 0

    def trust(self) -> ssl.SSLContext:
        """Return the context of a client that trusts this service alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.certificate)
        return context


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    """Yield a service that the tests of this file share."""
    folder = tmp_path_factory.mktemp("secure")
    with running(Secure(folder / "one", Settings(data_dir=folder / "data"))) as service:
        yield service


@pytest.fixture
def secure(started: Secure) -> Secure:
    """Return the service, which is started again where a test has stopped it."""
    if not started.is_running():
        started.start()
    return started


@pytest.mark.parametrize("host", ["localhost", LOOPBACK])
async def test_calls_and_a_socket_go_over_tls(secure: Secure, host: str) -> None:
    trust, where = secure.trust(), f"{host}:{secure.port}"
    async with httpx.AsyncClient(base_url=f"https://{where}", verify=trust, timeout=_SECONDS) as calls:
        token = (await calls.post("/base/v1/auth_users/guest", json={})).json()["data"]["token"]
        page = await calls.get("/", headers={"Accept": "text/html"})
        assert page.status_code == 200
    async with connect(f"wss://{where}/connection/websocket", ssl=trust) as ws:
        await ws.send(_connect(token))
        assert "client" in json.loads(await asyncio.wait_for(ws.recv(), _SECONDS))["connect"]


async def test_the_transport_in_place_of_a_socket_goes_over_tls(secure: Secure) -> None:
    async with httpx.AsyncClient(base_url=secure.url, verify=secure.trust(), timeout=_SECONDS) as calls:
        token = (await calls.post("/base/v1/auth_users/guest", json={})).json()["data"]["token"]
        async with calls.stream("POST", "/connection/http_stream", content=_connect(token)) as stream:
            assert stream.status_code == 200
            assert "client" in json.loads(await anext(stream.aiter_lines()))["connect"]


def test_a_request_that_breaks_a_bound_learns_why_over_tls_too(secure: Secure) -> None:
    with (
        socket.create_connection((LOOPBACK, secure.port), timeout=_SECONDS) as plain,
        secure.trust().wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        tls.sendall(b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert tls.recv(1024).startswith(b"HTTP/1.1 414")


def test_whoever_speaks_plain_http_there_gets_nothing_and_does_no_harm(secure: Secure) -> None:
    with socket.create_connection((LOOPBACK, secure.port), timeout=_SECONDS) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert b"HTTP/1.1 200" not in plain.recv(1024)
    assert secure.answers()
    assert "Traceback" not in secure.log()


def test_a_terminal_less_log_names_the_secure_address(secure: Secure) -> None:
    assert f"https://127.0.0.1:{secure.port}" in secure.log()
    assert "BEGIN PRIVATE KEY" not in secure.log()


def test_a_stop_with_open_secure_connections_is_clean(secure: Secure) -> None:
    with httpx.Client(base_url=secure.url, verify=secure.trust()) as kept:
        assert kept.get("/readyz").status_code == 200
        assert secure.terminate() == 0
    assert "Traceback" not in secure.log()


@pytest.mark.services
def test_several_processes_present_one_certificate(tmp_path: Path, redis_server: Redis) -> None:
    redis_server.flushall()
    settings = Settings(data_dir=tmp_path / "data", redis_url=redis_server.url)
    with running(Secure(tmp_path / "two", settings, LIVEROOM_WORKERS="2")) as service:
        seen = {ssl.get_server_certificate((LOOPBACK, service.port)) for _ in range(12)}
        assert len(seen) == 1
        assert seen.pop().split() == _certificate_of(service.certificate).split()
        assert service.terminate() == 0


def _connect(token: str) -> str:
    return json.dumps({"id": 1, "connect": {"data": {"token": token}}})


def _certificate_of(path: Path) -> str:
    _, mark, rest = path.read_text().partition("-----BEGIN CERTIFICATE-----")
    return mark + rest
