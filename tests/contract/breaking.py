"""A service whose answers are spoilt on the way out, one mistake at a time."""

import json
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from liveroom.http.asgi import App

Message = MutableMapping[str, Any]


@dataclass(frozen=True)
class Passing:
    """An answer on its way out: of which path, to what, and which number it is of its path."""

    path: str
    query: str
    status: int
    body: Any


Spoil = Callable[[Passing], tuple[int, Any] | None]
"""Returns another status and body (text goes out as it is), or None to let the answer pass."""


@dataclass
class SpoiltApp:
    """The application behind a mistake: answers of paths that end so are spoilt."""

    app: App
    ending: str
    spoil: Spoil
    seen: int = field(default=0)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a request as ASGI does."""
        if scope["type"] != "http" or not scope["path"].endswith(self.ending):
            await self.app(scope, receive, send)
            return
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)

        request = await _read(receive)
        await self.app(scope, _again(request), keep)
        await self._pass_on(scope, sent, request, send)

    async def _pass_on(self, scope: Any, sent: list[Message], request: bytes, send: Any) -> None:
        text = b"".join(message.get("body", b"") for message in sent[1:])
        asked = f"{scope['query_string'].decode()} {request.decode()}"
        spoilt = self.spoil(Passing(scope["path"], asked, sent[0]["status"], json.loads(text or b"null")))
        if spoilt is not None:
            status, body = spoilt
            text = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            headers = [(name, value) for name, value in sent[0]["headers"] if name != b"content-length"]
            sent[0] = {**sent[0], "status": status, "headers": [*headers, (b"content-length", str(len(text)).encode())]}
        await send(sent[0])
        await send({"type": "http.response.body", "body": text})


async def _read(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes) -> Callable[[], Any]:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


@dataclass
class SilentApp:
    """The application, but for paths that end so: the caller waits for them in vain."""

    app: App
    ending: str

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a request as ASGI does."""
        if scope["path"].endswith(self.ending):
            raise httpx.ReadTimeout("")
        await self.app(scope, receive, send)
