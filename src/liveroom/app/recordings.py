"""Wires recordings: the use cases, the work at the recorder, and the background job about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from starlette.routing import BaseRoute

from liveroom.app.background import MaintenanceJob, Processes
from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.http.recordings import recording_routes
from liveroom.providers.recordings.css import CssRecorder
from liveroom.providers.recordings.server import ServerRecorder
from liveroom.usecases.recordings.changing import RecordingChanges
from liveroom.usecases.recordings.listing import RecordingLists
from liveroom.usecases.recordings.replaying import RecordingReplays
from liveroom.usecases.recordings.reports import RecordingReports
from liveroom.usecases.recordings.starting import Recordings
from liveroom.usecases.recordings.stepping import RecordingSteps
from liveroom.usecases.recordings.stream_files import StreamFiles
from liveroom.usecases.recordings.working import RecordingWork
from liveroom.usecases.rooms.ranks import Ranks

_SECOND: Final = timedelta(seconds=1)
RECORDINGS: Final[MaintenanceJob[RecordingSteps]] = MaintenanceJob(
    "recordings",
    "begins recordings that were announced, ends those whose broadcast is over, and deletes old ones",
    RecordingSteps.run,
    Processes.ANY,
    _SECOND,
    beside_calls=_SECOND,
    counted="recordings",
    on=RecordingSteps,
)
"""The background job about them."""


@dataclass(frozen=True, slots=True)
class RecordingServices(ServiceGroup):
    """The use cases."""

    recordings: Recordings
    lists: RecordingLists
    replays: RecordingReplays
    steps: RecordingSteps
    stream_files: StreamFiles

    async def close(self) -> None:
        """Let the recorder's connections go."""
        if self.lists.recorder is not None:
            await self.lists.recorder.close()


def make_recordings(wiring: Wiring) -> RecordingServices:
    """Build them."""
    db, live, clock, announcing = wiring.db, wiring.live, wiring.clock, wiring.broadcasts.recording
    ranks, changes = Ranks(db, live), make_changes(wiring)
    lists = RecordingLists(db, clock, ranks, announcing.recorder)
    server = announcing.recorder if isinstance(announcing.recorder, CssRecorder | ServerRecorder) else None
    return RecordingServices(
        recordings=Recordings(db, live, ranks, announcing, changes, lists, wiring.trail),
        lists=lists,
        replays=RecordingReplays(db, clock, lists),
        steps=RecordingSteps(db, clock, changes),
        stream_files=StreamFiles(db, changes, server),
    )


def make_changes(wiring: Wiring) -> RecordingChanges:
    """Build what changes recordings."""
    return RecordingChanges(wiring.db, wiring.clock, wiring.broadcasts.recording.writer, wiring.relay)


def make_reports(wiring: Wiring) -> RecordingReports:
    """Build what takes up what recorders say by themselves."""
    return RecordingReports(wiring.db, make_changes(wiring))


def make_recording_work(wiring: Wiring) -> RecordingWork | None:
    """Build what does the work at the recorder; None: nobody records."""
    recorder = wiring.broadcasts.recording.recorder
    return None if recorder is None else RecordingWork(wiring.db, wiring.clock, recorder, make_changes(wiring))


def make_recording_routes(recordings: RecordingServices) -> Sequence[BaseRoute]:
    """Return where files of the folder of recordings are played."""
    recorder = recordings.lists.recorder
    folder = recorder.folder if isinstance(recorder, ServerRecorder) else None
    return [] if folder is None else recording_routes(folder.opened)
