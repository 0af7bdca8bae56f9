"""What TRTC says of its cloud recordings, in callbacks of event group 3 (STREAMS.md 6)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from liveroom.domain.recordings.model import (
    NAME_MAX,
    URL_MAX,
    RecordingFile,
    RecordingReport,
    RecordingReportKind,
)
from liveroom.providers.callbacks import moment, part, rows, sentence, text, whole

ROBOT: Final = "recorder-"
"""What the name of the robot begins with that TRTC sends into the room; the recording's id follows."""
_GROUP: Final = 3
_BEGAN, _LEFT, _MP4, _VOD, _OVER = 301, 302, 310, 311, 312
_LEFT_BECAUSE: Final = {
    1: "TRTC removed the recorder from the room",
    100: "the recorder lost its connection",
    101: "another recorder of the same name came",
}


def read_recording(said: Mapping[str, Any], now: datetime) -> RecordingReport | None:
    """Return what a callback of event group 3, whose signature was checked, says of a recording."""
    event, info = whole(said.get("EventType")), part(said, "EventInfo")
    if whole(said.get("EventGroupId")) != _GROUP:
        return None
    found, task = part(info, "Payload"), sentence(info.get("TaskId"), NAME_MAX)
    robot, when = text(info.get("UserId")), moment(info.get("EventMsTs") or info.get("EventTs"), now)
    id = robot.removeprefix(ROBOT) if robot.startswith(ROBOT) else ""
    report = RecordingReport(RecordingReportKind.TAKEN, when, id, task)
    is_good = (whole(found.get("Status")) or 0) == 0
    if event == _BEGAN:
        kind = RecordingReportKind.STARTED if is_good else RecordingReportKind.FAILED
        return report._replace(kind=kind, reason="" if is_good else "TRTC's recorder could not begin")
    if event in (_LEFT, _OVER):
        reason = _LEFT_BECAUSE.get(whole(found.get("LeaveCode")) or 0, "")
        return report._replace(kind=RecordingReportKind.ENDED, reason=reason)
    if event == _VOD and is_good:
        return report._replace(kind=RecordingReportKind.FILES, files=_vod_files(found))
    if event == _MP4 and is_good:
        return report._replace(kind=RecordingReportKind.FILES, files=_cos_files(found))
    return report


def _vod_files(found: Mapping[str, Any]) -> tuple[RecordingFile, ...]:
    media = part(found, "TencentVod")
    name, url = sentence(media.get("FileId"), NAME_MAX), sentence(media.get("VideoUrl"), URL_MAX)
    return (_file(media, name, url),) if name and url else ()


def _cos_files(found: Mapping[str, Any]) -> tuple[RecordingFile, ...]:
    named = [(row, sentence(row.get("FileName"), NAME_MAX)) for row in rows(found, "FileMessage")]
    return tuple(_file(row, name, "") for row, name in named if name)


def _file(said: Mapping[str, Any], name: str, url: str) -> RecordingFile:
    begins, ends = whole(said.get("StartTimeStamp")) or 0, whole(said.get("EndTimeStamp")) or 0
    format = urlsplit(url or name).path.rpartition(".")[2].lower()[:8]
    return RecordingFile(name, url, format, seconds=max(0, ends - begins) / 1000, begins=max(0, begins))
