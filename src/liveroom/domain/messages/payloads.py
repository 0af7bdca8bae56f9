"""Messages as clients read them, in answers and in events alike. ``lua/say.lua`` writes the same."""

from typing import Annotated, Any, Final

import msgspec

from liveroom.domain.messages.model import Message, MessageType, Priority
from liveroom.domain.payloads import Instant, Payload, instant_text

_Type = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(MessageType)})]
_Priority = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Priority)})]
_NULL: Final = msgspec.Raw(b"null")
_encode: Final = msgspec.json.Encoder().encode


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
    """Who recalled it: the author or a moderator."""


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
            data=_data(message),
            priority=message.priority,
            time=instant_text(message.at),
            recalled=message.recalled is not None,
            key=key or msgspec.UNSET,
        )
    )


def write_recall(message: Message) -> bytes:
    """Return a ``RecalledMessage`` as JSON."""
    return _encode(RecalledMessage(message_id=message.id, user_id=message.user, by=message.recalled_by))


def write_notice(message: Message) -> bytes:
    """Return a ``Notice`` as JSON."""
    return _encode(Notice(text=message.text, data=_data(message)))


def _data(message: Message) -> Any:
    """Return the message's JSON, which is written as it is."""
    return msgspec.Raw(message.data) if message.data else _NULL
