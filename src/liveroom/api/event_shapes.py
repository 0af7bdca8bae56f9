"""What every event says, whatever it is about."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from liveroom.api.shapes import Shape

_Time = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class EventShape(Shape, tag_field="type", kw_only=True):
    """The fields of every event."""

    seq: int
    """Number of the event in the room, or on the connection, within one epoch: the order they happened."""
    epoch: str
    """The epoch of ``seq``: when it changes, counting starts again and the state must be replaced."""
    time: _Time
    """When it happened: UTC, as ``2026-11-25T10:00:00.123Z``."""
    cause: Literal["call", "presence", "room", "service"]
    """``call``: a user's call; ``presence``: a user went offline or came back; ``room``: something happened to the
    room; ``service``: the service or its operator.
    """
    by: str | msgspec.UnsetType = msgspec.UNSET
    """The user whose call caused it, if that is somebody else; left out if unknown."""


def event_time(moment: datetime) -> str:
    """Return the time as events write it."""
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"
