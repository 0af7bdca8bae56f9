"""Recordings go on in one order, whatever order their recorder's reports come in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.events.model import EventKind
from liveroom.domain.events.recordings import DELETED, kinds_of
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.recordings.model import (
    FILES_MAX,
    FILES_WITHIN,
    MORE_WITHIN,
    OPEN,
    STARTS_WITHIN,
    STOPS_WITHIN,
    RecorderKind,
    Recording,
    RecordingFile,
    RecordingReport,
    RecordingReportKind,
    RecordingState,
    announce,
    read_files,
    read_shown,
    shown,
    write_files,
    write_shown,
)
from liveroom.domain.recordings.steps import NO_FILE, TOO_SLOW, delete, fail, needs_recorder, on_time, reported, stop

NOW = datetime(2026, 1, 1, 20, 0, tzinfo=UTC)
FOREVER = timedelta(0)
FILE = RecordingFile("f0", "https://example.com/f0.mp4", "mp4", 5, 12.5, 1)
S, K = RecordingState, RecordingReportKind


def recording(state: RecordingState = S.ANNOUNCED, **fields: object) -> Recording:
    made = Recording(
        "r1", TenantName(""), RoomId("1"), BroadcastId("b"), UserId("9"), UserId("9"), RecorderKind.TRTC, NOW, NOW
    )
    return replace(announce(made), state=state, **fields)  # type: ignore[arg-type]


def told(kind: RecordingReportKind, *files: RecordingFile, **fields: str) -> RecordingReport:
    return RecordingReport(kind, NOW, "r1", files=files, **fields)


def after(known: Recording, *reports: RecordingReport, keep: timedelta = FOREVER) -> Recording:
    for report in reports:
        known = reported(known, report, NOW, keep)
    return known


def test_a_recording_begins_runs_ends_and_is_ready() -> None:
    started = on_time(recording(), NOW, is_live=True, keep=FOREVER)
    assert (started.state, started.due) == (S.STARTING, NOW + STARTS_WITHIN)
    runs = after(started, told(K.TAKEN, task="t1"), told(K.STARTED))
    assert (runs.state, runs.task, runs.started) == (S.RECORDING, "t1", NOW)
    stopped = stop(runs, NOW)
    assert (stopped.state, stopped.due) == (S.STOPPING, NOW + STOPS_WITHIN)
    over = after(stopped, told(K.ENDED))
    assert (over.state, over.ended, over.due) == (S.PROCESSING, NOW, NOW + FILES_WITHIN)
    ready = after(over, told(K.FILES, FILE))
    assert (ready.state, ready.files, ready.due, ready.seconds) == (S.READY, (FILE,), None, 12.5)


@pytest.mark.parametrize("order", list(permutations([told(K.STARTED), told(K.ENDED), told(K.FILES, FILE)])))
def test_reports_lead_to_the_same_state_in_any_order(order: tuple[RecordingReport, ...]) -> None:
    end = after(recording(S.STARTING), *order, *order)
    assert (end.state, end.files) == (S.READY, (FILE,))


def test_a_file_that_was_told_before_the_end_is_ready_some_minutes_later() -> None:
    over = after(recording(S.RECORDING), told(K.FILES, FILE), told(K.ENDED))
    assert (over.state, over.due) == (S.PROCESSING, NOW + MORE_WITHIN)
    assert on_time(over, NOW + MORE_WITHIN, is_live=False, keep=FOREVER).state is S.READY


@given(st.lists(st.sampled_from(list(K)), max_size=12), st.sampled_from(list(S)))
def test_no_report_opens_what_is_over(kinds: list[RecordingReportKind], state: RecordingState) -> None:
    known = recording(state)
    for kind in kinds:
        before, known = known, reported(known, told(kind, FILE), NOW, FOREVER)
        assert before.is_open or not known.is_open
        assert before.state is not S.DELETED or known.state is S.DELETED
        assert known == reported(known, told(kind, FILE), NOW, FOREVER) or known.state is not before.state


def test_what_is_called_off_before_it_begins_never_began() -> None:
    off = stop(recording(), NOW)
    assert (off.state, needs_recorder(recording(), off)) == (S.DELETED, False)
    assert kinds_of(recording(), off) == (EventKind.RECORDING_ENDED,)


@pytest.mark.parametrize("state", [S.STARTING, S.RECORDING])
def test_a_recording_whose_broadcast_is_over_is_stopped(state: RecordingState) -> None:
    known = recording(state)
    assert on_time(known, NOW, is_live=False, keep=FOREVER).state is S.STOPPING
    assert on_time(recording(), NOW, is_live=False, keep=FOREVER).state is S.DELETED


def test_a_recorder_that_does_not_begin_or_end_or_deliver_is_waited_for_only_so_long() -> None:
    late = on_time(recording(S.STARTING, due=NOW), NOW, is_live=True, keep=FOREVER)
    assert (late.state, late.reason) == (S.FAILED, TOO_SLOW)
    assert on_time(recording(S.STOPPING, due=NOW), NOW, is_live=True, keep=FOREVER).state is S.PROCESSING
    empty = on_time(recording(S.PROCESSING, due=NOW), NOW, is_live=True, keep=FOREVER)
    assert (empty.state, empty.reason) == (S.FAILED, NO_FILE)
    some = on_time(recording(S.PROCESSING, due=NOW, files=(FILE,)), NOW, is_live=True, keep=FOREVER)
    assert some.state is S.READY


def test_a_file_that_comes_after_all_makes_a_failed_recording_ready() -> None:
    failed = fail(recording(S.RECORDING), "nothing came", NOW)
    ready = after(failed, told(K.FILES, FILE))
    assert (ready.state, ready.reason, ready.files) == (S.READY, "", (FILE,))
    assert kinds_of(failed, ready) == (EventKind.RECORDING_READY,)


def test_a_recorder_that_fails_with_files_has_recorded_something() -> None:
    assert after(recording(S.RECORDING), told(K.FAILED, FILE, reason="disk")).state is S.READY
    none = after(recording(S.RECORDING), told(K.FAILED, reason="disk"))
    assert (none.state, none.reason) == (S.FAILED, "disk")
    assert after(recording(S.STOPPING), told(K.COMPLETE)).state is S.FAILED


def test_files_are_deleted_after_the_time_that_they_are_kept() -> None:
    day = timedelta(days=1)
    ready = after(recording(S.PROCESSING), told(K.FILES, FILE), keep=day)
    assert ready.due == NOW + day
    gone = on_time(ready, NOW + day, is_live=False, keep=day)
    assert (gone.state, needs_recorder(ready, gone)) == (S.DELETED, True)


def test_a_recording_of_a_deleted_user_goes_when_its_files_are_known() -> None:
    stopping = delete(recording(S.RECORDING), NOW)
    assert (stopping.state, stopping.erased) == (S.STOPPING, True)
    ready = after(stopping, told(K.ENDED), told(K.FILES, FILE))
    assert (ready.state, ready.due) == (S.READY, NOW)
    assert on_time(ready, NOW, is_live=False, keep=FOREVER).state is S.DELETED


def test_what_is_deleted_and_gets_another_file_is_deleted_again() -> None:
    gone = recording(S.DELETED, task="t1")
    more = after(gone, told(K.FILES, FILE))
    assert (more.state, more.files, needs_recorder(gone, more)) == (S.DELETED, (FILE,), True)
    assert not needs_recorder(more, after(more, told(K.FILES, FILE)))


def test_a_recorder_that_begins_too_late_is_stopped() -> None:
    failed = recording(S.FAILED)
    late = after(failed, told(K.STARTED, task="t1"))
    assert (late.state, needs_recorder(failed, late)) == (S.FAILED, True)


def test_an_end_is_told_before_what_came_of_it() -> None:
    ended = kinds_of(recording(S.RECORDING), recording(S.READY))
    assert ended == (EventKind.RECORDING_ENDED, EventKind.RECORDING_READY)
    assert kinds_of(None, recording()) == (EventKind.RECORDING_ANNOUNCED,)
    assert kinds_of(recording(), recording(S.STARTING)) == ()
    assert kinds_of(recording(S.RECORDING), recording(S.FAILED)) == (EventKind.RECORDING_FAILED,)
    assert kinds_of(recording(S.READY), recording(S.DELETED)) == (DELETED,)
    assert kinds_of(recording(S.READY), recording(S.READY, files=(FILE,))) == (EventKind.RECORDING_READY,)


def test_no_more_files_are_kept_than_a_row_should_have() -> None:
    many = [FILE._replace(name=f"f{number}") for number in range(FILES_MAX + 5)]
    assert len(after(recording(S.PROCESSING), told(K.FILES, *many)).files) == FILES_MAX


@pytest.mark.parametrize("state", list(S))
def test_a_room_shows_what_is_open(state: RecordingState) -> None:
    seen = shown(recording(state))
    assert (seen is not None) is (state in OPEN)
    assert read_shown(write_shown(seen) or None) == seen


def test_files_are_read_as_they_were_written() -> None:
    assert read_files(write_files([FILE])) == (FILE,)
    assert read_files(write_files([])) == ()
