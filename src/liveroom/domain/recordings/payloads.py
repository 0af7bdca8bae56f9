"""Recordings as clients read them: in a room's state, and in its events."""

from datetime import datetime
from typing import Annotated

import msgspec

from liveroom.domain.moments import at, moment
from liveroom.domain.payloads import Instant, Payload, instant_text
from liveroom.domain.recordings.model import Recording, RecordingState, ShownRecording

StateText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(RecordingState)})]


class RunningRecording(Payload):
    """The recording of a room: everybody in it is to see that they are recorded."""

    recording_id: str
    state: StateText
    """``announced``: it begins in a moment; ``starting``, ``recording``, ``stopping``: what is said and shown may be
    recorded."""
    begins_at: Instant
    """When it begins, or has begun."""


class RecordingNews(RunningRecording):
    """What has become of a recording."""

    begins_in: int
    """The milliseconds until it begins, by the server's clock; 0: it has begun."""
    reason: str
    """Why it failed, for hosts; empty otherwise."""
    files: int
    """How many files there are to play."""


def running(recording: ShownRecording) -> RunningRecording:
    """Return a recording as a room's state has it."""
    return RunningRecording(
        recording_id=recording.id, state=recording.state.value, begins_at=instant_text(at(recording.begins))
    )


def news(recording: Recording, now: datetime) -> RecordingNews:
    """Return what a room is told of a recording."""
    return RecordingNews(
        recording_id=recording.id,
        state=recording.state.value,
        begins_at=instant_text(recording.begins),
        begins_in=max(0, moment(recording.begins) - moment(now)),
        reason=recording.reason,
        files=len(recording.files),
    )
