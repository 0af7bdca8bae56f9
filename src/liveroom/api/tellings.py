"""What webhooks and the log of events tell: one struct for the data of each kind, out of which the documents are made.

The core writes plain mappings (``domain/told_*``); tests compare them with these.
"""

from typing import Annotated, Any, Final

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.members import LeaveReason
from liveroom.domain.options import Access, SeatMode
from liveroom.domain.rooms import CloseReason, RoomStatus
from liveroom.domain.told_users import SignupSource

_Time = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]
_RoomState = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(RoomStatus)})]
_LeaveReason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(LeaveReason)})]
_Access = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Access)})]
_SeatMode = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SeatMode)})]
_CloseReason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(CloseReason)})]
_Given = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["moderator", "anchor", "audience"]})]
_SignupSource = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SignupSource)})]


class ToldEvent(Shape):
    """One event, as a webhook receives it."""

    id: str
    """The event's unique id, for deduplication."""
    type: str
    """One of the names below."""
    timestamp: _Time
    """When it happened: UTC, as ``2026-11-25T10:00:00.123Z``."""
    tenant: str
    """The tenant's name; empty for the default tenant."""
    stream: str
    """``room:<roomId>`` or ``user:<userId>``."""
    seq: int
    """Number of the event in its stream, from 1."""
    data: dict[str, Any]
    """The event's data, by its type."""


class ToldRoom(Shape):
    """A room after the event."""

    room_id: str
    broadcast_id: str
    """The broadcast: from opening to closing; the same room opened again has another."""
    state: _RoomState
    """``live`` or ``closed``; ``reserved`` before its first broadcast."""
    holder_id: str
    """The holder of the room's id, who may open it again."""
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
    """Maximum members; 0 for no limit."""
    type: str
    """Chosen by the client, such as TIMER_ROOM."""
    star: int
    barred: bool
    """The operator has hidden it from lists."""
    access: _Access
    """Who may enter; only ``public`` rooms are listed."""
    has_password: bool
    """Entering requires a password."""
    seats: int
    """The number of seats."""
    seat_mode: _SeatMode
    """How the audience gets a seat."""
    slow_mode: int
    """Slow mode: seconds between two messages of one member; 0: off."""
    muted: bool
    """Everyone is muted: only hosts and moderators can write."""
    ends_at: _Time | None
    """When the broadcast ends; null: no set end."""
    opened_at: _Time
    updated_at: _Time
    rev: int
    """Increases with every change of the room."""


class OpenedRoom(ToldRoom):
    """A broadcast has begun."""


class UpdatedRoom(ToldRoom):
    """Title, cover or another field has changed."""


class ClosedRoom(ToldRoom):
    """The broadcast has ended. Events for its leaving members follow."""

    reason: _CloseReason
    """``destroyed`` by its owner, ``owner_gone`` for too long, ``owner_deleted``, ``closed_by_admin``, or
    ``time_over`` at the end of its set time.
    """


class HandedRoom(ToldRoom):
    """The broadcast's owner has changed."""

    former_owner_id: str


class BarredRoom(ToldRoom):
    """The operator has hidden the room from lists."""


class UnbarredRoom(ToldRoom):
    """The room may be listed again."""


class ToldMember(Shape):
    """A member after the event."""

    room_id: str
    broadcast_id: str
    category: str
    """The room's."""
    stay_id: str
    """One stay of a user in a room, from entering to leaving; entering again starts another."""
    user_id: str
    name: str
    avatar: str
    role: str
    """``owner``, ``anchor`` or ``audience``."""
    entered_at: _Time
    left_at: _Time | None
    """Only after leaving."""
    reason: _LeaveReason | None
    """Why they left: by a call (``left``), no sign of life (``lost``), removed (``kicked``), with the room
    (``closed``), or by entering another (``elsewhere``).
    """


class EnteredMember(ToldMember):
    """A user has joined."""


class LeftMember(ToldMember):
    """A user has left."""


class MemberRole(ToldMember):
    """A member's role has changed."""


class MemberProfile(ToldMember):
    """A member's name or picture has changed."""


class ToldVerdict(Shape):
    """What a room's owner or moderators did to a user, who need not be in it."""

    room_id: str
    broadcast_id: str
    """The broadcast in which it happened; bans, mutes and roles last beyond it."""
    category: str
    """The room's."""
    user_id: str
    by: str
    """Who did it."""


class BannedMember(ToldVerdict):
    """The user was banned from the room."""

    until: _Time | None
    """Until when; null: permanently."""
    reason: str


class UnbannedMember(ToldVerdict):
    """The user's ban was lifted."""


class MutedMember(ToldVerdict):
    """The user was muted in the room."""

    until: _Time | None
    """Until when; null: permanently."""
    reason: str


class UnmutedMember(ToldVerdict):
    """The user was unmuted."""


class KickedMember(ToldVerdict):
    """The user was removed. They may enter again."""

    reason: str


class AppointedMember(ToldVerdict):
    """The owner has appointed the user, or revoked it."""

    role: _Given
    """``moderator`` or ``anchor``; ``audience``: no longer either."""


class ToldReport(Shape):
    """A user has reported another, a message or a room. It is in the room's stream, else in the reported user's."""

    report_id: str
    room_id: str
    """Empty if it is not about a room."""
    category: str
    """The room's."""
    target_id: str
    """The reported user; empty if it is the room itself."""
    message_id: str
    reporter_id: str
    reason: str
    words: str
    """What the message said."""
    note: str
    """What the reporter wrote."""


class ToldUser(Shape):
    """A user after the event. Phone and e-mail are never included."""

    user_id: str
    name: str
    avatar: str
    tag: str
    tag2: str


class RegisteredUser(ToldUser):
    """A new account was created."""

    door: _SignupSource
    """How the account was created: ``register``, ``guest``, ``code``, ``own`` (the operator's own user, at their first
    login), ``operator`` (by a server key), or ``imported`` (a username of the original service, with a new tag).
    """
    username: str
    """As given; empty if the account has none."""


class UpdatedUser(ToldUser):
    """Name, picture or a tag has changed."""


class DeletedUser(Shape):
    """The account was deleted."""

    user_id: str


class BannedUser(Shape):
    """The user was banned."""

    user_id: str
    until: _Time | None
    """Until when; null: permanently."""
    reason: str


class UnbannedUser(Shape):
    """The user's ban was lifted."""

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
