"""Messages as the scripts keep them (``lua/modules/talk.lua``), and as events carry them."""

from typing import Final

import msgspec

from liveroom.caches import short_cache
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.messages.model import Message, MessageType, Priority, Quote
from liveroom.domain.messages.payloads import write_event
from liveroom.domain.moments import at, moment
from liveroom.store.live.redis.records import ROLE_NUMBERS, moment_or_never, pack, read_role

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
    reply_to: int = 0
    """Not there, as what follows, where a message answers none and mentions nobody."""
    mentions: tuple[UserId, ...] = ()

    def value(self) -> Message:
        """Return the message."""
        return Message(
            self.room, self.tenant, self.broadcast, self.number, at(self.at), self.user, self.name, self.avatar,
            None if self.role == _NOBODY else read_role(self.role), self.type, self.priority, self.text,
            self.data.encode(), at(self.recalled) if self.recalled else None, self.recalled_by, self.reply_to,
            self.mentions,
        )  # fmt: skip


class QuoteRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a reply shows of the message that it answers."""

    number: int
    broadcast: BroadcastId
    user: UserId
    name: str
    text: str


class LinksRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a message that is to be said answers (0: none; ``quote`` False: what cannot be found), and mentions."""

    reply_to: int
    quote: QuoteRow | bool
    mentions: tuple[UserId, ...]


class MessageEventRow(msgspec.Struct, array_like=True, frozen=True):
    """A message in the event that says it was sent or recalled; ``key``: as its author has sent it, or ""."""

    message: MessageRow
    key: str
    quote: QuoteRow | bool = False

    def json(self) -> bytes:
        """Return what the event says."""
        message = self.message.value()
        if not isinstance(self.quote, bool):
            message = message._replace(quote=Quote(*msgspec.structs.astuple(self.quote)))
        return write_event(message, self.key)


_read: Final = msgspec.msgpack.Decoder(MessageRow).decode


@short_cache(1024, 4096)
def read_message(packed: bytes) -> Message:
    """Return a message that a script kept; whoever enters a room reads those that others have just read."""
    return _read(packed).value()


def packed_message(message: Message) -> bytes:
    """Return a message as scripts keep it."""
    return pack(
        MessageRow(
            message.room, message.tenant, message.broadcast, message.number, moment(message.at), message.user,
            message.name, message.avatar, _NOBODY if message.role is None else ROLE_NUMBERS[message.role],
            message.type, message.priority, message.text, message.data.decode(),
            moment_or_never(message.recalled), message.recalled_by, message.reply_to, message.mentions,
        )
    )  # fmt: skip


def packed_links(reply_to: int, quote: Quote | None, mentions: tuple[UserId, ...]) -> bytes:
    """Return what a message answers and mentions, as the script takes it that says one."""
    return pack(LinksRow(reply_to, False if quote is None else QuoteRow(*quote), mentions))
