"""Events of interactive rooms as clients read them: what each says of its own is in ``data`` (``events``)."""

from typing import Annotated, Any

import msgspec

from liveroom.api.event_shapes import EventShape
from liveroom.api.option_shapes import Options
from liveroom.api.seat_shapes import AllSeats, SeatAnswer, SeatAsked
from liveroom.api.shapes import Shape
from liveroom.domain.events import EventKind


class OptionsChanged(EventShape, kw_only=True, tag=EventKind.OPTIONS_CHANGED.value):
    """The room's options have changed."""

    data: Options
    """All of them, as they are now."""


class Standing(Shape):
    """What somebody is to the room, whether they are in it or not."""

    user_id: str
    role: Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["", "moderator", "anchor"]})]
    """To what the owner has appointed them; empty: to nothing."""
    muted_until: str
    """Until when they may not write: UTC, as ``2026-11-25T10:00:00.123Z``; in 9999: for ever. Empty: they may."""
    banned_until: str
    """Until when they may not come in, likewise."""
    invited: bool
    """They may come in while only who was invited may."""


class StandingChanged(EventShape, kw_only=True, tag=EventKind.STANDING_CHANGED.value):
    """Somebody was appointed, muted, banned or invited, or is not any more. A ban puts nobody out: a kick does."""

    data: Standing
    """What they are to the room now."""


class NewLikes(Shape):
    """How the broadcast is liked."""

    likes: int
    """All likes of the broadcast."""
    added: int
    """Those of them that are new: likes that somebody else's event has told are not among them."""


class RoomLikes(EventShape, kw_only=True, tag=EventKind.LIKES.value):
    """Somebody likes the broadcast: what came in a moment, at most five times a second."""

    data: NewLikes
    """The likes now, and how many are new."""


class SeatsChanged(EventShape, kw_only=True, tag=EventKind.SEATS_CHANGED.value):
    """Somebody has come to a seat or left one, or one is locked or muted, or seats are others than before."""

    data: AllSeats
    """All of them, as they are now."""


class SeatRequested(EventShape, kw_only=True, tag=EventKind.SEAT_REQUESTED.value):
    """Somebody applies for a seat, or is invited to one."""

    data: SeatAsked
    """What waits for its answer."""


class SeatAnswered(EventShape, kw_only=True, tag=EventKind.SEAT_ANSWERED.value):
    """An application or invitation is over."""

    data: SeatAnswer
    """What became of it."""


class NewMetadata(Shape):
    """The room's metadata after a change."""

    version: int
    """Grows with each change."""
    metadata: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    """All of it; left out above 4 KB of JSON: ``rooms/metadata`` has it."""


class MetadataChanged(EventShape, kw_only=True, tag=EventKind.METADATA_CHANGED.value):
    """The room's metadata has changed."""

    data: NewMetadata
    """What it is now."""
