"""Events of recordings, in the stream of the room that is recorded."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

from liveroom.domain.events.model import EventKind
from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.payloads import Instant, instant_text
from liveroom.domain.recordings.model import OPEN, Recording, RecordingState
from liveroom.domain.recordings.payloads import StateText

DELETED: Final = "recording.deleted"
"""Told to webhooks alone."""


class RecordingEventPayload(EventPayload):
    """A recording, and of which broadcast it is."""

    recording_id: str
    room_id: str
    broadcast_id: str
    owner_id: str
    started_by: str
    """Who started it; empty: the room's options or the settings did."""
    state: StateText
    begins_at: Instant
    """When it begins, or was to begin."""
    started_at: Instant | None
    ended_at: Instant | None
    reason: str
    """Why it failed, for people."""
    files: int
    """How many files there are; ``admin/get_recording`` has their addresses."""
    seconds: int
    """How long they last together."""


class AnnouncedRecording(RecordingEventPayload):
    """A recording begins in a moment."""

    kind: ClassVar[str] = EventKind.RECORDING_ANNOUNCED.value


class StartedRecording(RecordingEventPayload):
    """The recorder has begun."""

    kind: ClassVar[str] = EventKind.RECORDING_STARTED.value


class EndedRecording(RecordingEventPayload):
    """Nothing is recorded any more, or the recording was called off before it began."""

    kind: ClassVar[str] = EventKind.RECORDING_ENDED.value


class FailedRecording(RecordingEventPayload):
    """The recorder could not record, or has left no file."""

    kind: ClassVar[str] = EventKind.RECORDING_FAILED.value


class ReadyRecording(RecordingEventPayload):
    """The recording can be played. More files may come: then it is told again."""

    kind: ClassVar[str] = EventKind.RECORDING_READY.value


class DeletedRecording(RecordingEventPayload):
    """The recording is gone, and its files are being deleted."""

    kind: ClassVar[str] = DELETED


_SHAPES: Final[Mapping[str, type[RecordingEventPayload]]] = {
    EventKind.RECORDING_ANNOUNCED: AnnouncedRecording,
    EventKind.RECORDING_STARTED: StartedRecording,
    EventKind.RECORDING_ENDED: EndedRecording,
    EventKind.RECORDING_FAILED: FailedRecording,
    EventKind.RECORDING_READY: ReadyRecording,
    DELETED: DeletedRecording,
}
_REACHED: Final[Mapping[RecordingState, str]] = {
    RecordingState.ANNOUNCED: EventKind.RECORDING_ANNOUNCED,
    RecordingState.RECORDING: EventKind.RECORDING_STARTED,
    RecordingState.FAILED: EventKind.RECORDING_FAILED,
    RecordingState.READY: EventKind.RECORDING_READY,
}

OUTCOMES: Final = tuple(kind.rpartition(".")[2] for kind in _SHAPES if kind != EventKind.RECORDING_ANNOUNCED)
"""What becomes of announced recordings, as figures name it."""


def kinds_of(before: Recording | None, after: Recording) -> tuple[str, ...]:
    """Return what a change of a recording is told as, in order."""
    was = None if before is None else before.state
    if was is after.state:
        has_more = before is not None and len(after.files) > len(before.files)
        return (EventKind.RECORDING_READY,) if has_more and after.state is RecordingState.READY else ()
    has_ended = was in OPEN and after.state not in OPEN
    if after.state is RecordingState.DELETED:
        return (EventKind.RECORDING_ENDED if has_ended else DELETED,)
    kinds = (_REACHED[after.state],) if after.state in _REACHED else ()
    is_failure = after.state is RecordingState.FAILED
    return (EventKind.RECORDING_ENDED, *kinds) if has_ended and not is_failure else kinds


def event_of(kind: str, recording: Recording, category: str, at: datetime) -> NewEvent:
    """Return the event of that kind."""
    payload = _SHAPES[kind](
        recording_id=recording.id,
        room_id=recording.room,
        broadcast_id=recording.broadcast,
        owner_id=recording.owner,
        started_by=recording.by,
        state=recording.state.value,
        begins_at=instant_text(recording.begins),
        started_at=None if recording.started is None else instant_text(recording.started),
        ended_at=None if recording.ended is None else instant_text(recording.ended),
        reason=recording.reason,
        files=len(recording.files),
        seconds=round(recording.seconds),
    )
    return NewEvent(payload.kind, category, at, payload)
