"""TRTC's cloud recording (STREAMS.md 6): a robot that enters the media room, and files at Tencent VOD.

The robot's name has the recording's id, and so has the file: a call that broke off leaves nothing that cannot be found.
A robot of the same name ends the one before it, so that beginning twice records once.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import md5, sha256
from typing import Any, Final
from urllib.parse import urlsplit

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import UserId, is_plain_id
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
from liveroom.ports import Clock, PlayableFile
from liveroom.providers.callbacks import sentence, text
from liveroom.providers.tencent.cloud import CloudRefused, TencentCloud
from liveroom.providers.tencent.recording_callbacks import ROBOT
from liveroom.providers.tencent.trtc_control import TrtcControl, judge
from liveroom.providers.tencent.usersig import Privilege, private_map_key, user_sig

VOD: Final = "https://vod.tencentcloudapi.com"
_VOD_VERSION: Final = "2018-07-17"
_ROBOT_STAYS: Final = timedelta(days=4)
"""Longer than Tencent keeps a task, which is three days."""
_PLAYED_WITHIN: Final = timedelta(hours=4)
_STRING, _NUMBER = 0, 1
_MIXED: Final = 2
_GRID: Final = 3
_IDLE_SECONDS: Final = 30
_TASK_HOURS: Final = 72
_RUNNING: Final = "InProgress"
_EXITED: Final = "Exited"
_GONE: Final = ("ResourceNotFound", "FailedOperation.TaskNotExist", "InvalidParameter.TaskId")
"""What the codes begin with of a task that is not there any more."""
_MEDIA_GONE: Final = "ResourceNotFound"


class TrtcRecorder:
    """``ports.Recorder``. ``play_key``: VOD's key of hotlink protection; "": its addresses are good for everybody."""

    kind: Final = RecorderKind.TRTC

    def __init__(self, control: TrtcControl, vod: TencentCloud, clock: Clock, *, play_key: str = "") -> None:
        self._control = control
        self._vod = vod
        self._clock = clock
        self._play_key = play_key

    def records(self, tenant: Tenant) -> bool:
        return bool(tenant.sdk_app_id and tenant.sdk_secret)

    async def start(self, tenant: Tenant, recording: Recording) -> str:
        robot = f"{ROBOT}{recording.id}"
        said = {
            "RoomId": str(recording.room),
            "RoomIdType": _NUMBER if is_plain_id(recording.room) else _STRING,
            "UserId": robot,
            "RecordParams": {"RecordMode": _MIXED, "MaxIdleTime": _IDLE_SECONDS, "StreamType": 0},
            "MixLayoutParams": {"MixLayoutMode": _GRID},
            "StorageParams": {"CloudVod": {"TencentVod": {"UserDefineRecordId": recording.id}}},
            "ResourceExpiredHour": _TASK_HOURS,
            **self._ticket(tenant, recording, robot),
        }
        answer = await self._call(tenant, "CreateCloudRecording", said)
        task = sentence(answer.get("TaskId"), NAME_MAX)
        if not task:
            raise VendorFailure(Trouble.UNKNOWN, "TRTC answers CreateCloudRecording without a TaskId", in_doubt=True)
        return task

    async def stop(self, tenant: Tenant, recording: Recording) -> None:
        await self._call(tenant, "DeleteCloudRecording", {"TaskId": recording.task}, gone_is_good=True)

    async def look(self, tenant: Tenant, recording: Recording, now: datetime) -> RecordingReport | None:
        """Return whether it runs: of its files only callbacks tell."""
        said = {"TaskId": recording.task}
        answer = await self._call(tenant, "DescribeCloudRecording", said, gone_is_good=True)
        status = text(answer.get("Status")) if answer else _EXITED
        if status == _RUNNING:
            return RecordingReport(RecordingReportKind.STARTED, now, id=recording.id)
        return RecordingReport(RecordingReportKind.ENDED, now, id=recording.id) if status == _EXITED else None

    async def remove(self, tenant: Tenant, file: RecordingFile) -> None:
        try:
            await self._vod.call("DeleteMedia", _VOD_VERSION, {"FileId": file.name})
        except CloudRefused as refused:
            if not refused.code.startswith(_MEDIA_GONE):
                raise judge("DeleteMedia", refused.code) from refused
        except ProviderUnavailable as failure:
            raise VendorFailure(Trouble.BUSY, str(failure)) from failure

    def playable(self, file: RecordingFile, viewer: UserId, now: datetime) -> PlayableFile:
        if not (self._play_key and file.url):
            return PlayableFile(file, file.url, None)
        expires = now.replace(microsecond=0) + _PLAYED_WITHIN
        return PlayableFile(file, hotlink(self._play_key, file.url, viewer, expires), expires)

    async def close(self) -> None:
        """Do nothing: no connection is kept."""

    def _ticket(self, tenant: Tenant, recording: Recording, robot: str) -> Mapping[str, str]:
        """Return what lets the robot in, as audience."""
        now, app, secret = self._clock.now(), tenant.sdk_app_id, tenant.sdk_secret
        room = int(recording.room) if is_plain_id(recording.room) else str(recording.room)
        user, ttl = UserId(robot), _ROBOT_STAYS
        key = private_map_key(app, secret, user, room=room, privilege=Privilege.AUDIENCE, now=now, ttl=ttl)
        return {"UserSig": user_sig(app, secret, user, now=now, ttl=ttl), "PrivateMapKey": key}

    async def _call(
        self, tenant: Tenant, action: str, said: Mapping[str, Any], *, gone_is_good: bool = False
    ) -> Mapping[str, Any]:
        """Return what is answered; nothing for a task that is gone, where that is no failure."""
        try:
            return await self._control.call(tenant, action, said)
        except CloudRefused as refused:
            if gone_is_good and refused.code.startswith(_GONE):
                return {}
            raise judge(action, refused.code) from refused


def hotlink(key: str, url: str, viewer: UserId, expires: datetime) -> str:
    """Return an address of Tencent VOD that is good until then: its "key hotlink protection"."""
    folder = urlsplit(url).path.rpartition("/")[0] + "/"
    until = f"{int(expires.timestamp()):x}"
    whose = sha256(viewer.encode()).hexdigest()[:10]
    sign = md5(f"{key}{folder}{until}{whose}".encode(), usedforsecurity=False).hexdigest()
    return f"{url}?t={until}&us={whose}&sign={sign}"
