"""What LiveKit says of an egress (STREAMS.md 5): answers write names with underscores, webhooks in camel case."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from liveroom.domain.moments import moment
from liveroom.domain.recordings.model import (
    NAME_MAX,
    REASON_MAX,
    RecordingFile,
    RecordingReport,
    RecordingReportKind,
)
from liveroom.providers.callbacks import rows, sentence, text, whole

PREFIX: Final = "recordings/"
"""What the name of a file begins with; the recording's id follows."""
_NANOSECONDS: Final = 10**9
_LATEST: Final = 2**62
_STATES: Final[Mapping[str, RecordingReportKind]] = {
    "EGRESS_ACTIVE": RecordingReportKind.STARTED,
    "EGRESS_ENDING": RecordingReportKind.ENDED,
    "EGRESS_COMPLETE": RecordingReportKind.COMPLETE,
    "EGRESS_LIMIT_REACHED": RecordingReportKind.COMPLETE,
    "EGRESS_FAILED": RecordingReportKind.FAILED,
    "EGRESS_ABORTED": RecordingReportKind.FAILED,
}
"""What a status says; ``EGRESS_STARTING`` says nothing new."""
OVER: Final = frozenset({"EGRESS_COMPLETE", "EGRESS_LIMIT_REACHED", "EGRESS_FAILED", "EGRESS_ABORTED"})

_RECORDING: Final = frozenset({"EGRESS_STARTING", "EGRESS_ACTIVE"})


def read_egress(info: Mapping[str, Any], now: datetime) -> RecordingReport | None:
    """Return what LiveKit says of an egress, in an answer or a webhook; None: nothing new."""
    status = text(field(info, "status"))
    task, kind = sentence(field(info, "egress_id"), NAME_MAX), _STATES.get(status)
    if not task or kind is None:
        return None
    files = tuple(file for row in rows(info, _name_in(info, "file_results")) if (file := _file(row)) is not None)
    ended = whole(field(info, "ended_at" if status in OVER else "started_at")) or 0
    at = datetime.fromtimestamp(ended / _NANOSECONDS, UTC) if 0 < ended < _LATEST else now
    id = next((file.name.removeprefix(PREFIX).removesuffix(".mp4") for file in files), "")
    return RecordingReport(kind, at, id, task, files, sentence(field(info, "error"), REASON_MAX))


def _file(row: Mapping[str, Any]) -> RecordingFile | None:
    name = sentence(field(row, "filename"), NAME_MAX)
    if not name.startswith(PREFIX):
        return None
    started, lasts = whole(field(row, "started_at")) or 0, whole(field(row, "duration")) or 0
    size, format = whole(field(row, "size")) or 0, name.rpartition(".")[2].lower()[:8]
    begins = moment(datetime.fromtimestamp(started / _NANOSECONDS, UTC)) if 0 < started < _LATEST else 0
    return RecordingFile(name, "", format, max(0, size), max(0, lasts) / _NANOSECONDS, begins)


def is_recording(info: Mapping[str, Any]) -> bool:
    """Say whether an egress records, or is about to."""
    return text(field(info, "status")) in _RECORDING


def names(info: Mapping[str, Any]) -> set[str]:
    """Return the files that an egress writes, as it was ordered."""
    order = field(info, "room_composite")
    outputs = rows(order, _name_in(order, "file_outputs")) if isinstance(order, dict) else []
    return {sentence(field(row, "filepath"), NAME_MAX) for row in outputs}


def field(row: Mapping[str, Any], name: str) -> Any:
    """Return a field: answers write names with underscores, webhooks in camel case."""
    return row.get(name, row.get(_camel(name)))


def _name_in(row: Mapping[str, Any], name: str) -> str:
    return name if name in row else _camel(name)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(part.title() for part in others)
