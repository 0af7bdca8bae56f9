"""Messages of the outbox: a transaction writes them together with its change.

After the commit the same process applies them to the live store; a relay takes what was left behind (LIVE.md 2).
Applying one twice, or late, changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.accounts.users import NOBODY
from liveroom.domain.ids import BroadcastId, RoomId, SessionId, TenantName, UserId
from liveroom.domain.rooms.model import CloseReason


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who was in a room when it was imported from the original service, and until when that counts."""

    user: UserId
    role: str
    until: datetime


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """A room was opened, changed, handed over or closed; whoever applies it reads the row."""

    room: RoomId
    reason: CloseReason | None = None


@dataclass(frozen=True, slots=True)
class GiftsSent:
    """Gifts were sent in a room; whoever applies it tells the room."""

    room: RoomId
    broadcast: BroadcastId
    batch: str
    gifts: tuple[str, ...]
    big: tuple[str, ...] = ()
    """Those of them whose events leave at once."""


@dataclass(frozen=True, slots=True)
class RoomImported(RoomChanged):
    """A live room was imported from the original, with people in it."""

    arrivals: tuple[Arrival, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomsChanged(RoomChanged):
    """A room changed, and others with it: those that it is or was connected with."""

    others: tuple[RoomId, ...] = ()


@dataclass(frozen=True, slots=True)
class RoomHanded(RoomsChanged):
    """A room has another owner: whom they have blocked is put out."""

    heir: UserId = NOBODY


@dataclass(frozen=True, slots=True)
class RoomTold(RoomChanged):
    """A room changed, and is told of it by an event, once."""

    broadcast: BroadcastId = BroadcastId("")
    """The one that is told; another one is not."""
    event: str = ""
    """Its kind."""
    event_id: str = ""
    """By which it is known again."""
    data: str = ""
    """As JSON."""
    by: UserId | None = None
    """Whose call it was."""


def rooms_changed(room: RoomId, others: tuple[RoomId, ...], reason: CloseReason | None = None) -> RoomChanged:
    """Return what tells of a room that changed, with or without others."""
    return RoomsChanged(room, reason, others) if others else RoomChanged(room, reason)


@dataclass(frozen=True, slots=True)
class RoomAccessChanged:
    """Somebody's access record in a room changed; whoever applies it reads the row."""

    room: RoomId
    user: UserId
    by: UserId
    kicked: datetime | None = None
    """They are to be evicted if they have been in the room since before that time. A release that does not know this
    reads the row, which changes nothing."""


@dataclass(frozen=True, slots=True)
class RoomMetadataChanged:
    """A room's metadata changed; whoever applies it reads the row."""

    room: RoomId
    by: UserId


@dataclass(frozen=True, slots=True)
class UserProfileChanged:
    """A user's name or picture changed."""

    user: UserId


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """Sessions of a user are over. ``everything``: the user is gone or banned, so every place of theirs ends too."""

    user: UserId
    sessions: tuple[SessionId, ...]
    at: datetime
    everything: bool = False
    why: SessionEnd = SessionEnd.LOGOUT


OutboxMessage = RoomChanged | RoomAccessChanged | RoomMetadataChanged | UserProfileChanged | SessionsEnded | GiftsSent


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One row: ``id`` gives the order; ``tenant`` and ``subject`` say about whom or what."""

    id: int
    tenant: TenantName
    subject: str
    message: OutboxMessage
    created: datetime
