"""``messages/*``: what people say in a room."""

from typing import Annotated

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Need, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, JsonObject, Many, Request, Text, Whole
from liveroom.api.rooms.methods import OneRoom
from liveroom.api.rooms.option_shapes import Pinned, wire_pinned
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, MessageNotFound
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.messages.model import (
    DATA_MAX,
    KEY_MAX,
    MENTIONS_MAX,
    PAGE_MAX,
    TEXT_MAX,
    Draft,
    MessageType,
    Priority,
    read_number,
)
from liveroom.domain.messages.payloads import MessageObject, write_message
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.messages.pinning import PIN, UNPIN, PinnedMessages
from liveroom.usecases.messages.sending import Messages
from liveroom.usecases.uploads.message_pictures import MessagePictures, check_claims_none

_Word = Annotated[str, Text(16)]
_TYPES = {kind.value: kind for kind in MessageType}
_PRIORITIES = {priority.value: priority for priority in Priority}


class SendMessage(Request):
    """``text``, ``data`` (an object of at most 2 KB, defined by the app), or both.

    ``type``: ``text`` or ``custom``; by default a message with data is custom. ``priority``: ``low`` is dropped first
    in a flood; ``high`` is for appointed anchors and moderators and is sent at once. ``key``: an idempotency key chosen
    by the app for each message. ``replyTo``: the ``messageId`` of a message of the broadcast. ``mentions``: at most 10
    user ids; users who are not in the room are left out.
    ``uploadId``: a picture of the caller's (``uploads/finish``); ``data.upload`` then has its ``url`` and size.
    """

    room_id: Id
    text: Annotated[str, Text(TEXT_MAX)] = ""
    data: Annotated[bytes, JsonObject(DATA_MAX)] | None = None
    type: _Word = ""
    priority: _Word = Priority.NORMAL.value
    key: Annotated[str, Text(KEY_MAX)] = ""
    reply_to: Id = ""
    mentions: Annotated[tuple[str, ...], Many(MENTIONS_MAX, ",")] = ()
    upload_id: Id = ""


@method(
    "base/v1/messages/send",
    bad_request=Code.RoomQueryParams,
    sometimes=(
        Need(Right.SPEAK_UP, "``priority`` high, and to ignore slow mode, the room-wide mute and ``followersChat``"),
    ),
    reply=MessageObject,
    codes=(
        Code.RoomNotExists,
        Code.NotInRoom,
        Code.PermissionDenied,
        Code.UserMuted,
        Code.FollowersOnly,
        Code.RateLimited,
        Code.ContentRefused,
        Code.MessageNotExists,
        Code.UploadNotExists,
        Code.NotOffered,
    ),
)
async def send(call: SendMessage, actor: Actor, messages: Messages, pictures: MessagePictures) -> msgspec.Raw:
    """Send a message to a room that the caller is in (else 3007): event ``message.sent``.

    If the caller or everyone is muted: 3003, with the end of the mute. Too fast, or slow mode: 3004, with the seconds
    to wait. Where only followers of the room's owner write: 3019 for the rest of the audience, unless in a seat. A
    reply to a message that was recalled, or is not there: 3011.
    """
    data = await _data(call, actor, pictures)
    type = _TYPES.get(call.type or (MessageType.CUSTOM if data else MessageType.TEXT))
    priority = _PRIORITIES.get(call.priority)
    if type is None or priority is None:
        raise BadRequest("type: must be text or custom" if type is None else "priority: must be low, normal or high")
    reply_to = (read_number(call.reply_to) or 0) if call.reply_to else 0
    if call.reply_to and not reply_to:
        raise MessageNotFound
    mentions = tuple(map(UserId, call.mentions))
    draft = Draft(type, priority, call.text, data, call.key, reply_to, mentions)
    return msgspec.Raw(write_message(await messages.send(actor, RoomId(call.room_id), draft)))


async def _data(call: SendMessage, actor: Actor, pictures: MessagePictures) -> bytes:
    data = call.data or b""
    if call.upload_id:
        return await pictures.attached(actor, call.upload_id, data)
    check_claims_none(data)
    return data


class MessageHistory(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50
    cursor: Annotated[str, Text(32)] = ""


@method(
    "base/v1/messages/history",
    bad_request=Code.RoomQueryParams,
    reply=list[MessageObject],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def history(call: MessageHistory, actor: Actor, messages: Messages) -> Page:
    """List the broadcast's messages, newest first; members only (3007).

    Recalled messages are included, without their text.
    """
    found, cursor = await messages.history(actor, RoomId(call.room_id), cursor=call.cursor, limit=call.limit)
    return Page(b",".join(map(write_message, found)), cursor)


class OneMessage(Request):
    """The message."""

    room_id: Id
    message_id: Id


@method(
    "base/v1/messages/recall",
    bad_request=Code.RoomQueryParams,
    sometimes=(Need(Right.RECALL, "other users' messages"),),
    codes=(Code.RoomNotExists, Code.MessageNotExists, Code.PermissionDenied),
)
async def recall(call: OneMessage, actor: Actor, messages: Messages) -> None:
    """Recall a message: the caller's own within two minutes, any as a moderator or the owner (else 3000).

    Event ``message.recalled``. If it is pinned, it is unpinned. Repeated: 0.
    """
    await messages.recall(actor, RoomId(call.room_id), call.message_id)


@method(
    PIN,
    bad_request=Code.RoomQueryParams,
    right=Right.PIN,
    reply=Pinned,
    codes=(Code.RoomNotExists, Code.MessageNotExists, Code.PermissionDenied, Code.RateLimited),
)
async def pin(call: OneMessage, actor: Actor, pinned_messages: PinnedMessages) -> Pinned:
    """Pin a message that has a text, in place of any other: option ``pinned``, event ``room.options_changed``.

    Owner, moderators, appointed anchors and admins only (3000). It stays until it is unpinned or recalled, or the
    broadcast ends. Repeated: 0.
    """
    return wire_pinned(await pinned_messages.pin(actor, RoomId(call.room_id), call.message_id))


@method(
    UNPIN,
    bad_request=Code.RoomQueryParams,
    right=Right.PIN,
    codes=(Code.RoomNotExists, Code.PermissionDenied, Code.RateLimited),
)
async def unpin(call: OneRoom, actor: Actor, pinned_messages: PinnedMessages) -> None:
    """Unpin the message; for those who may pin. Nothing pinned: 0."""
    await pinned_messages.unpin(actor, RoomId(call.room_id))
