"""Webhooks and hooks as small ASGI applications, for Starlette, FastAPI or any other framework.

app.add_route("/webhooks", webhook_app(SECRETS, take))
"""

import inspect
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

from liveroom_client.server.messages import (
    HookAnswer,
    HookQuestion,
    NotSigned,
    WebhookEvent,
    hook_question,
    verify,
    webhook_events,
)

BODY_MAX: Final = 16 * 1024 * 1024
"""Bytes of a message; a batch of 1,000 events takes less than 2 MB."""

Secrets = str | Iterable[str] | Callable[[], Iterable[str]]
"""Signing secrets, or what returns those that are valid now."""
Take = Callable[[list[WebhookEvent]], Awaitable[None] | None]
Decide = Callable[[HookQuestion], Awaitable[HookAnswer] | HookAnswer]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def webhook_app(secrets: Secrets, take: Take) -> "SignedApp":
    """Return an application that takes webhooks.

    ``take`` is given the events of a message and commits what follows from them before it returns; the message is
    answered with 204 then, and is not sent again. If it raises, liveroom sends the message again later.
    """

    async def answer(message: dict[str, Any]) -> bytes | None:
        done = take(webhook_events(message))
        if inspect.isawaitable(done):
            await done
        return None

    return SignedApp(secrets, answer)


def hook_app(secrets: Secrets, decide: Decide) -> "SignedApp":
    """Return an application that answers hooks; ``decide`` returns ``allow(…)`` or ``refuse(…)``, and soon."""

    async def answer(message: dict[str, Any]) -> bytes | None:
        decided = decide(hook_question(message))
        decided = await decided if inspect.isawaitable(decided) else decided
        return json.dumps(decided, ensure_ascii=False).encode()

    return SignedApp(secrets, answer)


class SignedApp:
    """An ASGI application that answers what liveroom has signed, and 401 to everything else."""

    def __init__(self, secrets: Secrets, answer: Callable[[dict[str, Any]], Awaitable[bytes | None]]) -> None:
        self._secrets = secrets
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise ValueError("webhooks and hooks are HTTP requests")
        if scope["method"] != "POST":
            return await _respond(send, 405)
        body = await _body(receive)
        if body is None:
            return None
        if len(body) > BODY_MAX:
            return await _respond(send, 413)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            message = verify(body, headers, self._secrets() if callable(self._secrets) else self._secrets)
        except NotSigned:
            return await _respond(send, 401)
        said = await self._answer(message)
        return await _respond(send, 204 if said is None else 200, said or b"")


async def _body(receive: Receive) -> bytes | None:
    """Return the body, a bit of one that is too long, or None if the client hung up."""
    parts, size = [], 0
    while size <= BODY_MAX:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if not message.get("more_body", False):
            break
    return b"".join(parts)


async def _respond(send: Send, status: int, body: bytes = b"") -> None:
    headers = [(b"content-length", str(len(body)).encode())] if status != 204 else []
    if body:
        headers.append((b"content-type", b"application/json"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
