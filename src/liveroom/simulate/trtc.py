"""TRTC: rooms, who is in them and what they send; the control API that closes and empties them, and its events.

A room comes into being with the first who enters it and ends with the last who leaves. A number and its text name
different rooms.
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from liveroom.simulate.cloud import Asked, CloudError, CloudService
from liveroom.simulate.pace import CallPace
from liveroom.simulate.tickets import ALL, SENDS, TicketInvalid, read_grant

VERSION: Final = "2019-07-22"
CALLS_A_SECOND: Final = 20
ANCHOR, AUDIENCE = 20, 21
ROOM_EVENTS: Final = {"create": 101, "dismiss": 102, "enter": 103, "exit": 104, "role": 105}
STARTS: Final = {"video": 201, "audio": 203, "screen": 205}
"""Events of somebody who begins to send; who stops is the next number."""
LEFT, TIMED_OUT, REMOVED = 1, 2, 3
"""Why somebody is gone."""
_USERS_MOST: Final = 10
TrtcRoomId = int | str
TrtcTelling = Callable[[int, TrtcRoomId, str, Mapping[str, Any]], None]
"""Takes an event's type, its room, its user ("" for none) and what else the event says."""


class MediaRefusal(Exception):
    """Why TRTC does not let somebody in, or send."""


def no_event(_event: int, _room: TrtcRoomId, _user: str, _info: Mapping[str, Any]) -> None:
    """Call nobody back."""


@dataclass
class MediaVisit:
    """Somebody's stay in a room, as the monitoring dashboard lists it."""

    room: "TrtcRoomId"
    user: str
    joined: int
    left: int = 0
    """0: they are still there."""


@dataclass
class MediaUser:
    """Somebody in a room."""

    role: int
    allowed: int
    sends: set[str] = field(default_factory=set)


@dataclass
class TrtcSimulator(CloudService):
    """The media rooms of an account."""

    apps: Container[int] | None = None
    """SDKAppIDs of the account; None: any."""
    pace: CallPace | None = None
    """None: calls may come as fast as they like."""
    tell: TrtcTelling = no_event
    rooms: dict[TrtcRoomId, dict[str, MediaUser]] = field(default_factory=dict)
    visits: list[MediaVisit] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.on("DescribeRoomInfo", VERSION, self._list_rooms)
        self.on("DescribeUserInfo", VERSION, self._list_users)
        for suffix, kind in (("", int), ("ByStrRoomId", str)):
            self.on(f"RemoveUser{suffix}", VERSION, self._remover(kind))
            self.on(f"DismissRoom{suffix}", VERSION, self._dismisser(kind))

    def enter(self, room: TrtcRoomId, user: str, role: int = AUDIENCE, allowed: int = ALL) -> None:
        """Let somebody in; whoever is in another room leaves it first."""
        for other in [other for other, users in self.rooms.items() if user in users and other != room]:
            self.exit(other, user)
        if room not in self.rooms:
            self.rooms[room] = {}
            self.tell(ROOM_EVENTS["create"], room, user, {})
        self.rooms[room][user] = MediaUser(role, allowed)
        self.visits.append(MediaVisit(room, user, self._now()))
        self.tell(ROOM_EVENTS["enter"], room, user, {"Role": role, "TerminalType": 2, "UserType": 3, "Reason": 1})

    def exit(self, room: TrtcRoomId, user: str, reason: int = LEFT) -> None:
        """Let somebody go, whatever they send; the last ends the room. Raises ``MediaRefusal``."""
        gone = self._find(room, user)
        del self.rooms[room][user]
        for visit in self.visits:
            if (visit.room, visit.user, visit.left) == (room, user, 0):
                visit.left = self._now()
        self.tell(ROOM_EVENTS["exit"], room, user, {"Role": gone.role, "Reason": reason})
        if not self.rooms[room]:
            del self.rooms[room]
            self.tell(ROOM_EVENTS["dismiss"], room, "", {})

    def publish(self, room: TrtcRoomId, user: str, what: str) -> None:
        """Let somebody send video, audio or screen, if their key allows it. Raises ``MediaRefusal``."""
        found = self._find(room, user)
        if not SENDS[what] & found.allowed:
            raise MediaRefusal(f"the PrivateMapKey of {user} does not allow to send {what}")
        if found.role != ANCHOR:
            found.role = ANCHOR
            self.tell(ROOM_EVENTS["role"], room, user, {"Role": ANCHOR})
        found.sends.add(what)
        self.tell(STARTS[what], room, user, {})

    def unpublish(self, room: TrtcRoomId, user: str, what: str) -> None:
        """Let somebody stop to send. Raises ``MediaRefusal``."""
        found = self._find(room, user)
        if what not in found.sends:
            raise MediaRefusal(f"{user} sends no {what}")
        found.sends.discard(what)
        self.tell(STARTS[what] + 1, room, user, {"Reason": 0})

    def dismiss(self, room: TrtcRoomId) -> None:
        """Close a room; everybody in it is put out. Raises ``MediaRefusal``."""
        if room not in self.rooms:
            raise MediaRefusal(f"there is no media room {room!r}")
        for user in list(self.rooms[room]):
            self.exit(room, user, REMOVED)

    def _find(self, room: TrtcRoomId, user: str) -> MediaUser:
        if user not in self.rooms.get(room, {}):
            raise MediaRefusal(f"{user} is not in the media room {room!r}")
        return self.rooms[room][user]

    def _now(self) -> int:
        return int(self.account.clock.now().timestamp())

    def _list_rooms(self, asked: Asked) -> Mapping[str, Any]:
        began: dict[TrtcRoomId, int] = {}
        for visit in self.visits:
            began.setdefault(visit.room, visit.joined)
        rows = [
            {
                "CommId": f"{asked['SdkAppId']}_{room}_{at}",
                "RoomString": str(room),
                "CreateTime": at,
                "IsFinished": room not in self.rooms,
            }
            for room, at in began.items()
        ]
        return self._page(asked, "RoomList", rows, timedelta(hours=24))

    def _list_users(self, asked: Asked) -> Mapping[str, Any]:
        room = asked["CommId"].split("_")[1]
        rows = [
            {
                "RoomStr": room,
                "UserId": visit.user,
                "JoinTs": visit.joined,
                "LeaveTs": visit.left,
                "Finished": visit.left > 0,
            }
            for visit in self.visits
            if str(visit.room) == room
        ]
        return self._page(asked, "UserList", rows, timedelta(hours=4))

    def _page(self, asked: Asked, name: str, rows: list[dict[str, Any]], longest: timedelta) -> Mapping[str, Any]:
        """Return a page of what the dashboard lists, as its documentation allows to ask for it."""
        if (
            not 1 <= asked["PageSize"] <= 100
            or not 0 <= asked["EndTime"] - asked["StartTime"] <= longest.total_seconds()
        ):
            raise CloudError("InvalidParameter")
        first = asked["PageNumber"] * asked["PageSize"]
        return {"Total": len(rows), name: rows[first : first + asked["PageSize"]]}

    def _remover(self, kind: type) -> Callable[[Asked], Mapping[str, Any]]:
        def remove(asked: Asked) -> Mapping[str, Any]:
            room, users = self._room(asked, kind, "RemoveUser"), asked["UserIds"]
            if not isinstance(users, list) or not 1 <= len(users) <= _USERS_MOST:
                raise CloudError("InvalidParameter.UserIds")
            here = [user for user in users if user in self.rooms.get(room, {})]
            if room not in self.rooms or not here:
                raise CloudError(f"FailedOperation.{'User' if room in self.rooms else 'Room'}NotExist")
            for user in here:
                self.exit(room, user, REMOVED)
            return {}

        return remove

    def _dismisser(self, kind: type) -> Callable[[Asked], Mapping[str, Any]]:
        def dismiss(asked: Asked) -> Mapping[str, Any]:
            room = self._room(asked, kind, "DismissRoom")
            if room not in self.rooms:
                raise CloudError("FailedOperation.RoomNotExist")
            self.dismiss(room)
            return {}

        return dismiss

    def _room(self, asked: Asked, kind: type, action: str) -> TrtcRoomId:
        """Return the room that a call is about, if it may be made now, and about this application."""
        if self.pace is not None and self.pace.is_over(action, CALLS_A_SECOND):
            raise CloudError("RequestLimitExceeded")
        if type(asked.get("SdkAppId")) is not int:
            raise CloudError("InvalidParameter.SdkAppId")
        if self.apps is not None and asked["SdkAppId"] not in self.apps:
            raise CloudError("UnauthorizedOperation.SdkAppId")
        room: TrtcRoomId = asked["RoomId"]
        if type(room) is not kind or not room:
            raise CloudError("InvalidParameter.RoomId")
        return room


def check_grant(userbuf: bytes, app: int, user: str, room: TrtcRoomId, now: float) -> int:
    """Return what a PrivateMapKey allows, whose signature was checked. Raises ``MediaRefusal``."""
    try:
        grant = read_grant(userbuf)
    except TicketInvalid:
        raise MediaRefusal("this is no PrivateMapKey") from None
    if (grant.app, grant.user, grant.room) != (app, user, room):
        raise MediaRefusal(f"the PrivateMapKey is for {grant.user} in {grant.room!r}, not for {user} in {room!r}")
    if now >= grant.until:
        raise MediaRefusal("the PrivateMapKey has expired")
    return grant.allowed
