"""Events as clients read them: what every event says, and what those of interactive rooms say more in ``data``."""

from typing import Literal

import msgspec

from liveroom.api.rooms.option_shapes import Options
from liveroom.api.shapes import Shape
from liveroom.domain.connections.payloads import ConnectionNews
from liveroom.domain.envelopes.payloads import EndedEnvelope, EnvelopeProgress, OpenedEnvelope, SentEnvelope
from liveroom.domain.events.model import EventKind
from liveroom.domain.gifts.payloads import GiftSent, GiftSums, MoreGifts
from liveroom.domain.messages.payloads import RecalledMessage, SaidMessage
from liveroom.domain.moderation.payloads import Standing
from liveroom.domain.payloads import Counter, Instant
from liveroom.domain.recordings.payloads import RecordingNews
from liveroom.domain.rooms.likes import NewLikes
from liveroom.domain.rooms.metadata import NewMetadata
from liveroom.domain.seats.payloads import AllSeats, SeatAnswer, SeatAsked
from liveroom.domain.streams.payloads import StreamNews


class EventShape(Shape, tag_field="type", kw_only=True):
    """The fields of every event."""

    seq: Counter
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


class RoomGift(EventShape, kw_only=True, tag=EventKind.GIFT_SENT.value):
    """A gift was sent. After a failure it may be told twice, with the same ``sentId``: ignore the second."""

    data: GiftSent
    """The gift."""


class RoomMoreGifts(EventShape, kw_only=True, tag=EventKind.MORE_GIFTS.value):
    """More gifts were sent than are told one by one: it follows the ten most expensive, and counts the others."""

    data: MoreGifts
    """The others."""


class RoomGiftTotals(EventShape, kw_only=True, tag=EventKind.GIFT_TOTALS.value):
    """All gifts of the broadcast so far. It follows the gifts of each publication."""

    data: GiftSums
    """How many there are, and what they cost."""


class RoomEnvelope(EventShape, kw_only=True, tag=EventKind.ENVELOPE_SENT.value):
    """A red envelope was sent. After a failure it may be told twice, with the same ``envelopeId``."""

    data: SentEnvelope
    """The envelope."""


class RoomEnvelopeOpened(EventShape, kw_only=True, tag=EventKind.ENVELOPE_OPENED.value):
    """A red envelope that was to open later can be grabbed. It may come a second late: ``opensAt`` counts."""

    data: OpenedEnvelope
    """Which, and until when."""


class RoomEnvelopeGrabbed(EventShape, kw_only=True, tag=EventKind.ENVELOPE_GRABBED.value):
    """Members have grabbed parts, batched, at most five times a second."""

    data: EnvelopeProgress
    """Who has got what, and how many parts are left."""


class RoomEnvelopeEnded(EventShape, kw_only=True, tag=EventKind.ENVELOPE_ENDED.value):
    """A red envelope is over."""

    data: EndedEnvelope
    """Why, what was grabbed, and the seed of the draw."""


RoomEnvelopeEvent = RoomEnvelope | RoomEnvelopeOpened | RoomEnvelopeGrabbed | RoomEnvelopeEnded


class RoomRecordingAnnounced(EventShape, kw_only=True, tag=EventKind.RECORDING_ANNOUNCED.value):
    """The broadcast will be recorded from ``beginsAt`` on: tell everybody who is seen or heard."""

    data: RecordingNews
    """The recording."""


class RoomRecordingStarted(EventShape, kw_only=True, tag=EventKind.RECORDING_STARTED.value):
    """The broadcast is being recorded."""

    data: RecordingNews
    """The recording."""


class RoomRecordingEnded(EventShape, kw_only=True, tag=EventKind.RECORDING_ENDED.value):
    """The broadcast is not recorded any more, or will not be after all."""

    data: RecordingNews
    """The recording."""


class RoomRecordingFailed(EventShape, kw_only=True, tag=EventKind.RECORDING_FAILED.value):
    """The recording could not be made: nothing is recorded."""

    data: RecordingNews
    """The recording, with the reason."""


class RoomRecordingReady(EventShape, kw_only=True, tag=EventKind.RECORDING_READY.value):
    """A recording of the running broadcast can be played; told again when more of its files come."""

    data: RecordingNews
    """The recording."""


RoomRecordingEvent = (
    RoomRecordingAnnounced | RoomRecordingStarted | RoomRecordingEnded | RoomRecordingFailed | RoomRecordingReady
)


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


class ConnectionChanged(EventShape, kw_only=True, tag=EventKind.CONNECTION_CHANGED.value):
    """The room was connected with others, or is so no longer; or another room has joined or left."""

    data: ConnectionNews
    """With what it is connected now."""


class StreamChanged(EventShape, kw_only=True, tag=EventKind.STREAM_CHANGED.value):
    """A stream of the room has begun, was interrupted, has come back, or is over; or its picture has another size."""

    data: StreamNews
    """The room's streams now."""


class MetadataChanged(EventShape, kw_only=True, tag=EventKind.METADATA_CHANGED.value):
    """The room's metadata has changed."""

    data: NewMetadata
    """The metadata now."""


class MessageSent(EventShape, kw_only=True, tag=EventKind.MESSAGE_SENT.value):
    """A message was sent; ``by`` is its author."""

    data: SaidMessage
    """The message."""


class MessageRecalled(EventShape, kw_only=True, tag=EventKind.MESSAGE_RECALLED.value):
    """A message was recalled: stop showing its text."""

    data: RecalledMessage
    """The message, and who recalled it."""
