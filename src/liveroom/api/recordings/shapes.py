"""Recordings as answers have them."""

from typing import Annotated

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.moments import at
from liveroom.domain.payloads import Counter, Instant, instant_text
from liveroom.domain.recordings.model import RecorderKind, Recording
from liveroom.domain.recordings.payloads import StateText
from liveroom.usecases.recordings.listing import PlayableRecording

RecorderText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(RecorderKind)})]


class RecordingObject(Shape, kw_only=True):
    """A recording of a broadcast."""

    recording_id: str
    room_id: str
    broadcast_id: str
    owner_id: str
    """Whose broadcast it is."""
    started_by: str
    """Who started it; empty: the room's options or the settings did."""
    recorder: RecorderText
    state: StateText
    """``announced``, ``starting``, ``recording``, ``stopping``, ``processing`` (its files are on their way), ``ready``,
    ``failed`` or ``deleted``."""
    begins_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    reason: str
    """Why it failed."""
    seconds: int
    """How long its files last together."""
    bytes: Counter
    """Their size; 0: the recorder does not say it."""
    files: int
    """How many there are."""


class RecordingFileObject(Shape):
    """A file of a recording."""

    url: str
    """Where the caller plays it; empty: nowhere yet. Do not pass it on: it may be signed for the caller alone."""
    expires_at: Instant | None
    """Until when the address is good; null: it does not end."""
    format: str
    """``mp4``, ``m3u8``, ``flv``…"""
    seconds: int
    bytes: Counter
    begins_at: Instant | None
    """When what it shows began; null: the recorder does not say it."""


class PlayableObject(RecordingObject, kw_only=True):
    """A recording with its files."""

    playable: list[RecordingFileObject]


def recording_object(recording: Recording) -> RecordingObject:
    """Return a recording as answers have it."""
    return RecordingObject(
        recording_id=recording.id,
        room_id=recording.room,
        broadcast_id=recording.broadcast,
        owner_id=recording.owner,
        started_by=recording.by,
        recorder=recording.recorder.value,
        state=recording.state.value,
        begins_at=instant_text(recording.begins),
        started_at=None if recording.started is None else instant_text(recording.started),
        ended_at=None if recording.ended is None else instant_text(recording.ended),
        reason=recording.reason,
        seconds=round(recording.seconds),
        bytes=sum(file.bytes for file in recording.files),
        files=len(recording.files),
    )


def playable_object(found: PlayableRecording) -> PlayableObject:
    """Return a recording with its files."""
    files = [
        RecordingFileObject(
            url=one.url,
            expires_at=None if one.expires is None else instant_text(one.expires),
            format=one.file.format,
            seconds=round(one.file.seconds),
            bytes=one.file.bytes,
            begins_at=instant_text(at(one.file.begins)) if one.file.begins else None,
        )
        for one in found.files
    ]
    return PlayableObject(playable=files, **msgspec.structs.asdict(recording_object(found.recording)))
