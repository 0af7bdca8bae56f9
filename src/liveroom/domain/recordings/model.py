"""A recording of a broadcast: announced before it begins, followed while it runs, and the files that come of it.

The recorder is a vendor that begins, ends and fails in its own time, and says so more than once, or never. So what
counts is the order of states, not that of reports: one that comes late, or twice, leads to the same state.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.moments import at, moment

STARTS_WITHIN: Final = timedelta(minutes=2)
"""How long a recorder may take to begin; after that it has failed."""
STOPS_WITHIN: Final = timedelta(minutes=5)
"""How long one may take to stop; after that it counts as stopped."""
FILES_WITHIN: Final = timedelta(minutes=30)
"""How long its files may take to come; TRTC's come half a minute to three minutes after the end."""
MORE_WITHIN: Final = timedelta(minutes=5)
"""How long the others may take, where one came before the recorder had told of its end."""
LOOKED_AT: Final = timedelta(minutes=1)
"""How often it is compared with the room, whatever happens."""
FILES_MAX: Final = 200
"""Files of one recording; further ones are left out."""
NAME_MAX: Final = 255
URL_MAX: Final = 1024
REASON_MAX: Final = 255


class RecorderKind(StrEnum):
    """Who records."""

    TRTC = "trtc"
    LIVEKIT = "livekit"
    CSS = "css"
    """Tencent CSS, by record tasks."""
    SERVER = "server"
    """The server of streams, by itself, as long as somebody pushes."""


class RecordingState(StrEnum):
    """How far a recording is."""

    ANNOUNCED = "announced"
    """Everybody in the room was told; it begins in a moment."""
    STARTING = "starting"
    """The recorder was asked to begin."""
    RECORDING = "recording"
    STOPPING = "stopping"
    """The recorder was asked to stop, and may still record."""
    PROCESSING = "processing"
    """It has stopped; its files are on their way."""
    READY = "ready"
    """Its files can be played; more of them may come."""
    FAILED = "failed"
    DELETED = "deleted"
    """It was called off before it began, or its files are gone, or about to go."""


OPEN: Final = frozenset(
    {RecordingState.ANNOUNCED, RecordingState.STARTING, RecordingState.RECORDING, RecordingState.STOPPING}
)
"""The states in which something is recorded, or is about to be: the room shows them."""
RUNNING: Final = frozenset({RecordingState.STARTING, RecordingState.RECORDING, RecordingState.STOPPING})
"""The states in which the recorder has work to do."""


class RecordingFile(NamedTuple):
    """One file of a recording."""

    name: str
    """By which the recorder knows it, and by which it is known again."""
    url: str
    """Where it is, if everybody may read it there; "" where an address is made for each viewer."""
    format: str
    """``mp4``, ``m3u8``, ``flv``…"""
    bytes: int = 0
    """0: the recorder does not say it; likewise ``seconds``."""
    seconds: float = 0
    begins: int = 0
    """Milliseconds since 1970; 0: unknown."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as it is stored. Whoever changes it has locked its room's row, then it."""

    id: str
    tenant: TenantName
    room: RoomId
    broadcast: BroadcastId
    owner: UserId
    """Whose broadcast it was when it was announced."""
    by: UserId
    """Who started it; "": the room or the operator's settings did."""
    recorder: RecorderKind
    announced: datetime
    begins: datetime
    """When the recorder is asked to begin."""
    state: RecordingState = RecordingState.ANNOUNCED
    task: str = ""
    """What the recorder calls it."""
    started: datetime | None = None
    ended: datetime | None = None
    reason: str = ""
    """Why it failed, for people."""
    due: datetime | None = None
    """When it is to be looked at next."""
    erased: bool = False
    """Its owner's account is gone: it goes as soon as it can."""
    files: tuple[RecordingFile, ...] = ()
    secluded: bool = False
    """Its broadcast was not open to everybody at some time while it was recorded: who was in it may watch it."""

    @property
    def is_open(self) -> bool:
        """Say whether something is recorded, or is about to be."""
        return self.state in OPEN

    @property
    def seconds(self) -> float:
        """Return how long its files last together, as far as they say."""
        return sum(file.seconds for file in self.files)


class RecordingReportKind(StrEnum):
    """What a recorder says."""

    TAKEN = "taken"
    """It has taken the order, and may not have begun."""
    STARTED = "started"
    ENDED = "ended"
    """It does not record any more; its files come later."""
    FAILED = "failed"
    FILES = "files"
    """Files that can be played."""
    COMPLETE = "complete"
    """It has ended, and these are all of its files."""


class RecordingReport(NamedTuple):
    """What a recorder says of a recording; ``id`` or ``task`` says of which."""

    kind: RecordingReportKind
    at: datetime
    id: str = ""
    task: str = ""
    files: Sequence[RecordingFile] = ()
    reason: str = ""


class ShownRecording(NamedTuple):
    """A recording that is open, as its room's state has it."""

    id: str
    state: RecordingState
    begins: int
    """Milliseconds since 1970."""


_decode: Final = msgspec.json.Decoder(ShownRecording).decode
_decode_files: Final = msgspec.json.Decoder(tuple[RecordingFile, ...]).decode


def shown(recording: Recording) -> ShownRecording | None:
    """Return a recording as its room's state has it; None where the room shows it no more."""
    if not recording.is_open:
        return None
    return ShownRecording(recording.id, recording.state, moment(recording.begins))


def write_shown(recording: ShownRecording | None) -> str:
    """Return the recording of a room as its row and the live store keep it; "": none."""
    return "" if recording is None else msgspec.json.encode(recording).decode()


def read_shown(stored: str | None) -> ShownRecording | None:
    """Return the recording that ``write_shown`` wrote."""
    return _decode(stored) if stored else None


def write_files(files: Sequence[RecordingFile]) -> str:
    """Return files as they are stored."""
    return msgspec.json.encode(tuple(files)).decode() if files else ""


def read_files(stored: str) -> tuple[RecordingFile, ...]:
    """Return the files that ``write_files`` wrote."""
    return _decode_files(stored) if stored else ()


def announce(recording: Recording) -> Recording:
    """Return a new recording in whole milliseconds, with the time at which it is due."""
    begins = at(moment(recording.begins))
    return replace(recording, announced=at(moment(recording.announced)), begins=begins, due=begins)
