"""What liveroom sends to an operator's server: webhooks and hooks, signed as Standard Webhooks say.

Nothing here waits or reads from a connection, so it works with every web framework.
"""

import binascii
import hmac
import json
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any, Final, Literal, NotRequired, TypedDict, cast

TOLERANCE: Final = 300.0
"""Seconds by which a message may be older or newer than now: later somebody else may have sent it again."""
_PREFIX: Final = "whsec_"


class NotSigned(Exception):
    """None of the secrets has signed the message, or not within five minutes: answer 401."""


class WebhookEvent(TypedDict):
    """One event (docs/webhook-events.md). ``seq`` counts within ``stream``; ``id`` is the same if it comes again."""

    id: str
    type: str
    timestamp: str
    tenant: str
    stream: str
    seq: int
    data: dict[str, Any]


class HookQuestion(TypedDict):
    """What liveroom asks before something happens (docs/hooks.md)."""

    id: str
    type: Literal["ask.enter", "ask.go_live", "ask.role", "ask.text", "ask.upload", "ask.gift"]
    timestamp: str
    tenant: str
    data: dict[str, Any]


class HookAnswer(TypedDict):
    """What a hook answers: ``allow`` or ``refuse`` makes it."""

    allow: bool
    message: NotRequired[str]
    set: NotRequired[dict[str, Any]]


def verify(
    body: bytes,
    headers: Mapping[str, str],
    secrets: str | Iterable[str],
    *,
    tolerance: float = TOLERANCE,
    now: Callable[[], float] = time.time,
) -> dict[str, Any]:
    """Return the message, if one of the secrets has signed it. Raises ``NotSigned``.

    ``body``: as it came; JSON that was read and written again has another signature. ``secrets``: the webhook's or
    hook's (``whsec_…``); while one is being changed, the old and the new one.
    """
    given = {name.lower(): value for name, value in headers.items()}
    message_id, sent = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not _is_recent(sent, tolerance, now()):
        raise NotSigned("the message has no time, or one that is not now")
    signed = f"{message_id}.{sent}.".encode() + body
    signatures = [one.removeprefix("v1,") for one in given.get("webhook-signature", "").split() if one[:3] == "v1,"]
    for secret in [secrets] if isinstance(secrets, str) else secrets:
        made = b64encode(hmac.new(_key(secret), signed, sha256).digest())
        if any(hmac.compare_digest(made, one.encode()) for one in signatures):
            return _read(body)
    raise NotSigned("none of the secrets has signed the message")


def webhook_events(message: Mapping[str, Any]) -> list[WebhookEvent]:
    """Return the events of a verified webhook message, in order: one, or those of a batch."""
    if message["type"] == "batch":
        return cast(list[WebhookEvent], message["data"]["events"])
    return [cast(WebhookEvent, message)]


def hook_question(message: Mapping[str, Any]) -> HookQuestion:
    """Return the question of a verified hook message."""
    return cast(HookQuestion, message)


def allow(**changes: Any) -> HookAnswer:
    """Return the answer that allows it, perhaps with changes: ``allow(title="Evening show")``."""
    return {"allow": True, "set": changes} if changes else {"allow": True}


def refuse(message: str = "") -> HookAnswer:
    """Return the answer that refuses it; the app shows the message, of at most 200 characters."""
    return {"allow": False, "message": message} if message else {"allow": False}


def _is_recent(sent: str, tolerance: float, now: float) -> bool:
    return sent.isascii() and sent.isdigit() and abs(now - int(sent)) <= tolerance


def _key(secret: str) -> bytes:
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise ValueError("a signing secret is whsec_ and base64, as `liveroom webhooks add` shows it")
    return key


def _read(body: bytes) -> dict[str, Any]:
    message = json.loads(body)
    if not isinstance(message, dict):
        raise NotSigned("the message is no object")
    return message
