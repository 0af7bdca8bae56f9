"""Recordings against what their recorder lists, where it lists anything: LiveKit's egress does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.domain.drift.model import Drift, DriftCase, DriftSource
from liveroom.domain.parts import parts
from liveroom.domain.recordings.model import RUNNING, Recording
from liveroom.ports import Clock, Database, LookResult, Recorder, Rest, RunningTask
from liveroom.usecases.recordings.writing import work_key
from liveroom.usecases.tenants.registry import Tenancy

_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class RecordingDrift:
    """``ports.Reconciled``."""

    db: Database
    clock: Clock
    tenants: Tenancy
    recorder: Recorder
    source: DriftSource = DriftSource.RECORDINGS

    def is_there(self) -> bool:
        return self.recorder.can_list

    async def compare(self, rest: Rest) -> LookResult:
        """Look: what counts as running is read first, so that whatever begins meanwhile is in the list."""
        ours = await self._running(rest)
        theirs = {one.task: one for one in await self.recorder.running()}
        found = [_about(DriftCase.RECORDING_GONE, one) for one in ours if one.task and one.task not in theirs]
        for one in ours:
            theirs.pop(one.task, None)
        return LookResult(len(ours), [*found, *await self._others(theirs)])

    async def _running(self, rest: Rest) -> Sequence[Recording]:
        found, after = list[Recording](), ""
        while some := await self.db.recordings.running(self.recorder.kind, after, _PAGE):
            after = some[-1].id
            found += some
            await rest(0)
        return found

    async def _others(self, theirs: dict[str, RunningTask]) -> Sequence[Drift]:
        """Return what differs about tasks that are not ours, or were."""
        found = list[Drift]()
        for some in parts(sorted(theirs), _PAGE):
            for recording in await self.db.recordings.of_tasks(self.recorder.kind, some):
                del theirs[recording.task]
                if recording.state not in RUNNING:
                    found.append(_about(DriftCase.RECORDING_LEFT, recording))
        return [*found, *(_unknown(one) for one in theirs.values())]

    async def repair(self, drift: Drift) -> None:
        recording = await self.db.recordings.get(drift.subject)
        if recording is None:
            return
        if drift.case is DriftCase.RECORDING_GONE:
            await self.db.vendor_work.want(work_key(recording), recording.tenant, self.clock.now())
        tenant = self.tenants.get(recording.tenant)
        if drift.case is DriftCase.RECORDING_LEFT and tenant is not None and recording.state not in RUNNING:
            await self.recorder.stop(tenant, recording)


def _about(case: DriftCase, recording: Recording) -> Drift:
    return Drift(DriftSource.RECORDINGS, case, recording.id, recording.tenant, recording.room, detail=recording.task)


def _unknown(one: RunningTask) -> Drift:
    return Drift(DriftSource.RECORDINGS, DriftCase.RECORDING_UNKNOWN, one.task, room=one.room)
