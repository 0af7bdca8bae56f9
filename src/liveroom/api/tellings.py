"""What webhooks and the log of events tell: one struct for the data of each kind, out of which the documents are made.

The core writes plain mappings (``domain/told_*``); tests compare them with these.
"""

from typing import Annotated, Any, Final

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.members import LeaveReason
from liveroom.domain.options import Access, SeatMode
from liveroom.domain.rooms import CloseReason, RoomState
from liveroom.domain.told_users import Door

_Time = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
_RoomState = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(RoomState)})]
_LeaveReason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(LeaveReason)})]
_Access = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Access)})]
_SeatMode = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SeatMode)})]
_CloseReason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(CloseReason)})]
_Given = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["moderator", "anchor", "audience"]})]
_Door = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Door)})]


class ToldEvent(Shape):
    """One event, as a webhook gets it."""

    id: str
    """The event's own: whoever is told twice knows by it."""
    type: str
    """One of the names below."""
    timestamp: _Time
    """When it happened: UTC, as ``2026-11-25T10:00:00.123Z``."""
    tenant: str
    """Whose it is; empty for the tenant of calls that name none."""
    stream: str
    """``room:<roomId>`` or ``user:<userId>``."""
    seq: int
    """Counts what is told of the stream, from 1."""
    data: dict[str, Any]
    """What it is about; by its type."""


class ToldRoom(Shape):
    """A room as it is after the event."""

    room_id: str
    broadcast_id: str
    """The broadcast: from opening to closing; the same room opened again has another."""
    state: _RoomState
    """``live`` or ``closed``; ``reserved`` before its first broadcast."""
    holder_id: str
    """Whose the room's id is: who may open it again."""
    owner_id: str
    """Who owns the broadcast."""
    created_by: str
    updated_by: str
    category: str
    title: str
    cover: str
    subject: str
    description: str
    capacity: int
    """How many members it may hold; 0 for any number."""
    type: str
    """The client's own word, such as TIMER_ROOM."""
    star: int
    barred: bool
    """The operator keeps it off the list."""
    access: _Access
    """Who may come in; only ``public`` ones are listed."""
    has_password: bool
    """Coming in takes a password."""
    seats: int
    """How many seats there are."""
    seat_mode: _SeatMode
    """How an audience comes to a seat."""
    slow_mode: int
    """Seconds between two messages of one member; 0: no such limit."""
    muted: bool
    """Only hosts and moderators write."""
    ends_at: _Time | None
    """When the broadcast is closed; null: its people close it."""
    opened_at: _Time
    updated_at: _Time
    rev: int
    """Grows with every change of the room."""


class OpenedRoom(ToldRoom):
    """A broadcast has begun."""


class UpdatedRoom(ToldRoom):
    """Title, cover or another field has changed."""


class ClosedRoom(ToldRoom):
    """The broadcast is over. That its members have left with it follows."""

    reason: _CloseReason
    """``destroyed`` by its owner, ``owner_gone`` for too long, ``owner_deleted``, ``closed_by_admin``, or ``time_over``
    when it was to last so long."""


class HandedRoom(ToldRoom):
    """The broadcast has another owner."""

    former_owner_id: str


class BarredRoom(ToldRoom):
    """The operator keeps the room off the list."""


class UnbarredRoom(ToldRoom):
    """The room may be on the list again."""


class ToldMember(Shape):
    """A member as they are after the event."""

    room_id: str
    broadcast_id: str
    category: str
    """The room's."""
    stay_id: str
    """One stay of a user in a room, from entering to leaving: whoever enters again has another."""
    user_id: str
    name: str
    avatar: str
    role: str
    """``owner``, ``anchor`` or ``audience``."""
    entered_at: _Time
    left_at: _Time | None
    """Of who left."""
    reason: _LeaveReason | None
    """Of who left: by a call (``left``), without a sign of life (``lost``), put out (``kicked``), with the room
    (``closed``), or by entering another (``elsewhere``)."""


class EnteredMember(ToldMember):
    """A user has become a member."""


class LeftMember(ToldMember):
    """A user is no member any more."""


class MemberRole(ToldMember):
    """A member has another role."""


class MemberProfile(ToldMember):
    """A member has another name or picture."""


class ToldVerdict(Shape):
    """What a room's owner or moderators did about a user, who need not be in it."""

    room_id: str
    broadcast_id: str
    """The broadcast in which it was done; it holds in later ones too."""
    category: str
    """The room's."""
    user_id: str
    by: str
    """Who did it."""


class BannedMember(ToldVerdict):
    """The user may not come in."""

    until: _Time | None
    """Until when; null is for ever."""
    reason: str


class UnbannedMember(ToldVerdict):
    """The user may come in again."""


class MutedMember(ToldVerdict):
    """The user may not write in the room."""

    until: _Time | None
    """Until when; null is for ever."""
    reason: str


class UnmutedMember(ToldVerdict):
    """The user may write again."""


class KickedMember(ToldVerdict):
    """The user was put out. They may come in again."""

    reason: str


class AppointedMember(ToldVerdict):
    """The owner has appointed the user, or taken that back."""

    role: _Given
    """``moderator`` or ``anchor``; ``audience``: neither any more."""


class ToldReport(Shape):
    """A user has reported another, a message or a room. It is in the room's stream, else in the reported user's."""

    report_id: str
    room_id: str
    """Empty where it is about no room."""
    category: str
    """The room's."""
    target_id: str
    """Who is reported; empty where it is the room itself."""
    message_id: str
    reporter_id: str
    reason: str
    words: str
    """What the message said."""
    note: str
    """What the reporter wrote."""


class ToldUser(Shape):
    """A user as they are after the event. Phone number and mailbox are never told."""

    user_id: str
    name: str
    avatar: str
    tag: str
    tag2: str


class RegisteredUser(ToldUser):
    """There is a new account."""

    door: _Door
    """By which door: ``register``, ``guest``, ``code``, ``own`` (a user of the operator's, at their first login),
    ``operator`` (made by a server), or ``imported`` (a username of the original service, with a tag that was new)."""
    username: str
    """As it was given; empty where accounts have none."""


class UpdatedUser(ToldUser):
    """Name, picture or a tag has changed."""


class DeletedUser(Shape):
    """The account is gone."""

    user_id: str


class BannedUser(Shape):
    """The user may not use the service."""

    user_id: str
    until: _Time | None
    """Until when; null is for ever."""
    reason: str


class UnbannedUser(Shape):
    """The user may use the service again."""

    user_id: str


TELLINGS: Final[dict[str, type[Shape]]] = {
    "room.opened": OpenedRoom,
    "room.updated": UpdatedRoom,
    "room.owner_changed": HandedRoom,
    "room.barred": BarredRoom,
    "room.unbarred": UnbarredRoom,
    "room.closed": ClosedRoom,
    "member.entered": EnteredMember,
    "member.role_changed": MemberRole,
    "member.profile_changed": MemberProfile,
    "member.left": LeftMember,
    "member.banned": BannedMember,
    "member.unbanned": UnbannedMember,
    "member.muted": MutedMember,
    "member.unmuted": UnmutedMember,
    "member.kicked": KickedMember,
    "member.role_given": AppointedMember,
    "report.filed": ToldReport,
    "user.registered": RegisteredUser,
    "user.updated": UpdatedUser,
    "user.banned": BannedUser,
    "user.unbanned": UnbannedUser,
    "user.deleted": DeletedUser,
}
"""The data of each kind. Modules bring kinds of their own, ``<module>.<name>``."""
