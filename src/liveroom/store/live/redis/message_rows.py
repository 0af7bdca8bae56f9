"""Messages as the scripts keep them (``lua/modules/talk.lua``)."""

from typing import Final

import msgspec

from liveroom.caches import short_cache
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.messages.model import Message, MessageType, Priority
from liveroom.store.live.redis.records import ROLE_NUMBERS, at, moment, moment_or_never, pack, read_role

_NOBODY: Final = -1
"""The role of a notice."""


class MessageRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A message."""

    room: RoomId
    tenant: TenantName
    broadcast: BroadcastId
    number: int
    at: int
    user: UserId
    name: str
    avatar: str
    role: int
    type: MessageType
    priority: Priority
    text: str
    data: str
    recalled: int
    recalled_by: UserId


_read: Final = msgspec.msgpack.Decoder(MessageRow).decode


@short_cache(1024, 4096)
def read_message(packed: bytes) -> Message:
    """Return a message that a script kept; whoever enters a room reads those that others have just read."""
    row = _read(packed)
    return Message(
        row.room, row.tenant, row.broadcast, row.number, at(row.at), row.user, row.name, row.avatar,
        None if row.role == _NOBODY else read_role(row.role), row.type, row.priority, row.text, row.data.encode(),
        at(row.recalled) if row.recalled else None, row.recalled_by,
    )  # fmt: skip


def packed_message(message: Message) -> bytes:
    """Return a message as scripts keep it."""
    return pack(
        MessageRow(
            message.room, message.tenant, message.broadcast, message.number, moment(message.at), message.user,
            message.name, message.avatar, _NOBODY if message.role is None else ROLE_NUMBERS[message.role],
            message.type, message.priority, message.text, message.data.decode(),
            moment_or_never(message.recalled), message.recalled_by,
        )
    )  # fmt: skip
