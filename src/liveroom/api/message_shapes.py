"""Messages as clients read them, in answers and in events."""

from typing import Annotated, Any

import msgspec

from liveroom.api.event_shapes import EventShape
from liveroom.api.shapes import Shape
from liveroom.domain.events import EventKind
from liveroom.domain.messages import MessageType, Priority

_Type = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(MessageType)})]
_Priority = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Priority)})]


class MessageObject(Shape):
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
    time: Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
    """When it was sent: UTC, as ``2026-11-25T10:00:00.123Z``."""
    recalled: bool
    """Whether it was recalled."""


class SaidMessage(MessageObject):
    """A message that was just sent."""

    key: str | msgspec.UnsetType = msgspec.UNSET
    """The idempotency key its author sent it with, if any."""


class MessageSent(EventShape, kw_only=True, tag=EventKind.MESSAGE_SENT.value):
    """A message was sent; ``by`` is its author."""

    data: SaidMessage
    """The message."""


class RecalledMessage(Shape):
    """A recalled message."""

    message_id: str
    user_id: str
    """Its author."""
    by: str
    """Who recalled it: the author or a moderator."""


class MessageRecalled(EventShape, kw_only=True, tag=EventKind.MESSAGE_RECALLED.value):
    """A message was recalled: stop showing its text."""

    data: RecalledMessage
    """The message, and who recalled it."""
