"""What is true in a room now: a snapshot, and every event after it applied in order. No waiting, no I/O."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from liveroom_client.shapes import (
    GiftTotals,
    Member,
    Message,
    Options,
    RoomInfo,
    RoomSnapshot,
    Seat,
    SeatMode,
    SeatRequest,
)

MESSAGES_MAX: Final = 300
"""Messages that are kept, the newest."""
SAMPLE_MAX: Final = 1_000
"""Members that are kept of a crowd, of which the service names only some."""

_NO_GIFTS: Final[GiftTotals] = {"coins": 0, "gifts": 0, "senders": 0}

Event = Mapping[str, Any]


@dataclass(slots=True)
class Me:
    """The user in this room. ``muted_until``: UTC, in 9999 for ever, "" if not. ``seat``: its number, 0 if none."""

    user_id: str
    role: str = ""
    muted_until: str = ""
    seat: int = 0


@dataclass(slots=True)
class RoomState:
    """A room as its channel tells it (docs/events.md)."""

    me: Me
    info: RoomInfo
    options: Options
    epoch: str = ""
    seq: int = 0
    members: dict[str, Member] = field(default_factory=dict)
    """By user id, in the order in which they joined."""
    members_total: int = 0
    seat_mode: SeatMode = "free"
    seats: list[Seat] = field(default_factory=list)
    requests: list[SeatRequest] = field(default_factory=list)
    """Open applications and invitations, the oldest first."""
    gifts: GiftTotals = field(default_factory=lambda: _NO_GIFTS)
    """What was sent in the broadcast so far."""
    messages: list[Message] = field(default_factory=list)
    """The newest, the latest last."""
    closed: str = ""
    """Why the broadcast has ended, if it has."""
    left: str = ""
    """Why this user is not a member any more, if the room was told."""

    @classmethod
    def of(cls, snapshot: RoomSnapshot, me: Me) -> "RoomState":
        """Return the state of a first snapshot."""
        made = cls(me, snapshot["room"], snapshot["options"])
        made.replace(snapshot)
        return made

    @property
    def likes(self) -> int:
        """Return the likes of the broadcast."""
        return self.info["star"]

    @property
    def members_complete(self) -> bool:
        """Say whether ``members`` has everybody; of more than 500 the service names only some."""
        return len(self.members) == self.members_total

    def replace(self, snapshot: RoomSnapshot) -> None:
        """Take a snapshot in place of everything known but the messages, which it does not have."""
        self.epoch, self.seq = snapshot["epoch"], snapshot["seq"]
        self.info, self.options = snapshot["room"], snapshot["options"]
        self.members = {member["userId"]: _member(member) for member in snapshot["members"]}
        self.members_total = snapshot["membersTotal"]
        seats = snapshot["seats"]
        self.seat_mode, self.requests = seats["mode"], list(seats["requests"])
        self._seat(seats["seats"])
        self.gifts = snapshot.get("gifts", _NO_GIFTS)
        self.closed = self.left = ""
        self._look_for_me()

    def apply(self, event: Event) -> bool:
        """Apply an event; return False if the state already had it."""
        if event["epoch"] == self.epoch and event["seq"] <= self.seq:
            return False
        self.epoch, self.seq = event["epoch"], event["seq"]
        if "room" in event:
            self.info = event["room"]
            return True
        _STEPS.get(event["type"], _nothing)(self, event)
        return True

    def apply_to_members(self, event: Event) -> None:
        """Apply an event once more, after the members were read while it came."""
        if event["type"].startswith("member."):
            _STEPS.get(event["type"], _nothing)(self, event)

    def add_messages(self, messages: Iterable[Message]) -> None:
        """Add messages, each once, in order; of more than ``MESSAGES_MAX`` the oldest go."""
        known = {message["messageId"]: message for message in self.messages}
        for message in messages:
            if not known.get(message["messageId"], message)["recalled"]:
                known[message["messageId"]] = message
            else:
                known.setdefault(message["messageId"], message)
        self.messages = sorted(known.values(), key=lambda message: int(message["messageId"]))[-MESSAGES_MAX:]

    def set_members(self, members: Iterable[Member]) -> None:
        """Take all members in place of those known."""
        self.members = {member["userId"]: _member(member) for member in members}
        self._look_for_me()

    def _counted(self, event: Event) -> None:
        self.info = {**self.info, "nnUsers": event["nnUsers"], "totalJoined": event["totalJoined"]}
        self.members_total = event["nnUsers"]
        for member in event["sample"]:
            self.members.setdefault(member["userId"], _member(member))
        while len(self.members) > SAMPLE_MAX:
            self._drop_one_viewer()

    def _drop_one_viewer(self) -> None:
        viewer = next((user for user, one in self.members.items() if one.get("role") == "audience"), None)
        self.members.pop(viewer if viewer is not None else next(iter(self.members)))

    def _entered(self, event: Event) -> None:
        self.members[event["userId"]] = _member(event)
        if event["userId"] == self.me.user_id:
            self.me.role, self.left = event["role"], ""

    def _left(self, event: Event) -> None:
        self.members.pop(event["userId"], None)
        if event["userId"] == self.me.user_id:
            self.left = event["reason"]

    def _changed_member(self, event: Event) -> None:
        user = event["userId"]
        if user in self.members:
            self.members[user] = _member({**self.members[user], **event})
        if user == self.me.user_id and "role" in event:
            self.me.role = event["role"]
        if "name" in event:
            looks = {"name": event["name"], "avatar": event["avatar"]}
            self._seat([{**one, **looks} if one["userId"] == user else one for one in self.seats])  # type: ignore[typeddict-item]

    def _chose_options(self, event: Event) -> None:
        self.options = event["data"]

    def _liked(self, event: Event) -> None:
        self.info = {**self.info, "star": event["data"]["likes"]}

    def _given(self, event: Event) -> None:
        self.gifts = event["data"]

    def _stood(self, event: Event) -> None:
        if event["data"]["userId"] == self.me.user_id:
            self.me.muted_until = event["data"]["mutedUntil"]

    def _seats_changed(self, event: Event) -> None:
        self.seat_mode = event["data"]["mode"]
        self._seat(event["data"]["seats"])

    def _seat(self, seats: Iterable[Seat]) -> None:
        self.seats = list(seats)
        self.me.seat = next((one["seat"] for one in self.seats if one["userId"] == self.me.user_id), 0)

    def _requested(self, event: Event) -> None:
        self._answered(event)
        self.requests.append(event["data"])

    def _answered(self, event: Event) -> None:
        self.requests = [one for one in self.requests if one["requestId"] != event["data"]["requestId"]]

    def _said(self, event: Event) -> None:
        message: Message = event["data"]
        if self.messages and int(message["messageId"]) <= int(self.messages[-1]["messageId"]):
            self.add_messages([message])
            return
        self.messages.append(message)
        del self.messages[:-MESSAGES_MAX]

    def _noticed(self, event: Event) -> None:
        """A notice has its number only in the history: the millisecond at which it was sent."""
        sent, text, data = event["time"], event["data"]["text"], event["data"].get("data")
        number = str(round(datetime.fromisoformat(sent).timestamp() * 1000))
        nobody = {"userId": "", "name": "", "avatar": "", "role": ""}
        self._said(
            {
                "data": {
                    "messageId": number,
                    **nobody,
                    "type": "notice",
                    "text": text,
                    "data": data,
                    "priority": "high",
                    "time": sent,
                    "recalled": False,
                }
            }
        )

    def _recalled(self, event: Event) -> None:
        wanted = event["data"]["messageId"]
        self.messages = [_without(wanted, one) for one in self.messages]

    def _closed(self, event: Event) -> None:
        self.closed = event["reason"]

    def _look_for_me(self) -> None:
        found = self.members.get(self.me.user_id)
        if found is not None:
            self.me.role = found.get("role", self.me.role)


def _nothing(state: RoomState, event: Event) -> None:
    """Change nothing: the event is not about the state, or of a kind that is not known here."""


_STEPS: Final[dict[str, Callable[[RoomState, Event], None]]] = {
    "room.closed": RoomState._closed,
    "room.counts": RoomState._counted,
    "room.likes": RoomState._liked,
    "gift.totals": RoomState._given,
    "room.notice": RoomState._noticed,
    "room.options_changed": RoomState._chose_options,
    "member.entered": RoomState._entered,
    "member.left": RoomState._left,
    "member.role_changed": RoomState._changed_member,
    "member.profile_changed": RoomState._changed_member,
    "member.standing_changed": RoomState._stood,
    "seats.changed": RoomState._seats_changed,
    "seats.requested": RoomState._requested,
    "seats.answered": RoomState._answered,
    "message.sent": RoomState._said,
    "message.recalled": RoomState._recalled,
}


def _without(recalled: str, message: Message) -> Message:
    """Return a message without the text that was recalled, be it its own or its quote's."""
    if message["messageId"] == recalled:
        return {**message, "text": "", "data": None, "recalled": True}
    if (quote := message.get("replyTo")) and quote["messageId"] == recalled:
        return {**message, "replyTo": {**quote, "text": ""}}
    return message


def _member(given: Mapping[str, Any]) -> Member:
    return {"userId": given["userId"], "name": given["name"], "avatar": given["avatar"], "role": given.get("role", "")}
