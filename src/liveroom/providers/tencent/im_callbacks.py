"""What Tencent IM calls us with (TENCENT.md 4): who is online, and groups that are gone.

The signature covers its time alone, so a body is a hint: it makes nobody a member, and nothing is closed by it unasked.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.labels import FOUND_MAX, LABEL_MAX, LabelReport, LabelSource, Suggestion
from liveroom.domain.presence.outside import GroupDestroyed, OutsideReport, OutsideSource, Sighting
from liveroom.providers.callbacks import moment, part, read_object, rows, same, sentence, text, whole

OFF: Final = timedelta(seconds=60)
"""How far the signed time may be from ours."""
_ONLINE: Final = {"login": True, "logout": False, "disconnect": False}
_IN_GROUP: Final = {"online": True, "offline": False}
_SERVER: Final = "restapi"


def im_sign(token: str, request_time: str) -> str:
    """Return the signature of a request."""
    return sha256(f"{token}{request_time}".encode()).hexdigest()


def check_im(token: str, query: Mapping[str, str], now: datetime) -> None:
    """Return if Tencent signed the query, whose names are in small letters, a moment ago; ``PermissionDenied``."""
    stamp = query.get("requesttime", "")
    if not same(query.get("sign", "").lower(), im_sign(token, stamp)):
        raise PermissionDenied("Sign does not fit Token and RequestTime")
    seconds = whole(stamp)
    if seconds is None or abs(int(now.timestamp()) - seconds) > OFF.total_seconds():
        raise PermissionDenied("RequestTime is more than a minute off")


def read_im(query: Mapping[str, str], body: bytes, now: datetime) -> OutsideReport:
    """Return what a callback says; nothing for one that we have no use for. Raises ``BadRequest``."""
    said = read_object(body)
    command = query.get("callbackcommand") or query.get("webhookcommand") or text(said.get("CallbackCommand"))
    read = _READERS.get(command.lower())
    report = OutsideReport(whole(query.get("sdkappid")) or 0)
    return report if read is None else read(report, said, query.get("optplatform", "").lower(), now)


def _state(report: OutsideReport, said: dict[str, Any], platform: str, now: datetime) -> OutsideReport:
    """Read who signed in or out on one platform. One that was kicked by a login elsewhere may not be told of itself."""
    info = part(said, "Info")
    user, present = text(info.get("To_Account")), _ONLINE.get(text(info.get("Action")).lower())
    if not user or present is None:
        return report
    when = moment(said.get("EventTime"), now)
    kicked = {text(row.get("Platform")).lower() for row in rows(said, "KickedDevice")} - {platform}
    words = [(platform, present), *((other, False) for other in sorted(kicked) if present)]
    return report._replace(
        sightings=[Sighting(UserId(user), OutsideSource.IM, None, who, when, here) for who, here in words]
    )


def _member(report: OutsideReport, said: dict[str, Any], _platform: str, now: datetime) -> OutsideReport:
    """Read who is online in a group, over all of their devices."""
    room, present = text(said.get("GroupId")), _IN_GROUP.get(text(said.get("EventType")).lower())
    if not room or present is None:
        return report
    when = moment(said.get("EventTime"), now)
    users = [user for row in rows(said, "MemberList") if (user := text(row.get("Member_Account")))]
    return report._replace(
        sightings=[
            Sighting(UserId(user), OutsideSource.IM_GROUP, RoomId(room), "", when, present)
            for user in dict.fromkeys(users)
        ]
    )


def _destroyed(report: OutsideReport, said: dict[str, Any], platform: str, now: datetime) -> OutsideReport:
    room, owner = text(said.get("GroupId")), text(said.get("Owner_Account"))
    if not room:
        return report
    when = moment(said.get("EventTime"), now)
    group = GroupDestroyed(RoomId(room), UserId(owner) if owner else None, when, platform == _SERVER)
    return report._replace(group=group)


def _moderated(report: OutsideReport, said: dict[str, Any], _platform: str, now: datetime) -> OutsideReport:
    """Read what content moderation has found in what somebody wrote or sent; nothing for what passes."""
    user, contact = text(said.get("From_Account")), part(said, "ContactItem")
    if not user or whole(said.get("CtxcbResult")) == 0:
        return report
    words = said.get("TextContent")
    found = "\n".join(word for word in words if type(word) is str) if type(words) is list else said.get("FileURL")
    source = _SOURCES.get(text(said.get("ContentType")).lower(), LabelSource.TEXT)
    is_block = text(said.get("CtxcbSuggestion")).lower() == Suggestion.BLOCK.value
    label = LabelReport(
        RoomId(text(contact.get("ToGroupId"))),
        UserId(user),
        source,
        text(said.get("CtxcbLabel")).lower()[:LABEL_MAX],
        Suggestion.BLOCK if is_block else Suggestion.REVIEW,
        moment(said.get("EventTime"), now),
        sentence(found, FOUND_MAX),
    )
    return report._replace(labels=[label])


_SOURCES: Final = {"image": LabelSource.PICTURE, "video": LabelSource.PICTURE, "audio": LabelSource.VOICE}
_READERS: Final[Mapping[str, Callable[[OutsideReport, dict[str, Any], str, datetime], OutsideReport]]] = {
    "state.statechange": _state,
    "group.callbackonmemberstatechange": _member,
    "group.callbackaftergroupdestroyed": _destroyed,
    "contentcallback.resultnotify": _moderated,
}
