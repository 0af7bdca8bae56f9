"""Members: who is in a room, in which role, and for how long."""

from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import BroadcastId, EntryId, RoomId, SessionId, StayId, TenantName, UserId
from liveroom.domain.rooms.model import HostPolicy


class Role(StrEnum):
    """What a member is in a room. Everything else that clients send is a label beside audience."""

    OWNER = "owner"
    ANCHOR = "anchor"
    MODERATOR = "moderator"
    """Appointed by the owner; for the host policy an audience, as a speaker is."""
    SPEAKER = "speaker"
    """Has a seat, and is nothing else but audience."""
    AUDIENCE = "audience"

    @property
    def is_host(self) -> bool:
        """Say whether the role counts as a host for the host policy."""
        return self is Role.OWNER or self is Role.ANCHOR


_ROLES: Final = {role.value: role for role in Role}


class LeaveReason(StrEnum):
    """Why a stay ended."""

    LEFT = "left"
    LOST = "lost"
    KICKED = "kicked"
    CLOSED = "closed"
    ELSEWHERE = "elsewhere"


class Member(NamedTuple):
    """A user in a room. ``order`` counts the members in the order of their joining."""

    user: UserId
    name: str
    avatar: str
    role: Role
    joined: datetime
    order: int
    seat: int = 0
    """The seat that they have, counted from 1; 0: none."""
    mutes: int = 0
    """How it is muted (``seats.Mutes``)."""


class PresenceEntry(NamedTuple):
    """One session's presence in one room, as the user's record keeps it."""

    id: EntryId
    user: UserId
    session: SessionId
    room: RoomId
    host: bool


class Stay(NamedTuple):
    """One stay of a member in a broadcast, as attendance keeps it. Newer versions of a stay replace older ones.

    ``role`` is the role in which they entered. Whether they are a moderator by now is in their access record
    (``room_access``); whether they are a speaker is in the seat map.
    """

    id: StayId
    tenant: TenantName
    broadcast: BroadcastId
    room: RoomId
    user: UserId
    role: Role
    name: str
    avatar: str
    entered: datetime
    order: int
    entries: tuple[tuple[SessionId, EntryId], ...]
    """The sessions by which the user is in, each with its presence entry."""
    version: int
    left: datetime | None = None
    reason: LeaveReason | None = None
    keepalive: bool = False
    """The session that entered last sends keepalives: it is judged by them even after all live data was lost."""
    seat: int = 0
    """The seat that the member has, counted from 1; 0: none."""
    mutes: int = 0
    """How the seat is muted (``seats.Mutes``)."""
    sat: bool = False
    """They have had a seat, by a version that this one replaces before it is written."""


def wanted_role(text: str | None) -> tuple[Role | None, str]:
    """Return the role that a client's text asks for (None: whatever fits) and the label that is kept beside it."""
    if not text:
        return None, ""
    role = _ROLES.get(text.casefold())
    if role is None:
        return Role.AUDIENCE, text
    return (role if role.is_host else Role.AUDIENCE), ""


def granted_role(
    wanted: Role | None, *, owns: bool, admin: bool, appointed: Role | None, policy: HostPolicy, anyone_hosts: bool
) -> Role:
    """Return the role that the caller gets: one that they may not have becomes audience.

    ``owns``: the caller owns the broadcast or holds the room's id. ``appointed``: by its owner. ``anyone_hosts``: in
    categories of policy ``hosts`` anyone may be anchor.
    """
    is_anchor = appointed is Role.ANCHOR
    if wanted is None:
        return Role.ANCHOR if owns or is_anchor else Role.AUDIENCE
    if wanted is Role.AUDIENCE:
        return Role.AUDIENCE
    if owns:
        return wanted
    if admin or is_anchor or (policy is HostPolicy.HOSTS and anyone_hosts):
        return Role.ANCHOR
    return Role.AUDIENCE


def role_after_appointment(role: Role, appointed: Role | None, *, was_anchor: bool, owns: bool) -> Role:
    """Return the role of a member who is appointed to something now, or to nothing any more.

    Only an appointment is taken back: who is a host by right, or by the room's category, stays one.
    """
    if appointed is Role.ANCHOR:
        return role if role.is_host else Role.ANCHOR
    return Role.AUDIENCE if was_anchor and not owns else role


def displayed_role(role: Role, *, moderates: bool, seated: bool) -> Role:
    """Return what others see a member as: a host, else a moderator, else somebody who has a seat, else audience."""
    if role.is_host:
        return role
    if moderates:
        return Role.MODERATOR
    return Role.SPEAKER if seated else role
