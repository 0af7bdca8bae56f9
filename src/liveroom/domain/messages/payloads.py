"""Messages as clients read them, in answers and in events alike."""

from typing import Annotated, Any, Final

import msgspec

from liveroom.domain.ids import UserId
from liveroom.domain.messages.model import Draft, Message, MessageType, Priority, Quote
from liveroom.domain.payloads import Instant, Payload, instant_text
from liveroom.domain.presence.members import Role

_Type = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(MessageType)})]
_Priority = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Priority)})]
_NULL: Final = msgspec.Raw(b"null")
_encode: Final = msgspec.json.Encoder().encode
_LONGEST_ID: Final = "9" * 13
"""Numbers are times in milliseconds."""
_LONGEST_ROLE: Final = max(Role, key=len)
_ANY_TIME: Final = "0000-00-00T00:00:00.000Z"
"""All are equally long."""


class QuotedMessage(Payload):
    """What a reply shows of the message that it answers."""

    message_id: str
    user_id: str
    """Its author; empty for a notice from the operator."""
    name: str
    text: str
    """Its first 80 characters; empty if it has only data, or was recalled."""


class MessageObject(Payload):
    """A message in a room."""

    message_id: str
    """A number, as text, unique in the room: a greater one is later."""
    user_id: str
    """Its author; empty for a notice from the operator."""
    name: str
    """The author's name at that time."""
    avatar: str
    role: str
    """The author's role at that time: ``owner``, ``anchor``, ``moderator``, ``speaker`` or ``audience``."""
    type: _Type
    """``text``; ``custom``: JSON defined by the app; ``notice``: from the operator."""
    text: str
    """At most 500 characters; empty if recalled."""
    data: dict[str, Any] | str | None
    """The app's data (in a notice it may be a text); null if there is none, or if recalled."""
    priority: _Priority
    time: Instant
    """When it was sent: UTC, as ``2026-11-25T10:00:00.123Z``."""
    recalled: bool
    """Whether it was recalled."""
    reply_to: QuotedMessage | msgspec.UnsetType = msgspec.UNSET
    """The message that it answers; left out if it answers none."""
    mentions: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    """The users whom it mentions, by their ids; left out if there are none."""


class SaidMessage(MessageObject):
    """A message that was just sent."""

    key: str | msgspec.UnsetType = msgspec.UNSET
    """The idempotency key its author sent it with, if any."""


class RecalledMessage(Payload):
    """A recalled message."""

    message_id: str
    user_id: str
    """Its author."""
    by: str
    """Who recalled it: the author or a moderator; empty: the operator."""


class Notice(Payload):
    """A notice from the operator."""

    text: str
    """For people, at most 500 characters."""
    data: Any = None
    """For their apps: any JSON, or null."""


def write_message(message: Message, key: str = "") -> bytes:
    """Return a ``SaidMessage`` as JSON; without a key it is a ``MessageObject``."""
    return _encode(
        SaidMessage(
            message_id=message.id,
            user_id=message.user,
            name=message.name,
            avatar=message.avatar,
            role=message.role or "",
            type=message.type,
            text=message.text,
            data=_raw(message.data),
            priority=message.priority,
            time=instant_text(message.at),
            recalled=message.recalled is not None,
            reply_to=_quoted(message.reply_to, message.quote) if message.reply_to else msgspec.UNSET,
            mentions=message.mentions or msgspec.UNSET,
            key=key or msgspec.UNSET,
        )
    )


def write_recall(message: Message) -> bytes:
    """Return a ``RecalledMessage`` as JSON."""
    return _encode(RecalledMessage(message_id=message.id, user_id=message.user, by=message.recalled_by))


def write_notice(message: Message) -> bytes:
    """Return a ``Notice`` as JSON."""
    return _encode(Notice(text=message.text, data=_raw(message.data)))


def write_event(message: Message, key: str = "") -> bytes:
    """Return what the room's event says of a message: ``SaidMessage``, ``RecalledMessage`` or ``Notice`` as JSON."""
    if message.recalled is not None:
        return write_recall(message)
    return write_message(message, key) if message.user else write_notice(message)


def event_size(draft: Draft, user: UserId, quote: Quote | None = None) -> int:
    """Return how many bytes the event of a message takes at most, without its author's name and picture."""
    type, priority, text, data, key, reply_to, mentions = draft
    if not user:
        return len(_encode(Notice(text=text, data=_raw(data))))
    return len(
        _encode(
            SaidMessage(
                message_id=_LONGEST_ID,
                user_id=user,
                name="",
                avatar="",
                role=_LONGEST_ROLE,
                type=type,
                text=text,
                data=_raw(data),
                priority=priority,
                time=_ANY_TIME,
                recalled=False,
                reply_to=_quoted(reply_to, quote) if reply_to else msgspec.UNSET,
                mentions=mentions or msgspec.UNSET,
                key=key or msgspec.UNSET,
            )
        )
    )


def _quoted(number: int, quote: Quote | None) -> QuotedMessage:
    """Return what is shown of a message; without a quote only which one it is: there is no more of it."""
    if quote is None:
        return QuotedMessage(message_id=str(number), user_id="", name="", text="")
    return QuotedMessage(message_id=str(number), user_id=quote.user, name=quote.name, text=quote.text)


def _raw(data: bytes) -> Any:
    """Return a message's JSON, which is written as it is."""
    return msgspec.Raw(data) if data else _NULL
