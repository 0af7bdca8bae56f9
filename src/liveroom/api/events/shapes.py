"""What every event says, whatever it is about."""

from typing import Literal

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.payloads import Instant


class EventShape(Shape, tag_field="type", kw_only=True):
    """The fields of every event."""

    seq: int
    """Number of the event in the room, or on the connection, within one epoch: the order they happened."""
    epoch: str
    """The epoch of ``seq``: when it changes, counting starts again and the state must be replaced."""
    time: Instant
    """When it happened: UTC, as ``2026-11-25T10:00:00.123Z``."""
    cause: Literal["call", "presence", "room", "service"]
    """``call``: a user's call; ``presence``: a user went offline or came back; ``room``: something happened to the
    room; ``service``: the service or its operator.
    """
    by: str | msgspec.UnsetType = msgspec.UNSET
    """The user whose call caused it, if that is somebody else; left out if unknown."""
