"""Events of interactive rooms as clients read them: what each says of its own is in ``data`` (``events``)."""

from liveroom.api.events.shapes import EventShape
from liveroom.api.rooms.option_shapes import Options
from liveroom.domain.events.model import EventKind
from liveroom.domain.moderation.payloads import Standing
from liveroom.domain.rooms.likes import NewLikes
from liveroom.domain.rooms.metadata import NewMetadata
from liveroom.domain.seats.payloads import AllSeats, SeatAnswer, SeatAsked


class OptionsChanged(EventShape, kw_only=True, tag=EventKind.OPTIONS_CHANGED.value):
    """The room's options have changed."""

    data: Options
    """All of them, after the change."""


class StandingChanged(EventShape, kw_only=True, tag=EventKind.STANDING_CHANGED.value):
    """A user was appointed, muted, banned or invited, or that was undone. Removal is another event."""

    data: Standing
    """Their standing now."""


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


class MetadataChanged(EventShape, kw_only=True, tag=EventKind.METADATA_CHANGED.value):
    """The room's metadata has changed."""

    data: NewMetadata
    """The metadata now."""
