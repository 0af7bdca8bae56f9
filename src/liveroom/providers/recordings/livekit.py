"""LiveKit's egress (STREAMS.md 5): the room as its viewers see it, as one MP4 in a bucket of ours.

The file's name has the recording's id, by which an egress is found whose start was not answered. Of a bucket nobody but
us reads: each viewer gets an address of their own, for a while.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.recordings.model import (
    NAME_MAX,
    RecorderKind,
    Recording,
    RecordingFile,
    RecordingReport,
    RecordingReportKind,
)
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import PlayableFile, RunningTask
from liveroom.providers.callbacks import rows, sentence, text
from liveroom.providers.livekit.egress import OVER, PREFIX, field, is_recording, names, read_egress
from liveroom.providers.livekit.twirp import LivekitService
from liveroom.providers.uploads.s3 import Bucket, S3Client
from liveroom.providers.uploads.sigv4 import presigned

_PLAYED_WITHIN: Final = timedelta(hours=4)


class LivekitRecorder:
    """``ports.Recorder``: of one server, and one bucket, for all tenants, whose room ids differ."""

    kind: Final = RecorderKind.LIVEKIT
    can_list: Final = True

    def __init__(self, egress: LivekitService, bucket: Bucket, s3: S3Client) -> None:
        self._egress = egress
        self._bucket = bucket
        self._s3 = s3

    def records(self, tenant: Tenant) -> bool:
        return True

    async def start(self, tenant: Tenant, recording: Recording) -> str:
        name = f"{PREFIX}{recording.id}.mp4"
        running = await self._call("ListEgress", {"room_name": recording.room, "active": True})
        for info in rows(running, "items"):
            if name in names(info):
                return sentence(field(info, "egress_id"), NAME_MAX)
        file = {"file_type": "MP4", "filepath": name, "s3": self._target()}
        said = {"room_name": recording.room, "layout": "grid", "file_outputs": [file]}
        answer = await self._call("StartRoomCompositeEgress", said)
        task = sentence(field(answer, "egress_id"), NAME_MAX)
        if not task:
            raise VendorFailure(Trouble.UNKNOWN, "LiveKit answers StartRoomCompositeEgress without an egress_id")
        return task

    async def stop(self, tenant: Tenant, recording: Recording) -> None:
        found = await self._info(recording)
        if found is not None and text(field(found, "status")) not in OVER:
            await self._call("StopEgress", {"egress_id": recording.task})

    async def look(self, tenant: Tenant, recording: Recording, now: datetime) -> RecordingReport | None:
        found = await self._info(recording)
        if found is None:
            return RecordingReport(RecordingReportKind.ENDED, now, id=recording.id)
        return read_egress(found, now)

    async def running(self) -> Sequence[RunningTask]:
        """Return egresses that have not ended; those that still upload a file record no more."""
        found = rows(await self._call("ListEgress", {"active": True}), "items")
        tasks = [(sentence(field(info, "egress_id"), NAME_MAX), info) for info in found if is_recording(info)]
        return [RunningTask(task, RoomId(sentence(field(info, "room_name"), NAME_MAX))) for task, info in tasks if task]

    async def remove(self, tenant: Tenant, file: RecordingFile) -> None:
        try:
            await self._s3.remove(self._bucket.url(file.name))
        except ProviderUnavailable as failure:
            raise VendorFailure(Trouble.BUSY, str(failure)) from failure

    def playable(self, file: RecordingFile, viewer: UserId, now: datetime) -> PlayableFile:
        url = presigned("GET", self._bucket.url(file.name), self._s3.keys, now, _PLAYED_WITHIN)
        return PlayableFile(file, url, now.replace(microsecond=0) + _PLAYED_WITHIN)

    async def close(self) -> None:
        await self._egress.hang_up()
        await self._s3.close()

    async def _info(self, recording: Recording) -> Mapping[str, Any] | None:
        found = await self._call("ListEgress", {"egress_id": recording.task})
        return next(iter(rows(found, "items")), None)

    def _target(self) -> Mapping[str, Any]:
        """Return the bucket as LiveKit's egress takes it: it writes there by itself."""
        keys = self._s3.keys
        return {
            "access_key": keys.key,
            "secret": keys.secret,
            "region": keys.region,
            "endpoint": self._bucket.endpoint,
            "bucket": self._bucket.name,
            "force_path_style": not self._bucket.is_virtual,
        }

    async def _call(self, method: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what is answered; nothing where there is no such egress."""
        return await self._egress.call(method, said, {"roomRecord": True})
