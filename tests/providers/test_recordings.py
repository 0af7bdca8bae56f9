"""What recorders say, as their documents have it (STREAMS.md 5 and 6), and what nobody should send."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from liveroom.domain.ids import UserId
from liveroom.domain.recordings.model import RecordingFile, RecordingReportKind
from liveroom.providers.livekit.egress import names, read_egress
from liveroom.providers.recordings.vod import VodFiles, hotlink
from liveroom.providers.tencent.cloud import TencentCloud
from liveroom.providers.tencent.recording_callbacks import read_recording
from tests.worlds import WoundClock

NOW = datetime(2026, 1, 1, 20, 0, tzinfo=UTC)
ID = "Ph9bTkN0m2xLq7Rs"
K = RecordingReportKind


def trtc(event: int, payload: Any, **info: Any) -> dict[str, Any]:
    said = {"RoomId": "20015", "EventTs": "1767297600", "UserId": f"recorder-{ID}", "TaskId": "-m1GBcX", **info}
    return {"EventGroupId": 3, "EventType": event, "CallbackTs": 1, "EventInfo": {**said, "Payload": payload}}


VIDEO = {
    "UserId": "", "TrackType": "audio_video", "MediaId": "main", "FileId": "3701925921299637010",
    "VideoUrl": "http://1500000.vod2.myqcloud.com/x/3701925921299637010/f0.mp4",
    "StartTimeStamp": 1767297600000, "EndTimeStamp": 1767297720500,
}  # fmt: skip


@pytest.mark.parametrize(
    ("event", "payload", "kind", "reason"),
    [
        (301, {"Status": 0}, K.STARTED, ""),
        (301, {"Status": 1}, K.FAILED, "TRTC's recorder could not begin"),
        (302, {"LeaveCode": 0}, K.ENDED, ""),
        (302, {"LeaveCode": 101}, K.ENDED, "another recorder of the same name came"),
        (303, {"Status": 0}, K.TAKEN, ""),
        (307, {"FileList": "a.m3u8"}, K.TAKEN, ""),
        (311, {"Status": 0, "Errmsg": "", "TencentVod": VIDEO}, K.FILES, ""),
        (311, {"Status": 1, "Errmsg": "upload failed"}, K.TAKEN, ""),
        (312, {"Status": 0}, K.ENDED, ""),
    ],
)
def test_callbacks_of_trtc_are_read(event: int, payload: Any, kind: RecordingReportKind, reason: str) -> None:
    report = read_recording(trtc(event, payload), NOW)
    assert report is not None
    assert (report.kind, report.id, report.task, report.reason) == (kind, ID, "-m1GBcX", reason)
    assert report.at == NOW, "EventTs may be a text"


def test_a_file_at_vod_says_how_long_it_lasts() -> None:
    report = read_recording(trtc(311, {"Status": 0, "TencentVod": VIDEO}), NOW)
    assert report is not None
    file = RecordingFile("3701925921299637010", VIDEO["VideoUrl"], "mp4", 0, 120.5, 1767297600000)  # type: ignore[arg-type]
    assert report.files == (file,)


def test_files_in_cos_are_named() -> None:
    row = {"FileName": "1400_20015.mp4", "UserId": "", "StartTimeStamp": "1767297600000", "EndTimeStamp": 0}
    report = read_recording(trtc(310, {"Status": 0, "FileList": ["1400_20015.mp4"], "FileMessage": [row, {}, 7]}), NOW)
    assert report is not None
    assert report.files == (RecordingFile("1400_20015.mp4", "", "mp4", 0, 0, 1767297600000),)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "x",
        7,
        {"TencentVod": []},
        {"TencentVod": {"FileId": 7, "VideoUrl": {}}},
        {"Status": "0x"},
        {"Status": -1},
    ],
)
@pytest.mark.parametrize("event", [301, 302, 310, 311, 312, 2**70])
def test_a_callback_that_makes_no_sense_says_nothing_of_files(event: int, payload: Any) -> None:
    report = read_recording(trtc(event, payload, EventTs={}, TaskId=["t"]), NOW)
    assert report is not None
    assert (report.files, report.task) == ((), "")


def test_robots_of_somebody_else_are_known_by_their_task_alone() -> None:
    report = read_recording(trtc(301, {"Status": 0}, UserId="another"), NOW)
    assert report is not None
    assert (report.id, report.task) == ("", "-m1GBcX")
    assert read_recording({**trtc(301, {}), "EventGroupId": 2}, NOW) is None


def egress(status: str, **fields: Any) -> dict[str, Any]:
    return {"egressId": "EG_1", "roomName": "20015", "status": status, **fields}


RESULT = {
    "filename": f"recordings/{ID}.mp4", "startedAt": "1767297600000000000", "endedAt": "1767297661000000000",
    "duration": "61000000000", "size": "4242", "location": "https://b.s3.amazonaws.com/x",
}  # fmt: skip
MP4 = RecordingFile(f"recordings/{ID}.mp4", "", "mp4", 4242, 61.0, 1767297600000)


@pytest.mark.parametrize(
    ("info", "kind", "files"),
    [
        (egress("EGRESS_ACTIVE", startedAt="1767297600000000000"), K.STARTED, ()),
        (egress("EGRESS_ENDING"), K.ENDED, ()),
        (egress("EGRESS_COMPLETE", fileResults=[RESULT]), K.COMPLETE, (MP4,)),
        (egress("EGRESS_LIMIT_REACHED", fileResults=[RESULT]), K.COMPLETE, (MP4,)),
        (egress("EGRESS_FAILED", error="no s3"), K.FAILED, ()),
        (egress("EGRESS_ABORTED"), K.FAILED, ()),
        ({"egress_id": "EG_1", "status": "EGRESS_COMPLETE", "file_results": [{"filename": MP4.name, "size": 4242}]},
         K.COMPLETE, (MP4._replace(seconds=0, begins=0),)),
    ],
)  # fmt: skip
def test_what_livekit_says_of_an_egress_is_read(info: Any, kind: RecordingReportKind, files: Any) -> None:
    report = read_egress(info, NOW)
    assert report is not None
    assert (report.kind, report.task, report.files) == (kind, "EG_1", files)
    assert report.id == (ID if files else "")


@pytest.mark.parametrize(
    "info",
    [{}, egress("EGRESS_STARTING"), egress("odd"), egress("EGRESS_ACTIVE", egressId=7), {"status": ["EGRESS_ACTIVE"]}],
)
def test_an_egress_that_says_nothing_new_is_nothing(info: Mapping[str, Any]) -> None:
    assert read_egress(info, NOW) is None


def test_hostile_results_of_an_egress_are_left_out() -> None:
    odd = [
        7,
        {},
        {"filename": 3},
        {"filename": "avatars/x.png"},
        {**RESULT, "size": -1, "duration": 2**90, "startedAt": 2**80},
    ]
    report = read_egress(egress("EGRESS_COMPLETE", fileResults=odd, endedAt=2**99, error=["x"]), NOW)
    assert report is not None
    assert [(file.name, file.bytes, file.begins) for file in report.files] == [(MP4.name, 0, 0)]
    assert (report.at, report.reason) == (NOW, "")


def test_the_files_that_an_egress_was_to_write_are_known() -> None:
    order = {"room_composite": {"file_outputs": [{"filepath": "recordings/a.mp4"}, {}, 3]}}
    assert names(order) == {"recordings/a.mp4", ""}
    assert names({"room_composite": 3}) == set()


@pytest.mark.parametrize(
    ("told", "played"),
    [
        ("http://1500000.vod2.myqcloud.com/x/f0.m3u8", "https://1500000.vod2.myqcloud.com/x/f0.m3u8"),
        ("https://1500000.vod2.myqcloud.com/x/f0.m3u8", "https://1500000.vod2.myqcloud.com/x/f0.m3u8"),
        ("http://films.example.com/f0.m3u8", "http://films.example.com/f0.m3u8"),
    ],
)
def test_an_address_at_vods_own_domain_is_played_over_https(told: str, played: str) -> None:
    files = VodFiles(TencentCloud("https://vod.example.com", "id", "key", WoundClock()))
    assert files.playable(RecordingFile("f0", told, "m3u8", 5, 12.5, 1), UserId("7"), NOW).url == played


def test_an_address_of_vod_is_signed_for_one_viewer_until_its_time() -> None:
    url = hotlink("24FEQmTzro4V5u3D5epW", "https://example.vod2.myqcloud.com/dir1/dir2/myVideo.mp4", UserId("7"), NOW)
    assert url == (
        "https://example.vod2.myqcloud.com/dir1/dir2/myVideo.mp4?t=6956d240&us=7902699be4"
        "&sign=3b2452ea34c40960abd73a170639a1bc"
    )
