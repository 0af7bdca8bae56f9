"""What a server of streams says of its files, and of encoders that come: hints for the recordings of their rooms."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from liveroom.domain.recordings.model import RecordingReport, RecordingReportKind
from liveroom.domain.recordings.stream_files import whose
from liveroom.domain.streams.lifecycle import PushedStream
from liveroom.domain.streams.model import StreamFile, StreamName
from liveroom.domain.vendors.model import VendorFailure
from liveroom.ports import Database, RecordedFiles, Tx
from liveroom.usecases.recordings.changing import RecordingChanges
from liveroom.usecases.recordings.writing import work_key

log = structlog.get_logger("liveroom.recordings")

_LATEST: Final = 20
"""Recordings of a room among which that of a file is looked for, the newest first."""
_PUSHES_SOON: Final = timedelta(seconds=2)
"""When an encoder pushes that was let in just now."""


@dataclass(frozen=True, slots=True)
class StreamFiles:
    """Takes them up. Nothing depends on them: the recorder looks again and again."""

    db: Database
    changes: RecordingChanges
    files: RecordedFiles | None
    """None: no server of streams records."""

    async def written(self, said: StreamFile) -> None:
        """Tie a file to the recording whose part it is; one that nobody announced stays nobody's."""
        stream = await self._stream(said.stream)
        if stream is None or self.files is None:
            return
        try:
            file = await self.files.described(said)
        except VendorFailure as failure:
            log.warning("recording.file_not_read", stream=stream.id, cause=str(failure))
            return
        now = self.changes.clock.now()
        latest = await self.db.recordings.page(stream.tenant, stream.room, "", _LATEST)
        ours = [one for one in latest if one.recorder is self.files.kind]
        recording = whose(ours, file.begins, now) if file is not None else None
        if file is None or recording is None:
            log.info("recording.file_of_nobody", stream=stream.id, room=stream.room)
            return
        await self.changes.report(recording, RecordingReport(RecordingReportKind.FILES, now, files=[file]))

    async def pushed(self, name: StreamName) -> None:
        """Have the recording of a room looked at soon into which an encoder was let."""
        stream = await self._stream(name)
        room = None if stream is None or self.files is None else await self.db.rooms.get(stream.room)
        shown = None if room is None else room.options.recording
        if stream is None or shown is None:
            return
        recording, soon = await self.db.recordings.get(shown.id), self.changes.clock.now() + _PUSHES_SOON
        if recording is None or not recording.task:
            return

        async def want(tx: Tx) -> None:
            await tx.vendor_work.want(work_key(recording), recording.tenant, soon)

        await self.db.transact(want)

    async def _stream(self, name: StreamName) -> PushedStream | None:
        return next(iter(await self.db.push_streams.named([name])), None)
