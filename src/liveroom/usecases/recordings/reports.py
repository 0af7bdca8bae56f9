"""What recorders tell us by themselves: hints that come early, late, twice or never; polling finds the rest."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

import structlog

from liveroom.domain.ids import TenantName
from liveroom.domain.recordings.model import RecorderKind, Recording, RecordingReport
from liveroom.ports import Database
from liveroom.usecases.recordings.changing import RecordingChanges

log = structlog.get_logger("liveroom.recordings")


@dataclass(frozen=True, slots=True)
class RecordingReports:
    """Takes reports up; the same one twice changes nothing."""

    db: Database
    changes: RecordingChanges

    async def receive(
        self, recorder: RecorderKind, reports: Sequence[RecordingReport], tenants: Container[TenantName]
    ) -> None:
        """Take up what a recorder says of recordings of these tenants; others' are nobody's business."""
        for report in reports:
            known = await self._find(recorder, report)
            if known is not None and known.tenant in tenants and known.recorder is recorder:
                await self.changes.report(known, report)
            else:
                log.info("recording.unknown", recorder=recorder.value, recording=report.id, task=report.task)

    async def _find(self, recorder: RecorderKind, report: RecordingReport) -> Recording | None:
        if report.id and (found := await self.db.recordings.get(report.id)) is not None:
            return found
        return await self.db.recordings.of_task(recorder, report.task) if report.task else None
