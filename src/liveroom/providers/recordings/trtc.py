"""TRTC's cloud recording (STREAMS.md 6): a robot that enters the media room, and files at Tencent VOD.

The robot's name has the recording's id, and so has the file: a call that broke off leaves nothing that cannot be found.
A robot of the same name ends the one before it, so that beginning twice records once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

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
from liveroom.ports import Clock, PlayableFile, RunningTask
from liveroom.providers.callbacks import sentence, text
from liveroom.providers.recordings.vod import VodFiles
from liveroom.providers.tencent.cloud import CloudRefused
from liveroom.providers.tencent.recording_callbacks import ROBOT
from liveroom.providers.tencent.trtc_control import TrtcControl, judge
from liveroom.providers.tencent.usersig import Privilege, private_map_key, user_sig

_ROBOT_STAYS: Final = timedelta(days=4)
"""Longer than Tencent keeps a task, which is three days."""
_STRING, _NUMBER = 0, 1
_MIXED: Final = 2
_GRID: Final = 3
_IDLE_SECONDS: Final = 30
_TASK_HOURS: Final = 72
_RUNNING: Final = "InProgress"
_EXITED: Final = "Exited"
_GONE: Final = ("ResourceNotFound", "FailedOperation.TaskNotExist", "InvalidParameter.TaskId")
"""What the codes begin with of a task that is not there any more."""


class TrtcRecorder:
    """``ports.Recorder``."""

    kind: Final = RecorderKind.TRTC
    can_list: Final = False

    def __init__(self, control: TrtcControl, vod: VodFiles, clock: Clock) -> None:
        self._control = control
        self._vod = vod
        self._clock = clock

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

    async def running(self) -> Sequence[RunningTask]:
        """Return nothing: TRTC has no call that lists tasks."""
        return ()

    async def remove(self, tenant: Tenant, file: RecordingFile) -> None:
        await self._vod.remove(file)

    def playable(self, file: RecordingFile, viewer: UserId, now: datetime) -> PlayableFile:
        return self._vod.playable(file, viewer, now)

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
