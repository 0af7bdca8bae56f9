"""``admin/*`` about what is said in rooms: the operator reads it, says something as the house, and recalls."""

from typing import Annotated

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Text, Whole
from liveroom.api.rooms.methods import OneRoom
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import BroadcastId, RoomId
from liveroom.domain.messages.model import PAGE_MAX, TEXT_MAX, Message
from liveroom.domain.messages.payloads import MessageObject, write_message
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import instant_text
from liveroom.usecases.messages.overseeing import HouseMessages, check_number

_encode = msgspec.json.Encoder().encode


class AdminMessage(MessageObject, kw_only=True):
    """A message as the operator sees it."""

    broadcast_id: str
    recalled_by: str
    """Who recalled it: its author or a moderator; empty: the operator, or not recalled."""
    recalled_at: str
    """UTC, as ``2026-11-25T10:00:00.123Z``; empty: not recalled."""


class _Recalled(Shape):
    """What an ``AdminMessage`` says beside the message object."""

    broadcast_id: str
    recalled_by: str
    recalled_at: str


class ListMessages(OneRoom):
    """``broadcastId``: if not given, the current or last one. Newest first; ``cursor``: the ``nextCursor`` of the
    previous page. With ``after``, a ``messageId``: those after it, oldest first; ``nextCursor`` is the next ``after``.
    """

    broadcast_id: Id = ""
    cursor: Annotated[str, Text(32)] = ""
    after: Annotated[str, Text(32)] = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/admin/list_messages",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="messages.view",
    reply=list[AdminMessage],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.MessageNotExists),
)
async def list_messages(call: ListMessages, operator: Operator, house_messages: HouseMessages) -> Page:
    """List the messages of a broadcast, running or over, recalled ones included (without their text)."""
    if call.cursor and call.after:
        raise BadRequest("cursor, after: at most one of them")
    tenant, room, broadcast = operator.tenant.name, RoomId(call.room_id), BroadcastId(call.broadcast_id)
    if call.after:
        after = check_number(call.after)
        found, cursor = await house_messages.following(tenant, room, broadcast, after=after, limit=call.limit)
    else:
        before = check_number(call.cursor) if call.cursor else None
        found, cursor = await house_messages.page(tenant, room, broadcast, before=before, limit=call.limit)
    return Page(b",".join(map(_written, found)), cursor)


class SaySomething(OneRoom):
    """What to say."""

    text: Annotated[str, Text(TEXT_MAX)]


@method(
    "base/v1/admin/send_message",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="messages.send",
    reply=AdminMessage,
    codes=(Code.RoomNotExists, Code.RateLimited),
)
async def send_message(call: SaySomething, operator: Operator, house_messages: HouseMessages) -> msgspec.Raw:
    """Say something in a live room as the house: a notice (``room.notice``), kept among the room's messages.

    Its ``data.from`` is the name set as ``LIVEROOM_HOUSE_NAME``. More than 20 a second: 3004.
    """
    return msgspec.Raw(_written(await house_messages.say(operator, RoomId(call.room_id), call.text)))


class RecallMessage(OneRoom):
    """The message."""

    message_id: Id


@method(
    "base/v1/admin/recall_message",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="messages.moderate",
    codes=(Code.RoomNotExists, Code.MessageNotExists),
)
async def recall_message(call: RecallMessage, operator: Operator, house_messages: HouseMessages) -> None:
    """Recall any message of a room, in past broadcasts too. The room is told: ``message.recalled``. Repeated: 0."""
    await house_messages.recall(operator, RoomId(call.room_id), call.message_id)


def _written(message: Message) -> bytes:
    rest = _Recalled(
        broadcast_id=message.broadcast,
        recalled_by=message.recalled_by,
        recalled_at=instant_text(message.recalled) if message.recalled is not None else "",
    )
    return write_message(message)[:-1] + b"," + _encode(rest)[1:]
