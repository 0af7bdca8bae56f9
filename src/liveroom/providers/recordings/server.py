"""Servers of streams that record by themselves, as long as somebody pushes: SRS, MediaMTX, nginx-rtmp (STREAMS.md).

Nothing is asked of them: a recording is the part of what they write that lies between its start and its end.
"""

from datetime import datetime
from typing import Final

from liveroom.domain.ids import UserId
from liveroom.domain.recordings.model import (
    RecorderKind,
    Recording,
    RecordingFile,
    RecordingReport,
    RecordingReportKind,
    RecordingState,
)
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import PlayableFile


class ServerRecorder:
    """``ports.Recorder``. ``seen_at``: the address below which the server's files are; "": nowhere."""

    kind: Final = RecorderKind.SERVER

    def __init__(self, seen_at: str = "") -> None:
        self._seen_at = seen_at.rstrip("/")

    def records(self, tenant: Tenant) -> bool:
        return True

    async def start(self, tenant: Tenant, recording: Recording) -> str:
        return recording.id

    async def stop(self, tenant: Tenant, recording: Recording) -> None:
        """Do nothing: the server goes on for itself, and what it writes later belongs to no recording."""

    async def look(self, tenant: Tenant, recording: Recording, now: datetime) -> RecordingReport | None:
        if recording.state is RecordingState.STARTING:
            return RecordingReport(RecordingReportKind.STARTED, now, id=recording.id)
        is_stopping = recording.state is RecordingState.STOPPING
        return RecordingReport(RecordingReportKind.ENDED, now, id=recording.id) if is_stopping else None

    async def remove(self, tenant: Tenant, file: RecordingFile) -> None:
        """Do nothing: the server deletes its files after the time that its own configuration says."""

    def playable(self, file: RecordingFile, viewer: UserId, now: datetime) -> PlayableFile:
        return PlayableFile(file, f"{self._seen_at}/{file.name}" if self._seen_at else "", None)

    async def close(self) -> None:
        """Do nothing: there is no connection."""
