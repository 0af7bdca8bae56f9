"""The work at recorders: beginning, looking, ending and deleting, by what the recording's row says right before.

Recorders lose the end event now and then (STREAMS.md 8), so each recording that is not over is asked about again and
again: the work comes back by itself, and whichever process claims it asks.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from liveroom.domain.recordings.model import (
    RUNNING,
    Recording,
    RecordingReport,
    RecordingReportKind,
    RecordingState,
)
from liveroom.domain.recordings.steps import fail, forget_files
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import UNKNOWN_TRIES, Trouble, VendorFailure, Work, WorkResult
from liveroom.ports import Clock, Database, Recorder
from liveroom.usecases.recordings.changing import RecordingChanges

log = structlog.get_logger("liveroom.recordings")

LOOKED_AFTER_START: Final = timedelta(seconds=5)
LOOKED_EVERY: Final = timedelta(seconds=30)
"""How often a recording that runs is asked about: 600 at once are 20 calls a second, which is what TRTC allows."""
_DONE: Final = WorkResult()
_NOTHING: Final = WorkResult(asked=False)


@dataclass(frozen=True, slots=True)
class RecordingWork:
    """Does pieces of work about recordings."""

    db: Database
    clock: Clock
    recorder: Recorder
    changes: RecordingChanges

    async def do(self, work: Work, tenant: Tenant) -> WorkResult:
        """Do one piece. Raises ``VendorFailure``, ``Unavailable``."""
        recording = await self.db.recordings.get(work.key.subject)
        if recording is None or recording.tenant != tenant.name or recording.recorder is not self.recorder.kind:
            return _NOTHING
        if recording.state is RecordingState.STARTING and not recording.task:
            return await self._start(work, tenant, recording)
        if recording.state in RUNNING or recording.state is RecordingState.PROCESSING:
            return await self._follow(tenant, recording)
        if recording.state in (RecordingState.FAILED, RecordingState.DELETED):
            return await self._clear(tenant, recording)
        return _NOTHING

    async def _start(self, work: Work, tenant: Tenant, recording: Recording) -> WorkResult:
        """Have the recorder begin; what it never will begin has failed, and everybody is told."""
        try:
            task = await self.recorder.start(tenant, recording)
        except VendorFailure as failure:
            is_last = failure.trouble is Trouble.UNKNOWN and work.tries + 1 >= UNKNOWN_TRIES
            if failure.trouble is not Trouble.SUBJECT and not is_last:
                raise
            reason, now = str(failure), self.clock.now()
            log.warning("recording.refused", recording=recording.id, room=recording.room, reason=reason)
            await self.changes.change(recording, lambda known, _: fail(known, reason, now))
            return _DONE
        now = self.clock.now()
        begun = RecordingReport(RecordingReportKind.TAKEN, now, task=task)
        await self.changes.report(recording, begun)
        return WorkResult(again=now + LOOKED_AFTER_START)

    async def _follow(self, tenant: Tenant, recording: Recording) -> WorkResult:
        """Stop what is to stop, and take up how the recording is there."""
        if recording.state is RecordingState.STOPPING and recording.task:
            await self.recorder.stop(tenant, recording)
        now = self.clock.now()
        if recording.state is RecordingState.STOPPING and not recording.task:
            found: RecordingReport | None = RecordingReport(RecordingReportKind.COMPLETE, now)
        else:
            found = await self.recorder.look(tenant, recording, now)
        after = await self.changes.report(recording, found) if found is not None else recording
        if after.state in RUNNING or after.state is RecordingState.PROCESSING:
            soon = after.state in (RecordingState.STARTING, RecordingState.STOPPING)
            return WorkResult(again=now + (LOOKED_AFTER_START if soon else LOOKED_EVERY))
        return _DONE

    async def _clear(self, tenant: Tenant, recording: Recording) -> WorkResult:
        """End what may still run, and delete the files of what is deleted."""
        if recording.task and recording.state is RecordingState.FAILED:
            await self.recorder.stop(tenant, recording)
        if recording.state is RecordingState.DELETED:
            for file in recording.files:
                await self.recorder.remove(tenant, file)
            await self.changes.change(recording, lambda known, _: forget_files(known, recording.files))
        return _DONE
