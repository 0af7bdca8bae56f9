"""What every event says, whatever it is about."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from liveroom.api.shapes import Shape

_Time = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class EventShape(Shape, tag_field="type", kw_only=True):
    """What every event says."""

    seq: int
    """Counts the events of the room, or of the connection, within one epoch; the order in which they happened."""
    epoch: str
    """Of ``seq``: when it is another one, counting has begun anew, and what was shown is to be replaced."""
    time: _Time
    """When it happened: UTC, as ``2026-11-25T10:00:00.123Z``."""
    cause: Literal["call", "presence", "room", "service"]
    """``call``: somebody's call; ``presence``: signs of life that ended or came back; ``room``: what happened to the
    room; ``service``: the service or its operator."""
    by: str | msgspec.UnsetType = msgspec.UNSET
    """The user whose call brought it about, where that is somebody else; left out where it is not known."""


def event_time(moment: datetime) -> str:
    """Return the time as events write it."""
    return moment.isoformat(timespec="milliseconds")[:23] + "Z"
