"""Files of a server of streams: what they are called, when they began, and whose recording they are part of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.moments import moment
from liveroom.domain.recordings.model import RecorderKind, Recording, RecordingState
from liveroom.domain.recordings.stream_files import began, is_part, relative, stream_of, whose
from liveroom.domain.streams.model import StreamName

BEGINS = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
NAME = StreamName("Ab1234567890c")
SECONDS = 1796155260
RECORDING = Recording(
    "r1", TenantName(""), RoomId("1"), BroadcastId("b"), UserId("9"), UserId("9"), RecorderKind.SERVER,
    BEGINS - timedelta(seconds=5), BEGINS, RecordingState.RECORDING,
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "name", "millis"),
    [
        (f"/var/rec/{NAME}-{SECONDS}.flv", f"{NAME}-{SECONDS}.flv", SECONDS * 1000),
        (f"./objs/nginx/html/live/{NAME}.{SECONDS}123.flv", f"live/{NAME}.{SECONDS}123.flv", SECONDS * 1000 + 123),
        (f"/rec/live/{NAME}/{SECONDS}-004500.mp4", f"live/{NAME}/{SECONDS}-004500.mp4", SECONDS * 1000),
        (f"/rec/{NAME}/{SECONDS}.mp4", f"{NAME}/{SECONDS}.mp4", SECONDS * 1000),
        (f"/live/{NAME}.flv", f"live/{NAME}.flv", 0),
    ],
    ids=["nginx-rtmp", "SRS", "MediaMTX", "a folder of the stream's", "no time"],
)
def test_the_name_of_a_file_says_whose_it_is_and_when_it_began(path: str, name: str, millis: int) -> None:
    found = relative(path, NAME, "live")
    assert (found, began(found, NAME), stream_of(found, "live")) == (name, millis, NAME)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        f"/rec/{NAME}-1.exe",
        f"/rec/{NAME}-1",
        "/rec/other-1796155260.flv",
        f"/rec/{NAME}-1.flv/..",
        f"/rec/live/../{NAME}-1.flv",
        f"/rec/{NAME}\n.flv",
        f"/rec/.{NAME}.flv",
        f"/rec/live/a/b/c/{NAME}.flv",
    ],
)
def test_what_is_no_file_of_the_stream_has_no_name(path: str) -> None:
    assert relative(path, NAME, "live") == ""


@pytest.mark.parametrize(
    ("seconds", "is_ours"),
    [(-60, False), (-2.1, False), (-2, True), (0, True), (599, True), (600, False), (900, False)],
)
def test_a_file_belongs_to_what_was_announced_before_it_began(seconds: float, is_ours: bool) -> None:
    now, begins = BEGINS + timedelta(minutes=20), moment(BEGINS + timedelta(seconds=seconds))
    ended = replace(RECORDING, state=RecordingState.PROCESSING, ended=BEGINS + timedelta(minutes=10))
    assert is_part(ended, begins, now) is is_ours
    assert is_part(RECORDING, begins, now) is (seconds >= -2), "one that runs has no end yet"
    assert not is_part(replace(RECORDING, state=RecordingState.ANNOUNCED), begins, now)


def test_a_file_of_which_nothing_says_when_it_began_is_nobodys() -> None:
    assert whose([RECORDING], 0, BEGINS + timedelta(hours=1)) is None
    called_off = replace(RECORDING, state=RecordingState.DELETED, ended=BEGINS - timedelta(seconds=3))
    assert whose([called_off], moment(BEGINS), BEGINS + timedelta(hours=1)) is None
    assert whose([called_off, RECORDING], moment(BEGINS), BEGINS + timedelta(hours=1)) is RECORDING
