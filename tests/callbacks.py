"""Callbacks as vendors send them, signed with the keys of the tests."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import jwt

from liveroom.providers.livekit.webhooks import body_digest
from liveroom.providers.tencent.im_callbacks import im_sign
from liveroom.providers.tencent.trtc_callbacks import trtc_sign
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


class Callback(NamedTuple):
    """One request of a vendor."""

    path: str
    content: bytes
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}


def millis(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def im(command: str, now: datetime, body: Any, *, app: int = _APP, platform: str = "Android", **query: str) -> Callback:
    """Return a callback of Tencent IM; a body that is no bytes is sent as JSON."""
    stamp = str(int(now.timestamp()))
    asked = {
        "SdkAppid": str(app),
        "CallbackCommand": command,
        "contenttype": "json",
        "OptPlatform": platform,
        "Sign": im_sign(IM_TOKEN, stamp),
        "RequestTime": stamp,
        **query,
    }
    return Callback("/callbacks/im", _content(body), asked)


def im_state(user: str, action: str, at: datetime, *, app: int = _APP, **more: Any) -> Callback:
    """Return a change of a user's online state."""
    body = {
        "CallbackCommand": "State.StateChange",
        "EventTime": millis(at),
        "Info": {"Action": action, "To_Account": user},
    }
    return im("State.StateChange", at, {**body, **more}, app=app)


def group_destroyed(room: str, owner: str, at: datetime, now: datetime | None = None, **more: Any) -> Callback:
    """Return that a group's owner has destroyed it."""
    command = "Group.CallbackAfterGroupDestroyed"
    body = {"CallbackCommand": command, "GroupId": room, "Type": "AVChatRoom", "Owner_Account": owner, "Name": "g"}
    return im(command, now or at, {**body, "MemberList": [], "EventTime": str(millis(at))}, **more)


def trtc(event: int, room: str | int, user: str, at: datetime, *, app: int = _APP, **info: Any) -> Callback:
    """Return an event of a TRTC room."""
    said = {
        "RoomId": room,
        "EventTs": millis(at) // 1000,
        "EventMsTs": millis(at),
        **({"UserId": user} if user else {}),
    }
    body = {"EventGroupId": 1, "EventType": event, "CallbackTs": millis(at) + 8, "EventInfo": {**said, **info}}
    return trtc_raw(_content(body), app=app)


def trtc_raw(content: bytes, *, app: int = _APP, key: str = TRTC_KEY) -> Callback:
    """Return signed bytes as TRTC would send them."""
    headers = {"Content-Type": "application/json", "Sign": trtc_sign(key, content), "SdkAppId": str(app)}
    return Callback("/callbacks/trtc", content, headers=headers)


def livekit(event: str, room: str, user: str, at: datetime, *, who: str = "PA_1") -> Callback:
    """Return an event of a LiveKit room."""
    participant = {"participant": {"sid": who, "identity": user}} if user else {}
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
