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
    """Something that was said in a room."""

    message_id: str
    """A number, as text: the greater one is later. No other message of the room ever has it."""
    user_id: str
    """Who said it; empty for a notice of the operator."""
    name: str
    """Theirs, as it was then."""
    avatar: str
    role: str
    """As what they said it: ``owner``, ``anchor``, ``moderator``, ``speaker`` or ``audience``."""
    type: _Type
    """``text``; ``custom``: JSON that the apps agree on; ``notice``: the operator's."""
    text: str
    """At most 500 characters; empty when it was recalled."""
    data: dict[str, Any] | str | None
    """What apps gave with it (of a notice perhaps a text); null where there is none, and when it was recalled."""
    priority: _Priority
    time: Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
    """When it was said: UTC, as ``2026-11-25T10:00:00.123Z``."""
    recalled: bool
    """It was taken back."""


class SaidMessage(MessageObject):
    """A message that was just said."""

    key: str | msgspec.UnsetType = msgspec.UNSET
    """The key under which its author sent it, if they gave one."""


class MessageSent(EventShape, kw_only=True, tag=EventKind.MESSAGE_SENT.value):
    """Somebody has said something; ``by`` is who."""

    data: SaidMessage
    """What was said."""


class RecalledMessage(Shape):
    """A message that was taken back."""

    message_id: str
    user_id: str
    """Who had said it."""
    by: str
    """Who has taken it back: they, or a moderator."""


class MessageRecalled(EventShape, kw_only=True, tag=EventKind.MESSAGE_RECALLED.value):
    """A message was taken back: its words are not to be shown any more."""

    data: RecalledMessage
    """Which, and by whom."""
