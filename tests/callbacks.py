"""Callbacks as vendors send them, signed with the keys of the tests."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import jwt

from liveroom.providers.livekit.webhooks import body_digest
from liveroom.simulate.callbacks import CallbackKeys, SentCallback, im_callback, im_label, trtc_callback, trtc_signed
from liveroom.simulate.im_state import ImGroup, state_change
from liveroom.simulate.im_state import group_destroyed as destroyed_body
from tests.service import SDK_APP_ID

IM_TOKEN: Final = "xxxxyyyy-0123456789"
TRTC_KEY: Final = "123654abcdef7890"
LIVEKIT_KEY: Final = "APIkey1"
LIVEKIT_SECRET: Final = "secret1secret1secret1secret1secret1"
KEYS: Final[Mapping[str, Any]] = {
    "im_callback_token": IM_TOKEN,
    "trtc_callback_key": TRTC_KEY,
    "livekit_url": "wss://media.example.com",
    "livekit_key": LIVEKIT_KEY,
    "livekit_secret": LIVEKIT_SECRET,
}
_APP: Final = SDK_APP_ID


Callback = SentCallback
_KEYS: Final = CallbackKeys(_APP, IM_TOKEN, TRTC_KEY)


def im(command: str, now: datetime, body: Any, *, app: int = _APP, platform: str = "Android", **query: str) -> Callback:
    """Return a callback of Tencent IM; a body that is no bytes is sent as JSON."""
    sent = im_callback(_KEYS._replace(app=app), command, _content(body), now, platform)
    return sent._replace(query={**sent.query, **query})


def im_state(user: str, action: str, at: datetime, *, app: int = _APP, **more: Any) -> Callback:
    """Return a change of a user's online state."""
    body = state_change(user, action, "Register", at)
    return im(body["CallbackCommand"], at, {**body, **more}, app=app)


def group_destroyed(room: str, owner: str, at: datetime, now: datetime | None = None, **more: Any) -> Callback:
    """Return that a group's owner has destroyed it."""
    body = destroyed_body(room, ImGroup("g", owner), [], at)
    return im(body["CallbackCommand"], now or at, body, **more)


def trtc(event: int, room: str | int, user: str, at: datetime, *, app: int = _APP, **info: Any) -> Callback:
    """Return an event of a TRTC room."""
    return trtc_callback(_KEYS._replace(app=app), event, room, user, at, **info)


def im_found(room: str, user: str, text: str, at: datetime, *, label: str, suggestion: str) -> Callback:
    """Return what content moderation has found in a group, or with "" in a profile."""
    return im_label(_KEYS, room, user, text, at, label=label, suggestion=suggestion)


def trtc_raw(content: bytes, *, app: int = _APP, key: str = TRTC_KEY) -> Callback:
    """Return signed bytes as TRTC would send them."""
    return trtc_signed(CallbackKeys(app, IM_TOKEN, key), content)


def livekit(event: str, room: str, user: str, at: datetime, *, who: str = "PA_1", **more: Any) -> Callback:
    """Return an event of a LiveKit room; ``more`` is said of the participant."""
    participant = {"participant": {"sid": who, "identity": user, **more}} if user else {}
    said = {"event": event, "room": {"sid": "RM_1", "name": room}, "id": f"EV_{event}", **participant}
    return livekit_raw(_content({**said, "createdAt": str(int(at.timestamp()))}), at)


def livekit_raw(content: bytes, now: datetime, *, secret: str = LIVEKIT_SECRET, **claims: Any) -> Callback:
    """Return signed bytes as LiveKit would send them; claims may be others."""
    made = int(now.timestamp())
    said = {"iss": LIVEKIT_KEY, "nbf": made, "exp": made + 300, "sha256": body_digest(content), **claims}
    headers = {
        "Content-Type": "application/webhook+json",
        "Authorization": jwt.encode(said, secret, algorithm="HS256"),
    }
    return Callback("/callbacks/livekit", content, headers=headers)


def _content(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()
