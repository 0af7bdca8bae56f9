"""Record tasks of Tencent CSS (STREAMS.md 1): one for each stream of a room, and files at Tencent VOD.

A task records whatever is pushed until it is stopped, or its time is over, so an encoder may come back. CSS is asked
for running tasks before one is made: a call that broke off leaves none that runs twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import UserId
from liveroom.domain.recordings.model import (
    RecorderKind,
    Recording,
    RecordingFile,
    RecordingReport,
    RecordingReportKind,
    RecordingState,
)
from liveroom.domain.recordings.stream_files import is_part
from liveroom.domain.streams.model import StreamFile, StreamName
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import Clock, PlayableFile, RunningTask, StreamsOf
from liveroom.providers.callbacks import rows, sentence, whole
from liveroom.providers.recordings.vod import VodFiles
from liveroom.providers.streams.css import VERSION, CssDomains, css_failure
from liveroom.providers.tencent.cloud import CloudRefused, TencentCloud

TASK_LASTS: Final = timedelta(hours=12)
"""Of at most a day; one that is over while the recording runs is followed by another."""
COMES_WITHIN: Final = timedelta(minutes=3)
"""How long a file takes to be at VOD; until then, only callbacks are waited for."""
_TASK_MAX: Final = 255
_PAGES_MAX: Final = 10
_MARGIN: Final = timedelta(minutes=1)
"""By how much clocks may differ."""
_OVER: Final = ("ResourceNotFound", "FailedOperation.AlterTaskState")


class CssRecorder:
    """``ports.Recorder`` and ``ports.RecordedFiles``. ``template``: of the console; 0: CSS's own, which is HLS."""

    kind: Final = RecorderKind.CSS
    can_list: Final = False

    def __init__(
        self,
        cloud: TencentCloud,
        domains: CssDomains,
        files: VodFiles,
        clock: Clock,
        streams_of: StreamsOf,
        *,
        template: int = 0,
    ) -> None:
        self._cloud = cloud
        self._domains = domains
        self._files = files
        self._clock = clock
        self._streams_of = streams_of
        self._template = template

    def records(self, tenant: Tenant) -> bool:
        return True

    async def start(self, tenant: Tenant, recording: Recording) -> str:
        await self._begin(recording)
        return recording.id

    async def stop(self, tenant: Tenant, recording: Recording) -> None:
        for stream in await self._streams_of(recording.room):
            for task in await self._running(recording, stream):
                await self._stop(task)

    async def look(self, tenant: Tenant, recording: Recording, now: datetime) -> RecordingReport | None:
        """Return how it is; begin tasks for streams that came later. What callbacks did not tell, VOD has."""
        state = recording.state
        if state in (RecordingState.STARTING, RecordingState.RECORDING):
            await self._begin(recording)
        if state is RecordingState.STARTING:
            return RecordingReport(RecordingReportKind.STARTED, now, id=recording.id)
        if state is RecordingState.STOPPING:
            return RecordingReport(RecordingReportKind.ENDED, now, id=recording.id)
        if state is not RecordingState.PROCESSING or now < (recording.ended or now) + COMES_WITHIN:
            return None
        streams = await self._streams_of(recording.room)
        found = await self._files.recorded(streams, recording.begins, now)
        files = [file for file in found if is_part(recording, file.begins, now)]
        return RecordingReport(RecordingReportKind.COMPLETE, now, id=recording.id, files=files) if files else None

    async def running(self) -> Sequence[RunningTask]:
        """Return nothing: CSS lists the tasks of one stream at a time."""
        return ()

    async def remove(self, tenant: Tenant, file: RecordingFile) -> None:
        await self._files.remove(file)

    def playable(self, file: RecordingFile, viewer: UserId, now: datetime) -> PlayableFile:
        return self._files.playable(file, viewer, now)

    async def close(self) -> None:
        """Do nothing: no connection is kept."""

    async def described(self, said: StreamFile) -> RecordingFile | None:
        """Return a file that a callback tells of; a recording's task is not in it, so its time says whose it is."""
        if not said.url:
            return None
        return RecordingFile(said.path, said.url, said.format, said.bytes, said.seconds, said.begins)

    async def _begin(self, recording: Recording) -> None:
        for stream in await self._streams_of(recording.room):
            if not await self._running(recording, stream):
                ends = int((self._clock.now() + TASK_LASTS).timestamp())
                template = {"TemplateId": self._template} if self._template else {}
                await self._call("CreateRecordTask", self._about(stream) | {"EndTime": ends} | template)

    async def _running(self, recording: Recording, stream: StreamName) -> Sequence[str]:
        """Return the tasks of a stream that began with the recording, or later, and run."""
        now = self._clock.now()
        since, until = int((recording.begins - _MARGIN).timestamp()), int((now + _MARGIN).timestamp())
        asked, found = self._about(stream) | {"StartTime": since, "EndTime": until}, []
        for _ in range(_PAGES_MAX):
            answer = await self._call("DescribeRecordTask", asked)
            found += [row for row in rows(answer, "TaskList") if _runs(row, now)]
            token = sentence(answer.get("ScrollToken"), 4096)
            if not token:
                break
            asked = asked | {"ScrollToken": token}
        return [task for row in found if (task := sentence(row.get("TaskId"), _TASK_MAX))]

    async def _stop(self, task: str) -> None:
        try:
            await self._call("StopRecordTask", {"TaskId": task})
        except VendorFailure as failure:
            if not failure.code.startswith(_OVER):
                raise

    def _about(self, stream: StreamName) -> dict[str, Any]:
        return {"StreamName": stream, "DomainName": self._domains.push, "AppName": self._domains.app}

    async def _call(self, action: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            return await self._cloud.call(action, VERSION, said)
        except CloudRefused as refused:
            raise css_failure(action, refused.code) from refused
        except ProviderUnavailable as failure:
            raise VendorFailure(Trouble.BUSY, str(failure), in_doubt=True) from failure


def _runs(row: Mapping[str, Any], now: datetime) -> bool:
    return not whole(row.get("Stopped")) and (whole(row.get("EndTime")) or 0) > now.timestamp()
