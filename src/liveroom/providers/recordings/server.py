"""Servers of streams that write files by themselves, while somebody pushes: SRS, MediaMTX, nginx-rtmp (STREAMS.md).

A recording is what they wrote between its start and its end (``domain.recordings.stream_files``). Their callbacks say
when a file is whole; the folder, which is looked into again and again, has those of which nobody said anything. Only
nginx-rtmp can be told to begin and to end.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import md5
from typing import Final
from urllib.parse import urlsplit

from liveroom.domain.ids import UserId
from liveroom.domain.recordings.model import (
    RUNNING,
    RecorderKind,
    Recording,
    RecordingFile,
    RecordingReport,
    RecordingReportKind,
    RecordingState,
)
from liveroom.domain.recordings.stream_files import began, is_part, relative, stream_of
from liveroom.domain.streams.model import StreamFile
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import PlayableFile, RunningTask, StreamsOf
from liveroom.providers.recordings.folder import PLAYED_WITHIN, FoundFile, RecordingFolder
from liveroom.providers.recordings.nginx_control import NginxRecorderControl


class ServerRecorder:
    """``ports.Recorder`` and ``ports.RecordedFiles``."""

    kind: Final = RecorderKind.SERVER
    can_list: Final = False

    def __init__(
        self,
        streams_of: StreamsOf,
        streams: str,
        *,
        folder: RecordingFolder | None = None,
        seen_at: str = "",
        play_key: str = "",
        control: NginxRecorderControl | None = None,
    ) -> None:
        """``streams``: what the server's folder of streams is called. ``folder`` None: the files are elsewhere, below
        ``seen_at`` ("": nowhere), where the server checks what ``play_key`` signs ("": it checks nothing).
        """
        self._streams_of = streams_of
        self._streams = streams
        self.folder: Final = folder
        self._seen_at = seen_at.rstrip("/")
        self._play_key = play_key
        self._control = control

    def records(self, tenant: Tenant) -> bool:
        return True

    async def start(self, tenant: Tenant, recording: Recording) -> str:
        await self._begin(recording)
        return recording.id

    async def stop(self, tenant: Tenant, recording: Recording) -> None:
        """End it at nginx-rtmp; others go on for themselves, and what begins later belongs to no recording."""
        if self._control is not None:
            for stream in await self._streams_of(recording.room):
                await self._control.end(stream)

    async def look(self, tenant: Tenant, recording: Recording, now: datetime) -> RecordingReport | None:
        kind = RecordingReportKind.TAKEN
        if recording.state in (RecordingState.STARTING, RecordingState.RECORDING):
            await self._begin(recording)
        if recording.state in RUNNING and recording.state is not RecordingState.RECORDING:
            is_starting = recording.state is RecordingState.STARTING
            kind = RecordingReportKind.STARTED if is_starting else RecordingReportKind.ENDED
        files, is_whole = await self._files(recording, now)
        if files and is_whole:
            kind = RecordingReportKind.COMPLETE
        is_news = kind is not RecordingReportKind.TAKEN or not set(files) <= set(recording.files)
        return RecordingReport(kind, now, id=recording.id, files=files) if is_news else None

    async def running(self) -> Sequence[RunningTask]:
        """Return nothing: a server records by itself whatever is pushed."""
        return ()

    async def remove(self, tenant: Tenant, file: RecordingFile) -> None:
        """Delete a file from the folder; elsewhere, the server deletes as its own configuration says."""
        if self.folder is not None:
            await self.folder.remove(file.name)

    def playable(self, file: RecordingFile, viewer: UserId, now: datetime) -> PlayableFile:
        if self.folder is not None:
            return self.folder.playable(file, now)
        if not self._seen_at:
            return PlayableFile(file, "", None)
        url = f"{self._seen_at}/{file.name}"
        if not self._play_key:
            return PlayableFile(file, url, None)
        expires = now.replace(microsecond=0) + PLAYED_WITHIN
        return PlayableFile(file, secure_link(self._play_key, url, expires), expires)

    async def close(self) -> None:
        if self._control is not None:
            await self._control.api.close()

    async def described(self, said: StreamFile) -> RecordingFile | None:
        name = relative(said.path, said.stream, self._streams)
        if not name:
            return None
        if self.folder is not None:
            found = await self.folder.known(name)
            file = None if found is None else found.file
            return file._replace(seconds=said.seconds) if file is not None and said.seconds else file
        return RecordingFile(name, "", name.rpartition(".")[2], 0, said.seconds, began(name, said.stream))

    async def _begin(self, recording: Recording) -> None:
        if self._control is not None:
            for stream in await self._streams_of(recording.room):
                await self._control.begin(stream)

    async def _files(self, recording: Recording, now: datetime) -> tuple[Sequence[RecordingFile], bool]:
        """Return the files of a recording in the folder, and whether all of them are there and whole.

        nginx-rtmp, which has just ended them, writes no more.
        """
        if self.folder is None:
            return recording.files, False
        known = {file.name: file for file in recording.files}
        streams = {*await self._streams_of(recording.room), *(stream_of(name, self._streams) for name in known)}
        found = [one for one in await self.folder.find(streams) if is_part(recording, one.file.begins, now)]
        if self._control is not None and recording.state is RecordingState.STOPPING:
            return [one.file for one in found], True
        files = [_so_far(one, known.get(one.file.name), now) for one in found]
        return files, recording.state is RecordingState.PROCESSING and all(file.bytes for file in files)


def _so_far(found: FoundFile, known: RecordingFile | None, now: datetime) -> RecordingFile:
    """Return a file as it is known from now on: how large it is, and how long it lasts, once it is whole."""
    if known is not None and known.bytes == found.file.bytes:
        return known
    return found.file if found.is_quiet(now) else found.file._replace(bytes=0, seconds=0)


def secure_link(key: str, url: str, expires: datetime) -> str:
    """Return an address that nginx takes until then: ``secure_link_md5 "$secure_link_expires$uri <key>"``."""
    until = int(expires.timestamp())
    digest = md5(f"{until}{urlsplit(url).path} {key}".encode(), usedforsecurity=False).digest()
    return f"{url}?md5={urlsafe_b64encode(digest).decode().rstrip('=')}&expires={until}"
