"""What TRTC calls us with (TENCENT.md 5): who entered a room's media, who sends there, and who left it."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.outside import MediaEnded, MediaPublished, OutsideReport, OutsideSource, Sighting
from liveroom.providers.callbacks import moment, part, read_object, same, text, whole

_DISMISSED: Final = 102
_EXIT: Final = 104
_PUBLISHED: Final = frozenset((201, 203, 205))
_PRESENT: Final = _PUBLISHED | {103, 105}
"""Entered, another role, began to send something: each is a word of somebody who is there. That somebody stopped to
send is none, as it comes around an exit too."""


def trtc_sign(key: str, body: bytes) -> str:
    """Return the signature of a body, over the bytes as they came."""
    return b64encode(hmac.digest(key.encode(), body, "sha256")).decode()


def read_trtc(key: str, headers: Mapping[str, str], body: bytes, now: datetime) -> OutsideReport:
    """Return what a callback says. Raises ``PermissionDenied`` unless TRTC signed it, ``BadRequest``."""
    if not same(headers.get("sign", ""), trtc_sign(key, body)):
        raise PermissionDenied("Sign does not fit key and body")
    said = read_object(body)
    report = OutsideReport(whole(headers.get("sdkappid")) or 0)
    info, event = part(said, "EventInfo"), whole(said.get("EventType"))
    room, user = text(info.get("RoomId")), text(info.get("UserId"))
    when = moment(info.get("EventMsTs") or info.get("EventTs"), now)
    if not room:
        return report
    if event == _DISMISSED:
        return report._replace(media=MediaEnded(RoomId(room), OutsideSource.TRTC, when))
    if not user or (event != _EXIT and event not in _PRESENT):
        return report
    sighting = Sighting(UserId(user), OutsideSource.TRTC, RoomId(room), "", when, event != _EXIT)
    published = MediaPublished(RoomId(room), UserId(user)) if event in _PUBLISHED else None
    return report._replace(sightings=[sighting], published=published)
