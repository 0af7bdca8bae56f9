"""Calls an ASGI application with the bytes that httpx would send, without the half of its time that httpx takes."""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from liveroom.http.asgi import App
from tests.servers import LOOPBACK

_PLAIN: Final = re.compile(r"(?!.*//)/?[\w/.-]*", re.ASCII)
_PORT: Final = 40_000


def is_plain(method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Say whether a request is an ordinary one, which httpx sends as it is told."""
    return method in ("GET", "POST") and _PLAIN.fullmatch(path) is not None and "content-type" not in headers


class DirectCaller:
    """Calls the application at a host, from this machine."""

    def __init__(self, app: App, host: str) -> None:
        self._app = app
        sent = {"host": host, "accept": "*/*", "connection": "keep-alive", "user-agent": "python-httpx"}
        self._headers: Final = sent
        self._scope: Final = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "server": (host, None),
            "client": (LOOPBACK, _PORT),
            "root_path": "",
        }

    async def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        query: Any = None,
        form: Any = None,
        body: Any = None,
        content: bytes | None = None,
    ) -> tuple[int, httpx.Headers, str]:
        """Return the status, the headers and the text of the answer."""
        kind, sent = _body(form, body, content)
        named = {**self._headers, **kind, **{name.lower(): value for name, value in headers.items()}}
        if sent or method == "POST":
            named["content-length"] = str(len(sent))
        path = f"/{path.removeprefix('/')}"
        scope = {
            **self._scope,
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlencode(list(_pairs(query or {}))).encode(),
            "headers": [(name.encode(), value.encode("ascii")) for name, value in named.items()],
        }
        answer = _Answer(sent)
        await self._app(scope, answer.receive, answer.send)
        return answer.status, httpx.Headers(answer.headers), b"".join(answer.parts).decode()


class _Answer:
    """What the application asks for and says."""

    def __init__(self, sent: bytes) -> None:
        self._sent: bytes | None = sent
        self._is_whole = asyncio.Event()
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.parts: list[bytes] = []

    async def receive(self) -> dict[str, Any]:
        if self._sent is None:
            await self._is_whole.wait()
            return {"type": "http.disconnect"}
        sent, self._sent = self._sent, None
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message.get("headers", [])
        else:
            self.parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._is_whole.set()


def _body(form: Any, body: Any, content: bytes | None) -> tuple[dict[str, str], bytes]:
    if content is not None:
        return {}, content
    if form:
        return {"content-type": "application/x-www-form-urlencoded"}, urlencode(list(_pairs(form))).encode()
    if body is not None:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return {"content-type": "application/json"}, text.encode()
    return {}, b""


def _pairs(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            yield name, "" if one is None else str(one).lower() if isinstance(one, bool) else str(one)
