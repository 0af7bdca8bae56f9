"""The events of a room's messages as clients read them."""

from liveroom.api.events.shapes import EventShape
from liveroom.domain.events.model import EventKind
from liveroom.domain.messages.payloads import RecalledMessage, SaidMessage


class MessageSent(EventShape, kw_only=True, tag=EventKind.MESSAGE_SENT.value):
    """A message was sent; ``by`` is its author."""

    data: SaidMessage
    """The message."""


class MessageRecalled(EventShape, kw_only=True, tag=EventKind.MESSAGE_RECALLED.value):
    """A message was recalled: stop showing its text."""

    data: RecalledMessage
    """The message, and who recalled it."""
