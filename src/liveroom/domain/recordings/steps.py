"""How a recording goes on: by what people ask, by what its recorder says, and by the time that passes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.moments import at, moment
from liveroom.domain.recordings.model import (
    FILES_MAX,
    FILES_WITHIN,
    LOOKED_AT,
    MORE_WITHIN,
    REASON_MAX,
    RUNNING,
    STARTS_WITHIN,
    STOPS_WITHIN,
    Recording,
    RecordingFile,
    RecordingReport,
    RecordingReportKind,
    RecordingState,
)

_OVER: Final = frozenset({RecordingState.PROCESSING, RecordingState.READY, RecordingState.FAILED})
TOO_SLOW: Final = "the recorder did not begin in time"
NO_FILE: Final = "the recorder has left no file"


def stop(recording: Recording, now: datetime) -> Recording:
    """Return a recording that somebody stops, or whose broadcast is over; one that is over stays as it is."""
    if recording.state is RecordingState.ANNOUNCED:
        return replace(recording, state=RecordingState.DELETED, ended=at(moment(now)), due=None)
    if recording.state in (RecordingState.STARTING, RecordingState.RECORDING):
        return replace(recording, state=RecordingState.STOPPING, due=now + STOPS_WITHIN)
    return recording


def delete(recording: Recording, now: datetime) -> Recording:
    """Return a recording that is to be gone: one that runs is stopped first, and goes when it has."""
    if recording.state in _OVER:
        return replace(recording, state=RecordingState.DELETED, due=None)
    return stop(replace(recording, erased=True), now)


def fail(recording: Recording, reason: str, now: datetime) -> Recording:
    """Return a recording that its recorder cannot make."""
    ended = recording.ended or at(moment(now))
    failed = replace(recording, state=RecordingState.FAILED, reason=reason[:REASON_MAX], ended=ended, due=None)
    return _settled(failed, now)


def on_time(recording: Recording, now: datetime, *, is_live: bool, keep: timedelta) -> Recording:
    """Return a recording that is due. ``is_live``: its broadcast runs. ``keep``: how long files are kept; 0: for ever.

    The erasure of its owner makes it due too.
    """
    stopped = stop(recording, now) if recording.erased or not is_live else recording
    if stopped is not recording:
        return stopped
    if recording.erased and recording.state in _OVER:
        return delete(recording, now)
    if recording.due is None or recording.due > now or recording.state not in _WAITED:
        return recording
    return _WAITED[recording.state](recording, now, keep)


def reported(recording: Recording, report: RecordingReport, now: datetime, keep: timedelta) -> Recording:
    """Return a recording after what its recorder has said of it."""
    told = replace(recording, files=_with(recording.files, report.files), task=recording.task or report.task)
    states, step = _HEARD.get(report.kind, _NOTHING_NEW)
    return step(told, report, now, keep) if told.state in states else told


def needs_recorder(before: Recording | None, after: Recording) -> bool:
    """Say whether the recorder has something to do because of a change."""
    if before is not None and before.state is after.state:
        has_more = len(after.files) > len(before.files) or after.task != before.task
        return has_more and after.state in (RecordingState.FAILED, RecordingState.DELETED)
    if after.state in (RecordingState.STARTING, RecordingState.STOPPING, RecordingState.PROCESSING):
        return True
    return after.state in (RecordingState.FAILED, RecordingState.DELETED) and bool(after.task or after.files)


def forget_files(recording: Recording, gone: Sequence[RecordingFile]) -> Recording:
    """Return a deleted recording without files that are deleted too."""
    names = {file.name for file in gone}
    return replace(recording, files=tuple(file for file in recording.files if file.name not in names))


def _over(recording: Recording, ended: datetime, now: datetime) -> Recording:
    """Return a recording that has stopped. It has files already where the report of its end came late, or where the
    recorder began further ones while it ran.
    """
    last = recording.ended or at(moment(min(ended, now)))
    due = now + (MORE_WITHIN if recording.files else FILES_WITHIN)
    return replace(recording, state=RecordingState.PROCESSING, ended=last, due=due)


def _ready(recording: Recording, now: datetime, keep: timedelta) -> Recording:
    due = now + keep if keep else None
    return _settled(replace(recording, state=RecordingState.READY, reason="", due=due), now)


def _settled(recording: Recording, now: datetime) -> Recording:
    """Return a recording that is over; one that was to be deleted goes."""
    return replace(recording, due=now) if recording.erased else recording


def _with(files: tuple[RecordingFile, ...], more: Sequence[RecordingFile]) -> tuple[RecordingFile, ...]:
    """Return the files with further ones: of one name the newest word counts."""
    known = {file.name: file for file in files}
    known |= {file.name: file for file in more if file.name}
    return tuple(known.values())[:FILES_MAX]


def _ask(recording: Recording, now: datetime, _: timedelta) -> Recording:
    return replace(recording, state=RecordingState.STARTING, due=now + STARTS_WITHIN)


def _never_began(recording: Recording, now: datetime, _: timedelta) -> Recording:
    return fail(recording, TOO_SLOW, now)


def _goes_on(recording: Recording, now: datetime, _: timedelta) -> Recording:
    return replace(recording, due=now + LOOKED_AT)


def _never_ended(recording: Recording, now: datetime, _: timedelta) -> Recording:
    return _over(recording, now, now)


def _all_there(recording: Recording, now: datetime, keep: timedelta) -> Recording:
    return _ready(recording, now, keep) if recording.files else fail(recording, NO_FILE, now)


def _kept_long_enough(recording: Recording, now: datetime, keep: timedelta) -> Recording:
    return delete(recording, now) if keep else recording


_WAITED: Final[Mapping[RecordingState, Callable[[Recording, datetime, timedelta], Recording]]] = {
    RecordingState.ANNOUNCED: _ask,
    RecordingState.STARTING: _never_began,
    RecordingState.RECORDING: _goes_on,
    RecordingState.STOPPING: _never_ended,
    RecordingState.PROCESSING: _all_there,
    RecordingState.READY: _kept_long_enough,
}
"""What becomes of a recording that is due, by its state."""


def _began(recording: Recording, report: RecordingReport, now: datetime, _: timedelta) -> Recording:
    started = at(moment(min(report.at, now)))
    return replace(recording, state=RecordingState.RECORDING, started=started, due=now + LOOKED_AT)


def _ended(recording: Recording, report: RecordingReport, now: datetime, _: timedelta) -> Recording:
    return _over(recording, report.at, now)


def _delivered(recording: Recording, _: RecordingReport, now: datetime, keep: timedelta) -> Recording:
    return _ready(recording, now, keep)


def _complete(recording: Recording, report: RecordingReport, now: datetime, keep: timedelta) -> Recording:
    over = _over(recording, report.at, now)
    return _ready(over, now, keep) if over.files else fail(over, report.reason or NO_FILE, now)


def _unheard(recording: Recording, _: RecordingReport, _now: datetime, _keep: timedelta) -> Recording:
    return recording


_Heard = Callable[[Recording, RecordingReport, datetime, timedelta], Recording]
_NOTHING_NEW: Final[tuple[frozenset[RecordingState], _Heard]] = (frozenset(), _unheard)
_UNDER_WAY: Final = RUNNING | {RecordingState.PROCESSING}
_HEARD: Final[Mapping[RecordingReportKind, tuple[frozenset[RecordingState], _Heard]]] = {
    RecordingReportKind.STARTED: (frozenset({RecordingState.STARTING}), _began),
    RecordingReportKind.ENDED: (RUNNING, _ended),
    RecordingReportKind.FILES: (frozenset({RecordingState.PROCESSING, RecordingState.FAILED}), _delivered),
    RecordingReportKind.COMPLETE: (_UNDER_WAY, _complete),
    RecordingReportKind.FAILED: (_UNDER_WAY, _complete),
}
"""In which states a report counts, and what becomes of the recording: one that failed may have left files."""
