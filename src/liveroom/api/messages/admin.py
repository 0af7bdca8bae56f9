"""``admin/*`` about notices: operators tell rooms, or a user, something."""

from typing import Annotated, Any

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Json, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.moderation.audit import shown_actor
from liveroom.domain.moderation.notices import Audience, SentNotice
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.domain.rooms.model import CATEGORY_MAX
from liveroom.usecases.moderation.notices import SentNotices

TEXT_MAX = 500
DATA_MAX = 4096


class SendNotice(Request):
    """Exactly one of ``roomId``, ``userId``, ``category`` (its live rooms) and ``everybody`` (all live rooms).

    ``text`` is for people, ``data`` (an object or a text) for their apps.
    """

    text: Annotated[str, Text(TEXT_MAX)]
    room_id: Id | None = None
    user_id: Id | None = None
    category: Annotated[str, Text(CATEGORY_MAX)] | None = None
    everybody: bool = False
    data: Annotated[bytes, Json(DATA_MAX)] | None = None


class NoticeRow(Shape):
    """A notice that was sent."""

    notice_id: str
    audience: str
    """``everybody``, ``category``, ``room`` or ``user``."""
    subject: str
    """The category, room or user; empty for everybody."""
    text: str
    data: dict[str, Any] | str | None
    """What was sent for apps; null: nothing."""
    by: str
    time_utc: str
    rooms: int
    """How many rooms have it so far."""
    done: bool
    """All rooms have it."""


@method(
    "base/v1/admin/send_notice",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="notices.send",
    reply=NoticeRow,
    codes=(
        Code.RoomNotExists,
        Code.UserNotExists,
        Code.RateLimited,
    ),
)
async def send_notice(call: SendNotice, operator: Operator, notices: SentNotices) -> NoticeRow:
    """Send a notice to live rooms (``room.notice``) or to a user's open connections (``user.notice``).

    A room's notice is also one of its messages; more than 20 a second: 3004. Of many rooms the first 200 have it at
    once, the others within seconds, also if the process ends meanwhile.
    """
    audience, subject = _audience(call)
    sent = await notices.send(operator, audience, subject, call.text, call.data or b"")
    operator.change.note({}, {"audience": audience.value, "subject": subject, "text": call.text})
    return _row(sent)


class ListNotices(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: Annotated[int, Whole(1, 100)] = 50


@method(
    "base/v1/admin/list_notices",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="notices.view",
    reply=list[NoticeRow],
    data=Data.LIST,
)
async def list_notices(call: ListNotices, operator: Operator, notices: SentNotices) -> Page:
    """List the notices that were sent in the last 400 days, newest first."""
    found, cursor = await notices.page(operator.tenant.name, cursor=call.cursor, limit=call.limit)
    return Page.of([_row(notice) for notice in found], cursor)


def _audience(call: SendNotice) -> tuple[Audience, str]:
    named = {
        Audience.ROOM: call.room_id,
        Audience.USER: call.user_id,
        Audience.CATEGORY: call.category,
        Audience.EVERYBODY: "" if call.everybody else None,
    }
    given = [(audience, subject) for audience, subject in named.items() if subject is not None]
    if len(given) != 1:
        raise BadRequest("roomId, userId, category, everybody: exactly one of them is required")
    return given[0]


def _row(notice: SentNotice) -> NoticeRow:
    return NoticeRow(
        notice_id=notice.id,
        audience=notice.audience.value,
        subject=notice.subject,
        text=notice.text,
        data=msgspec.json.decode(notice.data) if notice.data else None,
        by=shown_actor(notice.by),
        time_utc=wire_time(notice.at),
        rooms=notice.rooms,
        done=notice.done is not None,
    )
