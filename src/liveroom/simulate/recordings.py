"""TRTC's cloud recording and the files at Tencent VOD that come of it (STREAMS.md 6).

A robot enters the media room and records until it is told to stop, the room ends, or another robot of its name comes.
What it has recorded is a file a while later, when ``deliver`` says so.
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from liveroom.ports import Clock
from liveroom.simulate.cloud import Asked, CloudError
from liveroom.simulate.im_state import millis
from liveroom.simulate.tickets import TicketInvalid, read_ticket
from liveroom.simulate.trtc import ROOM_EVENTS, VERSION, TrtcRoomId, TrtcSimulator

VOD_VERSION: Final = "2018-07-17"
BEGAN, LEFT, FILE, OVER = 301, 302, 311, 312
STOPPED, DISMISSED, SAME_NAME = 0, 2, 101
"""Why a robot has left."""
_STRING, _NUMBER = 0, 1
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ROBOT: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass
class RecordingTask:
    """One recording that was ordered."""

    id: str
    app: int
    room: TrtcRoomId
    robot: str
    ours: str
    """What the caller calls it."""
    begun: int
    ended: int = 0
    files: list[str] = field(default_factory=list)


class RecordingSimulator:
    """The recordings of an account."""

    def __init__(self, trtc: TrtcSimulator, secrets: Mapping[int, str], clock: Clock) -> None:
        self.trtc: Final = trtc
        self.secrets: Final = secrets
        self.clock: Final = clock
        self.tasks: Final[dict[str, RecordingTask]] = {}
        self.media: Final[dict[str, str]] = {}
        """Files at VOD: the address of each."""
        self._numbers: Final = itertools.count(1)
        self.tell = trtc.tell
        """Takes what is called back."""
        trtc.tell = self._watch
        trtc.on("CreateCloudRecording", VERSION, self._create)
        trtc.on("DescribeCloudRecording", VERSION, self._describe)
        trtc.on("DeleteCloudRecording", VERSION, self._delete)
        trtc.on("DeleteMedia", VOD_VERSION, self._delete_media)

    def deliver(self, task: RecordingTask) -> None:
        """Put what was recorded so far at VOD, and tell of it."""
        number, now = next(self._numbers), millis(self.clock.now())
        name = f"52858909000000{number:04}"
        self.media[name] = f"https://1250000000.vod2.myqcloud.com/{task.app}/{name}/f0.mp4"
        task.files.append(name)
        spans = {"StartTimeStamp": task.begun, "EndTimeStamp": task.ended or now}
        video = {"UserId": "", "TrackType": "audio_video", "MediaId": "main", "FileId": name, **spans}
        self._say(FILE, task, {"Status": 0, "Errmsg": "", "TencentVod": {**video, "VideoUrl": self.media[name]}})

    def end(self, task: RecordingTask, why: int = STOPPED) -> None:
        """Let the robot leave."""
        if task.ended:
            return
        task.ended = millis(self.clock.now())
        if task.robot in self.trtc.rooms.get(task.room, {}):
            self.trtc.exit(task.room, task.robot)
        self._say(LEFT, task, {"LeaveCode": why})

    def _watch(self, event: int, room: TrtcRoomId, user: str, info: Mapping[str, Any]) -> None:
        """Pass what happens in media rooms on; a robot that was put out of its room records no more."""
        self.tell(event, room, user, info)
        if event == ROOM_EVENTS["exit"]:
            for task in [one for one in self.tasks.values() if (one.room, one.robot) == (room, user)]:
                self.end(task, DISMISSED)

    def _say(self, event: int, task: RecordingTask, payload: Mapping[str, Any]) -> None:
        self.tell(event, task.room, task.robot, {"TaskId": task.id, "Payload": payload})

    def _create(self, asked: Asked) -> Mapping[str, Any]:
        app, room, robot = asked["SdkAppId"], self._room(asked), asked["UserId"]
        if not _ROBOT.fullmatch(robot):
            raise CloudError("InvalidParameter.UserId")
        self._check_ticket(app, robot, asked["UserSig"])
        if asked["RecordParams"]["RecordMode"] not in (1, 2):
            raise CloudError("InvalidParameter.RecordMode")
        ours = asked["StorageParams"]["CloudVod"]["TencentVod"]["UserDefineRecordId"]
        if not _ID.fullmatch(ours):
            raise CloudError("InvalidParameter.UserDefineRecordId")
        for known in self.tasks.values():
            if known.robot == robot and known.room == room:
                self.end(known, SAME_NAME)
        id = f"-m{next(self._numbers):04}"
        task = RecordingTask(id, app, room, robot, ours, millis(self.clock.now()))
        self.tasks[id] = task
        self.trtc.enter(room, robot)
        self._say(BEGAN, task, {"Status": 0})
        return {"TaskId": id}

    def _describe(self, asked: Asked) -> Mapping[str, Any]:
        task = self._task(asked)
        return {"TaskId": task.id, "Status": "Exited" if task.ended else "InProgress"}

    def _delete(self, asked: Asked) -> Mapping[str, Any]:
        task = self._task(asked)
        self.end(task)
        return {"TaskId": task.id}

    def _delete_media(self, asked: Asked) -> Mapping[str, Any]:
        if self.media.pop(asked["FileId"], None) is None:
            raise CloudError("ResourceNotFound")
        return {}

    def _task(self, asked: Asked) -> RecordingTask:
        task = self.tasks.get(asked["TaskId"])
        if task is None or task.app != asked["SdkAppId"]:
            raise CloudError("ResourceNotFound")
        return task

    def _room(self, asked: Asked) -> TrtcRoomId:
        room, kind = asked["RoomId"], asked["RoomIdType"]
        if type(room) is not str or not room or kind not in (_STRING, _NUMBER):
            raise CloudError("InvalidParameter.RoomId")
        return int(room) if kind == _NUMBER else room

    def _check_ticket(self, app: int, robot: str, text: str) -> None:
        try:
            ticket = read_ticket(text)
        except TicketInvalid:
            raise CloudError("InvalidParameter.UserSig") from None
        if (ticket.app, ticket.user) != (app, robot) or not ticket.is_signed_with(self.secrets.get(app, "")):
            raise CloudError("InvalidParameter.UserSig")
