"""Wires live covers: what takes frames of streams, and the background job about them."""

import shutil
from datetime import timedelta
from typing import Final

from liveroom.app.background import MaintenanceJob, Processes
from liveroom.app.streams import StreamServices
from liveroom.providers.streams.ffmpeg import FfmpegFrames
from liveroom.settings import Settings
from liveroom.usecases.streams.covers import CoverWriter, LiveCovers
from liveroom.usecases.uploads.intake import Publishing

LIVE_COVERS: Final[MaintenanceJob[LiveCovers]] = MaintenanceJob(
    "live covers",
    "takes frames of streams, which lists show as the pictures of their rooms",
    LiveCovers.run,
    Processes.ANY,
    timedelta(seconds=1),
    counted="live_covers",
    on=LiveCovers,
)


def make_live_covers(settings: Settings, streams: StreamServices, publishing: Publishing) -> LiveCovers:
    """Build what takes them."""
    changes, servers = streams.due_streams.changes, streams.due_streams.servers
    writer = CoverWriter(changes.db, changes.clock, changes.relay)
    return LiveCovers(changes, writer, servers, publishing, make_frames(settings))


def make_frames(settings: Settings) -> FfmpegFrames | None:
    """Return what takes frames; None: the program is not there, or not wanted."""
    wanted = settings.streams_ffmpeg if settings.takes_streams else "off"
    program = None if wanted == "off" else shutil.which(wanted)
    return None if program is None else FfmpegFrames(program)
