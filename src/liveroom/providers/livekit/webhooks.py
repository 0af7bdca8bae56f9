"""What LiveKit calls us with (LIVEKIT.md): participants of rooms, who came and who went.

A webhook carries a token, signed with the API secret, that names the digest of the body.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import jwt
from jwt.types import Options

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.outside import (
    MediaEnded,
    MediaJoined,
    MediaPublished,
    OutsideReport,
    OutsideSource,
    Sighting,
)
from liveroom.domain.recordings.model import RecorderKind
from liveroom.providers.callbacks import moment, part, read_object, same, text, whole
from liveroom.providers.livekit.egress import read_egress

_LEEWAY: Final = 60
_SECONDS_MAX: Final = 10**11
_A_MOMENT: Final = timedelta(seconds=1)
"""LiveKit tells whole seconds: whoever opens a room joins in the second in which it starts."""
_UNCHECKED: Final[Options] = {
    "verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False, "verify_sub": False,
}  # fmt: skip
_STARTED: Final = "room_started"
_EGRESS: Final = "egress_"
_FINISHED: Final = "room_finished"
_JOINED: Final = "participant_joined"
_PUBLISHED: Final = "track_published"
_PRESENT: Final = {
    _JOINED: True,
    _PUBLISHED: True,
    "participant_left": False,
    "participant_connection_aborted": False,
}


def body_digest(body: bytes) -> str:
    """Return what the token's claim ``sha256`` says of a body."""
    return b64encode(sha256(body).digest()).decode()


def read_webhook(key: str, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> OutsideReport:
    """Return what a webhook says. Raises ``PermissionDenied`` unless our LiveKit signed it, ``BadRequest``."""
    check_webhook(key, secret, headers, body, now)
    said = read_object(body)
    event, report = text(said.get("event")), OutsideReport(None)
    room, participant = text(part(said, "room").get("name")), part(said, "participant")
    when = moment(said.get("createdAt"), now)
    if event.startswith(_EGRESS):
        egress = read_egress(part(said, "egressInfo"), when)
        return report._replace(recorder=RecorderKind.LIVEKIT, recordings=[] if egress is None else [egress])
    if not room:
        return report
    if event == _FINISHED:
        return report._replace(media=MediaEnded(RoomId(room), OutsideSource.LIVEKIT, when))
    if event == _STARTED:
        return report._replace(began=MediaEnded(RoomId(room), OutsideSource.LIVEKIT, when - _A_MOMENT))
    user, who, present = text(participant.get("identity")), text(participant.get("sid")), _PRESENT.get(event)
    if not user or not who or present is None:
        return report
    sighting = Sighting(UserId(user), OutsideSource.LIVEKIT, RoomId(room), who, when, present)
    published = MediaPublished(RoomId(room), UserId(user)) if event == _PUBLISHED else None
    permission = participant.get("permission") if event == _JOINED else None
    joined = _joined(RoomId(room), UserId(user), permission) if isinstance(permission, dict) else None
    return report._replace(sightings=[sighting], published=published, joined=joined)


def _joined(room: RoomId, user: UserId, permission: Mapping[str, Any]) -> MediaJoined:
    """Return what a participant may do: LiveKit leaves out what they may not."""
    return MediaJoined(room, user, sends=permission.get("canPublish") is True)


def check_webhook(key: str, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Return if our LiveKit signed a webhook. Raises ``PermissionDenied``."""
    claims = _claims(secret, headers.get("authorization", "").removeprefix("Bearer ").strip())
    seconds = now.timestamp()
    expires, begins = _seconds(claims, "exp"), _seconds(claims, "nbf")
    if not same(text(claims.get("iss")), key):
        raise PermissionDenied("the token is of another API key")
    if expires is None or expires + _LEEWAY < seconds or (begins or 0) - _LEEWAY > seconds:
        raise PermissionDenied("the token is not good now")
    if not same(text(claims.get("sha256")), body_digest(body)):
        raise PermissionDenied("the token is of another body")


def _claims(secret: str, token: str) -> dict[str, Any]:
    """Return what the token claims if the secret signed it; its times are judged by our own clock."""
    try:
        return jwt.decode(token, secret, algorithms=["HS256"], options=_UNCHECKED)
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise PermissionDenied("the token is not signed with the API secret") from None


def _seconds(claims: Mapping[str, Any], name: str) -> int | None:
    number = whole(claims.get(name))
    return number if number is not None and abs(number) < _SECONDS_MAX else None
