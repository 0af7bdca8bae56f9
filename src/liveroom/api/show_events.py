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
    """All of them, after the change."""


class Standing(Shape):
    """A user's standing in the room, whether or not they are in it."""

    user_id: str
    role: Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["", "moderator", "anchor"]})]
    """The role the owner has appointed them to; empty: none."""
    muted_until: str
    """Until when they are muted: UTC, as ``2026-11-25T10:00:00.123Z``; in 9999: permanently. Empty: not muted."""
    banned_until: str
    """Until when they are banned, likewise."""
    invited: bool
    """They are invited: they may enter an invitation-only room."""


class StandingChanged(EventShape, kw_only=True, tag=EventKind.STANDING_CHANGED.value):
    """A user was appointed, muted, banned or invited, or that was undone. Removal is another event."""

    data: Standing
    """Their standing now."""


class NewLikes(Shape):
    """The likes of a broadcast."""

    likes: int
    """All likes of the broadcast."""
    added: int
    """How many of them are new, not counted in an earlier event."""


class RoomLikes(EventShape, kw_only=True, tag=EventKind.LIKES.value):
    """Likes of the broadcast, batched, at most five times a second."""

    data: NewLikes
    """The likes now, and how many are new."""


class SeatsChanged(EventShape, kw_only=True, tag=EventKind.SEATS_CHANGED.value):
    """A seat was taken, left, locked or muted, or the number of seats or their mode has changed."""

    data: AllSeats
    """All of them, after the change."""


class SeatRequested(EventShape, kw_only=True, tag=EventKind.SEAT_REQUESTED.value):
    """A user has applied for a seat, or was invited to one."""

    data: SeatAsked
    """The open request."""


class SeatAnswered(EventShape, kw_only=True, tag=EventKind.SEAT_ANSWERED.value):
    """An application or invitation is closed."""

    data: SeatAnswer
    """Its outcome."""


class NewMetadata(Shape):
    """The room's metadata after a change."""

    version: int
    """Increases with each change."""
    metadata: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    """The metadata; left out above 4 KB of JSON: call ``rooms/metadata``."""


class MetadataChanged(EventShape, kw_only=True, tag=EventKind.METADATA_CHANGED.value):
    """The room's metadata has changed."""

    data: NewMetadata
    """The metadata now."""
