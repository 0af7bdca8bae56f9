"""Media carried by LiveKit: a token (JWT, HS256) names a member, the room, and what they may do there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import jwt

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.media.model import LIFE, WATCHER_LIFE, LivekitPass, Participant, Publishes

_AUDIO: Final = ("microphone", "screen_share_audio")
_VIDEO: Final = ("camera", "screen_share")


class LivekitTokens:
    """``ports.Rtc``. One server for all tenants, whose room ids differ. Without an address it lets nobody in."""

    def __init__(self, url: str, key: str, secret: str) -> None:
        self._url = url
        self._key = key
        self._secret = secret

    def admit(self, participant: Participant, now: datetime) -> LivekitPass:
        if not (self._url and self._key and self._secret):
            raise ProviderUnavailable("LiveKit is not set up: address, key or secret is missing")
        life = WATCHER_LIFE if participant.hidden else LIFE
        return LivekitPass(now + life, self._url, access_token(self._key, self._secret, participant, now))


def access_token(key: str, secret: str, participant: Participant, now: datetime) -> str:
    """Return the token with which a member joins. Who may not publish may not send data either: LiveKit's default."""
    video: dict[str, Any] = {
        "room": participant.room,
        "roomJoin": True,
        "canPublish": participant.publishes.anything,
        "canSubscribe": True,
    }
    if only := sources(participant.publishes):
        video["canPublishSources"] = only
    if participant.hidden:
        video |= {"hidden": True, "canPublishData": False}
    claims = {"sub": participant.user, "identity": participant.user, "name": participant.name, "video": video}
    return sign(key, secret, claims, now, WATCHER_LIFE if participant.hidden else LIFE)


def sources(publishes: Publishes) -> list[str]:
    """Return to which sources a publisher is confined; none: to no source."""
    if publishes.audio == publishes.video:
        return []
    return list(_AUDIO if publishes.audio else _VIDEO)


def sign(key: str, secret: str, claims: Mapping[str, Any], now: datetime, life: timedelta) -> str:
    """Return a token of the API key's with these claims, good from now for so long."""
    made = int(now.timestamp())
    timed = {"exp": made + int(life.total_seconds()), "iss": key, "nbf": made, **claims}
    return jwt.encode(timed, secret, algorithm="HS256")
