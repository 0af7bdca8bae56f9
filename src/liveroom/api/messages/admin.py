"""``admin/*`` about notices: an operator's server tells a room, or a user, something."""

from typing import Annotated

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.parameters import Id, Json, Request, Text
from liveroom.domain.errors import BadRequest
from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.messages.payloads import Notice
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.events.announcing import Announcements
from liveroom.usecases.messages.sending import Messages

TEXT_MAX = 500
DATA_MAX = 4096


class SendNotice(Request):
    """Either ``roomId`` or ``userId``. ``text`` is for people, ``data`` (an object or a text) for their apps."""

    text: Annotated[str, Text(TEXT_MAX)]
    room_id: Id | None = None
    user_id: Id | None = None
    data: Annotated[bytes, Json(DATA_MAX)] | None = None


@method(
    "base/v1/admin/send_notice",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="notices.send",
    codes=(
        Code.RoomNotExists,
        Code.UserNotExists,
        Code.RateLimited,
    ),
)
async def send_notice(call: SendNotice, operator: Operator, messages: Messages, announcements: Announcements) -> None:
    """Send a notice to a live room (``room.notice``) or to a user's open connections (``user.notice``).

    A room's notice is also one of its messages; more than 20 a second: 3004.
    """
    if (call.room_id is None) == (call.user_id is None):
        raise BadRequest("roomId, userId: exactly one of them is required")
    tenant = operator.tenant.name
    if call.room_id is not None:
        await messages.notice(tenant, RoomId(call.room_id), call.text, call.data or b"")
    elif call.user_id is not None:
        notice = Notice(text=call.text, data=None if call.data is None else msgspec.Raw(call.data))
        await announcements.to_user(tenant, UserId(call.user_id), EventKind.USER_NOTICE, notice)
