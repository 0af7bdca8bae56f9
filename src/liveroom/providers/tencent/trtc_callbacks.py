"""What TRTC calls us with (TENCENT.md 5): who entered a room's media, who sends there, and who left it."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.labels import FOUND_MAX, LABEL_MAX, LabelReport, LabelSource, Suggestion
from liveroom.domain.presence.outside import MediaEnded, MediaPublished, OutsideReport, OutsideSource, Sighting
from liveroom.domain.recordings.model import RecorderKind
from liveroom.providers.callbacks import moment, part, read_object, same, sentence, text, whole
from liveroom.providers.tencent.recording_callbacks import read_recording

_DISMISSED: Final = 102
_EXIT: Final = 104
_PUBLISHED: Final = frozenset((201, 203, 205))
_PRESENT: Final = _PUBLISHED | {103, 105}
"""Entered, another role, began to send something: each is a word of somebody who is there. That somebody stopped to
send is none, as it comes around an exit too."""

_MODERATED: Final = 1104
"""A result of content moderation (event group 11)."""
_SOURCES: Final = {1: LabelSource.VOICE, 2: LabelSource.PICTURE}
_SUGGESTIONS: Final = {1: Suggestion.REVIEW, 2: Suggestion.BLOCK}


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
    if (recording := read_recording(said, now)) is not None:
        return report._replace(recorder=RecorderKind.TRTC, recordings=[recording])
    if not room:
        return report
    if event == _MODERATED:
        return report._replace(labels=_label(info, when))
    if event == _DISMISSED:
        return report._replace(media=MediaEnded(RoomId(room), OutsideSource.TRTC, when))
    if not user or (event != _EXIT and event not in _PRESENT):
        return report
    sighting = Sighting(UserId(user), OutsideSource.TRTC, RoomId(room), "", when, event != _EXIT)
    published = MediaPublished(RoomId(room), UserId(user)) if event in _PUBLISHED else None
    return report._replace(sightings=[sighting], published=published)


def _label(info: dict[str, Any], when: datetime) -> Sequence[LabelReport]:
    """Return what was found in a room's picture or sound; nothing for what passes."""
    found = part(info, "Payload")
    suggestion, source = _SUGGESTIONS.get(whole(found.get("Suggest")) or 0), whole(found.get("MediaType")) or 0
    if suggestion is None or source not in _SOURCES:
        return ()
    names = ("AudioText", "Audio") if _SOURCES[source] is LabelSource.VOICE else ("Image",)
    proof = next((value for name in names if (value := sentence(found.get(name), FOUND_MAX))), "")
    room, user = RoomId(text(info.get("RoomId"))), UserId(text(info.get("StreamerUserId")))
    label = text(found.get("Label")).lower()[:LABEL_MAX]
    return [LabelReport(room, user, _SOURCES[source], label, suggestion, when, proof)]
