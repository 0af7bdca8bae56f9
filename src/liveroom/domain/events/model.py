"""What happens in rooms and to users, as it is published to their clients (LIVE.md 6 and 7).

An event says what the room's own script did, in its order: ``seq`` counts a room's events within one epoch. Events
leave in publications, which clients count by ``offset``: a quiet room's one by one, a busy room's gathered, and a
crowded room's without names.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from liveroom.domain.gifts.events import GiftTotals
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.presence.members import LeaveReason, Member, Role
from liveroom.domain.rooms.model import CloseReason, LiveRoom
from liveroom.domain.seats.model import EMPTY, SeatMap

PACE: Final = timedelta(milliseconds=200)
"""Least time between two publications of a room's members: at most five a second, over all processes."""
HOLD: Final = timedelta(seconds=2)
"""How long what the room list has to show first is kept back at most: longer than another process takes to put the list
right when the one that changed the room has died."""
CROWD: Final = 500
"""Above so many members no event names single ones: counts and a sample."""
SAMPLE: Final = 10
"""Newcomers that a crowded room's counts name."""
KEPT: Final = 500
"""Publications of a room that are remembered: over a minute and a half of its fastest pace."""
LISTENED_FOR: Final = timedelta(minutes=2)
"""How long a room publishes after its last subscriber, or the last who asked for its state: whoever comes back in time
misses nothing."""
RECOVERED: Final = 100
"""Publications that a returning subscriber is given at most; whoever missed more gets a snapshot."""
RECOVERED_BYTES: Final = 64 * 1024
SNAPSHOT_MEMBERS: Final = 100
"""Members that a snapshot names, in the order of joining."""
ANNOUNCED_MAX: Final = 8 * 1024
"""Bytes of JSON that an announcement carries at most."""

_FREE_KIND = re.compile(r"[a-z][a-z0-9_]{0,31}\.[a-z][a-z0-9_]{0,31}")


class EventKind(StrEnum):
    """What happened."""

    ROOM_OPENED = "room.opened"
    ROOM_UPDATED = "room.updated"
    ROOM_HIDDEN = "room.hidden"
    ROOM_RESTORED = "room.restored"
    ROOM_CLOSED = "room.closed"
    ROOM_NOTICE = "room.notice"
    OWNER_CHANGED = "room.owner_changed"
    COUNTS = "room.counts"
    LIKES = "room.likes"
    GIFT_SENT = "gift.sent"
    MORE_GIFTS = "gift.more"
    GIFT_TOTALS = "gift.totals"
    ENVELOPE_SENT = "envelope.sent"
    ENVELOPE_OPENED = "envelope.opened"
    ENVELOPE_GRABBED = "envelope.grabbed"
    ENVELOPE_ENDED = "envelope.ended"
    RECORDING_ANNOUNCED = "recording.announced"
    RECORDING_STARTED = "recording.started"
    RECORDING_ENDED = "recording.ended"
    RECORDING_FAILED = "recording.failed"
    RECORDING_READY = "recording.ready"
    OPTIONS_CHANGED = "room.options_changed"
    METADATA_CHANGED = "room.metadata_changed"
    CONNECTION_CHANGED = "connection.changed"
    STREAM_CHANGED = "stream.changed"
    BATTLE_STARTED = "battle.started"
    BATTLE_CHANGED = "battle.changed"
    BATTLE_ENDED = "battle.ended"
    BATTLE_SCORE = "battle.score"
    ACTIVITY_STARTED = "activity.started"
    ACTIVITY_CHANGED = "activity.changed"
    ACTIVITY_TALLY = "activity.tally"
    ACTIVITY_ENDED = "activity.ended"
    RAID_ARRIVED = "raid.arrived"
    GOAL_REACHED = "goal.reached"
    MEMBER_ENTERED = "member.entered"
    MEMBER_LEFT = "member.left"
    ROLE_CHANGED = "member.role_changed"
    PROFILE_CHANGED = "member.profile_changed"
    STANDING_CHANGED = "member.standing_changed"
    SEATS_CHANGED = "seats.changed"
    SEAT_REQUESTED = "seats.requested"
    SEAT_ANSWERED = "seats.answered"
    MESSAGE_SENT = "message.sent"
    MESSAGE_RECALLED = "message.recalled"
    SIGNED_OUT = "user.signed_out"
    INVITED = "user.invited"
    REMOVED = "user.removed"
    CONNECTION_REQUESTED = "connection.requested"
    CONNECTION_ANSWERED = "connection.answered"
    RAID_REQUESTED = "raid.requested"
    BATTLE_INVITED = "battle.invited"
    BATTLE_ANSWERED = "battle.answered"
    USER_NOTICE = "user.notice"
    USER_STATEMENT = "user.statement"
    REPORT_RESOLVED = "report.resolved"
    FOLLOWED = "user.followed"
    HOST_LIVE = "follow.live"
    REMINDER_DUE = "reminder.due"
    SIGNAL = "rtc.signal"
    WALLET_CHANGED = "wallet.changed"


NOTICES: Final = frozenset({EventKind.ROOM_NOTICE, EventKind.USER_NOTICE})
"""Kinds of our own that are announced: what they say is the operator's."""
_KINDS: Final[dict[str, EventKind]] = {kind.value: kind for kind in EventKind}


def known_kind(name: str) -> str:
    """Return a kind of our own as such, and any other as it is: a module's."""
    return _KINDS.get(name, name)


def is_announced_kind(name: str) -> bool:
    """Say whether events of this kind may be announced: a module's, ``<module>.<name>``, or a notice."""
    return name in NOTICES or (name not in _KINDS and _FREE_KIND.fullmatch(name) is not None)


class Cause(StrEnum):
    """What brought it about."""

    CALL = "call"
    """Somebody's call; where it is known whose, ``by`` says it."""
    PRESENCE = "presence"
    """Signs of life that ended, or came back."""
    ROOM = "room"
    """What happened to the room: it closed, or filled up with somebody."""
    SERVICE = "service"
    """The service itself, or its operator."""


LISTED: Final = frozenset(
    {
        EventKind.ROOM_OPENED,
        EventKind.ROOM_UPDATED,
        EventKind.OWNER_CHANGED,
        EventKind.ROOM_HIDDEN,
        EventKind.ROOM_RESTORED,
    }
)
"""Events that also change the room list: they leave after the list shows the change, as receivers may ask for the
list."""

_PRESENCE: Final = {
    (EventKind.MEMBER_LEFT, LeaveReason.LOST),
    (EventKind.ROOM_HIDDEN, ""),
    (EventKind.ROOM_RESTORED, ""),
    (EventKind.ROOM_CLOSED, CloseReason.OWNER_GONE),
    (EventKind.SEATS_CHANGED, LeaveReason.LOST),
}
_ROOM: Final = {
    (EventKind.MEMBER_LEFT, LeaveReason.CLOSED),
    (EventKind.COUNTS, ""),
    (EventKind.CONNECTION_CHANGED, ""),
    (EventKind.STREAM_CHANGED, ""),
    (EventKind.BATTLE_STARTED, ""),
    (EventKind.BATTLE_CHANGED, ""),
    (EventKind.BATTLE_ENDED, ""),
}
_SERVICE: Final = {
    (EventKind.ROOM_CLOSED, CloseReason.OWNER_DELETED),
    (EventKind.ROOM_CLOSED, CloseReason.CLOSED_BY_ADMIN),
}


def cause_of(kind: str, reason: str = "") -> Cause:
    """Return what brings about events of a room of this kind and reason."""
    named = (kind, reason)
    if named in _PRESENCE:
        return Cause.PRESENCE
    if named in _ROOM:
        return Cause.ROOM
    return Cause.SERVICE if named in _SERVICE else Cause.CALL


_GIFTS: Final = (EventKind.GIFT_SENT, EventKind.MORE_GIFTS, EventKind.GIFT_TOTALS, EventKind.BATTLE_SCORE)
_CALLED: Final = frozenset({EventKind.LIKES, EventKind.SEATS_CHANGED, EventKind.ACTIVITY_TALLY, *_GIFTS})
"""Announced where it is not always known whose call it was."""


def announced_cause(kind: str, by: UserId | None, reason: str = "") -> Cause:
    """Return what brings about an announcement: likes and gifts are many people's calls, and ``by`` names none."""
    return cause_of(kind, reason) if by is not None or kind in _CALLED else Cause.SERVICE


class MemberSummary(NamedTuple):
    """A member as an event names them."""

    user: UserId
    name: str
    avatar: str
    role: Role


class Counts(NamedTuple):
    """How many are in a room and how many were; with the last who came (in the order of their coming) if there were
    members who came or left without being named."""

    members: int
    joined: int
    sample: tuple[MemberSummary, ...] = ()


class Event(NamedTuple):
    """One thing that happened. What it is about stands in the field of its kind; the others are None or ""."""

    kind: str
    """An ``EventKind``, or the name that a module gave it."""
    seq: int
    at: datetime
    cause: Cause
    by: UserId | None = None
    """Whose call brought it about, where that is somebody else than ``member``."""
    reason: str = ""
    """Of a leave (``LeaveReason``), a close (``CloseReason``) or a sign-out (``SessionEnd``)."""
    member: MemberSummary | None = None
    room: LiveRoom | None = None
    """The room after it: opened, updated, hidden, restored, given to another owner."""
    counts: Counts | None = None
    data: bytes | None = None
    """What was announced, as JSON."""


class Announcement(NamedTuple):
    """Something that a module or the operator publishes to a room, or to a user."""

    id: str
    """Receivers that get it twice ignore the second one."""
    kind: str
    """See ``is_announced_kind``."""
    data: bytes
    """JSON of at most ``ANNOUNCED_MAX`` bytes."""
    by: UserId | None = None
    """Whose call brought it about, where it was a user's."""
    paced: bool = False
    """It leaves at the room's pace, as members' comings and goings do, and may be dropped if there are too many."""

    @property
    def cause(self) -> Cause:
        return announced_cause(self.kind, self.by)


class Position(NamedTuple):
    """A place in a room's publications: ``offset`` counts them from 1 in each epoch; 0 is before the first."""

    epoch: str
    offset: int


class Publication(NamedTuple):
    """What leaves a room at once."""

    offset: int
    at: datetime
    events: tuple[Event, ...]
    out: tuple[UserId, ...]
    """Users who are no longer members after it: sent to nobody, their sockets are unsubscribed from the channel."""


class Recent(NamedTuple):
    """Publications that a room remembers."""

    position: Position
    """Of the newest publication, whether it is among them or not."""
    publications: tuple[Publication, ...]


class Snapshot(NamedTuple):
    """A room and its first members, with the position at which this was so, read in one step."""

    position: Position
    seq: int
    room: LiveRoom
    members: tuple[Member, ...]
    at: datetime
    """When it was so, by the store's clock."""
    seat_map: SeatMap = EMPTY
    names: Mapping[UserId, tuple[str, str]] = MappingProxyType({})
    """The name and picture of each user who has a seat."""
    gifts: GiftTotals = GiftTotals()
    """What was sent in the broadcast so far."""
    battle_score: bytes | None = None
    """The scores of its battle that the room was told last, as JSON."""
    tallies: Mapping[str, bytes] = MappingProxyType({})
    """What the room was told last of what is counted in each of its activities, as JSON."""


class Socket(NamedTuple):
    """An open connection of a session: a sign of life as long as it is open (LIVE.md 5)."""

    client: str
    """The connection's id, unique over all processes."""
    user: UserId
    session: SessionId


class Devices(StrEnum):
    """What happens when a user connects in a second session."""

    ALLOW = "allow"
    REPLACE = "replace"
    """The others end."""
    REFUSE = "refuse"
    """The new one is refused while another is connected."""
