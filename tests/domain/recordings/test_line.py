"""The line on which a recording plays: files behind each other, and the place of what was said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.moments import moment
from liveroom.domain.recordings.line import line_of, moment_at, place_on
from liveroom.domain.recordings.model import RecorderKind, Recording, RecordingFile, RecordingState

START = datetime(2026, 12, 1, 10, tzinfo=UTC)
EMPTY = Recording(
    id="r",
    tenant=TenantName(""),
    room=RoomId("1"),
    broadcast=BroadcastId("b"),
    owner=UserId("1"),
    by=UserId("1"),
    recorder=RecorderKind.SERVER,
    announced=START - timedelta(seconds=5),
    begins=START,
    state=RecordingState.READY,
    started=START,
    ended=START + timedelta(minutes=10),
)


def file(name: str, begins: float | None, seconds: float) -> RecordingFile:
    since = 0 if begins is None else moment(START + timedelta(seconds=begins))
    return RecordingFile(name, "", "mp4", 1, seconds, since)


def recorded(*files: RecordingFile) -> Recording:
    return replace(EMPTY, files=files)


def said(*seconds: float, of: Recording) -> list[int | None]:
    return [place_on(line_of(of), START + timedelta(seconds=one)) for one in seconds]


def test_files_play_in_the_order_in_which_they_began() -> None:
    line = line_of(recorded(file("b", 60, 30), file("a", 0, 60), file("c", 95, 5.5)))
    assert [(part.file.name, part.offset, part.length) for part in line] == [
        ("a", 0, 60_000),
        ("b", 60_000, 30_000),
        ("c", 90_000, 5500),
    ]


def test_what_was_said_between_two_files_stands_at_the_beginning_of_the_later_one() -> None:
    recording = recorded(file("a", 0, 60), file("b", 100, 60))
    assert said(0, 59.5, 60, 99, 100, 159.999, of=recording) == [0, 59_500, 60_000, 60_000, 60_000, 119_999]


def test_what_was_said_before_the_first_file_and_after_the_last_is_no_part_of_it() -> None:
    assert said(-0.001, 60, of=recorded(file("a", 0, 60))) == [None, None]
    assert said(1, of=recorded()) == [None]


def test_of_two_hosts_who_were_recorded_at_once_the_first_is_on_the_line() -> None:
    both = recorded(file("mara", 0, 60), file("noor", 1, 60), file("mara2", 59.5, 60), file("noor2", 61, 60))
    assert [part.file.name for part in line_of(both)] == ["mara", "mara2"]


def test_a_file_that_does_not_say_how_long_it_is_lasts_until_the_next_one_or_the_end() -> None:
    line = line_of(recorded(file("a", 0, 0), file("b", 60, 0)))
    assert [part.length for part in line] == [60_000, 540_000]


def test_a_file_that_does_not_say_when_it_began_stands_behind_the_one_before() -> None:
    first, second = line_of(recorded(file("a", None, 60), file("b", None, 30)))
    assert (first.offset, first.begins) == (0, moment(START))
    assert (second.offset, second.begins - first.begins) == (60_000, 60_000)


@pytest.mark.parametrize("place", [0, 1, 59_999, 60_000, 119_999])
def test_a_place_is_found_again_by_the_moment_at_which_it_was(place: int) -> None:
    recording = recorded(file("a", 0, 60), file("b", 100, 60))
    then = moment_at(line_of(recording), place)
    assert said((then - moment(START)) / 1000, of=recording) == [place]
