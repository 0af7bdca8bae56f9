"""The original service as it is documented, over HTTP: its good answers, and the errors that apps depend on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from liveroom.domain.accounts.signatures import LoginSignature
from tests.contract.playing import CANONICAL
from tests.servers import LOOPBACK
from tests.service import CODE

CORS = {"access-control-allow-origin": "*", "access-control-allow-headers": "Content-Type"}


class DocumentedService(ThreadingHTTPServer):
    """Answers as ``canonical.json`` does; it knows its users' salts, one token and one code."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), _Handler)
        self.salts: dict[str, str] = {}
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        """Return the address that apps would have."""
        return f"http://{LOOPBACK}:{self.server_port}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that has gone."""

    def answer(self, path: str, params: dict[str, Any]) -> dict[str, Any]:
        """Return what the service answers."""
        token = str(params.get("token", "tok"))
        if path.endswith("/oauth/register") and self.salts.setdefault(params["username"], "") != "":
            return _error(98, "the username is taken")
        if path.endswith("/oauth/register"):
            self.salts[params["username"]] = params["salt"]
        elif path.endswith("/oauth/signature") and not self._is_signed(params):
            return _error(98, "wrong signature")
        elif token != "tok":
            return _error(204, "sign in again")
        elif path.endswith("/user_login_code") and str(params["code"]) != CODE:
            return _error(200, "wrong code")
        return CANONICAL[path.removeprefix("/prod")]

    def _is_signed(self, params: dict[str, Any]) -> bool:
        fields = {name: str(params.get(name, "")) for name in LoginSignature.__dataclass_fields__}
        return LoginSignature(**fields).is_by(self.salts[params["username"]])


class _Handler(BaseHTTPRequestHandler):
    server: DocumentedService
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a call."""
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        params: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
        if self.headers.get("content-type", "").startswith("application/json"):
            params |= json.loads(body)
        else:
            params |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        self.server.paths.append(parts.path)
        self._send(200, json.dumps(self.server.answer(parts.path, params)).encode(), "application/json")

    do_POST = do_GET  # noqa: N815 - the name that http.server looks for

    def do_OPTIONS(self) -> None:
        """Answer a preflight."""
        self._send(204, b"", "")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in {**CORS, "content-type": kind, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _error(code: int, message: str) -> dict[str, Any]:
    return {"errorCode": code, "errorMessage": message, "data": {}}


@contextmanager
def documented_service() -> Iterator[DocumentedService]:
    """Yield the service, while it answers."""
    with DocumentedService() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
