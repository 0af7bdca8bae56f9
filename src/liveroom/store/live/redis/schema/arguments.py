"""The arguments of scripts that take many: given by name, so that none stands in another's place.

Each is a script's own arguments in their order; what guards and modules add is not among them (``scripts.USED``).
"""

from typing import NamedTuple

from liveroom.domain.ids import BroadcastId, EntryId, RoomId, SessionId, StayId, TenantName, UserId


class TakeEntryArguments(NamedTuple):
    """A session enters a room. ``kind``, ``issued``: as in ``HeartbeatRow``."""

    user: UserId
    session: SessionId
    kind: int
    issued: int
    room: RoomId
    entry: EntryId
    host: int


class AdmitArguments(NamedTuple):
    """A user enters a room. ``wanted``: a role's number, 0 for the audience, -1 for none."""

    tenant: TenantName
    user: UserId
    session: SessionId
    entry: EntryId
    wanted: int
    label: str
    name: str
    avatar: str
    admin: int
    anyone_hosts: int
    grace: int
    keepalive: int
    stay: StayId
    passwords: str
    link_key: str


class LeaveArguments(NamedTuple):
    """A user leaves a room. ``session``, ``entry``: "" for any."""

    user: UserId
    session: str
    entry: str
    reason: str
    grace: int
    if_deserted: int


class PutRoomArguments(NamedTuple):
    """A room opens or changes. ``most``: stays that end at once. ``access``: packed ``UserAccessRow``."""

    fixed: bytes
    card: bytes
    rev: int
    broadcast: BroadcastId
    grace: int
    most: int
    options: bytes
    ends: int
    access: bytes
    plain: bytes


class LoadRoomArguments(NamedTuple):
    """A part of a room that is rebuilt. ``stays``: packed ``RestoredStayRow``. ``gone``: packed users."""

    is_first: int
    is_last: int
    fixed: bytes
    card: bytes
    stays: bytes
    gone: bytes
    version: int
    grace: int
    options: bytes
    ends: int
    access: bytes
    likes: int
    seats: bytes


class PutAccessArguments(NamedTuple):
    """An access record: as ``UserAccessRow`` from ``user`` to ``rev``, and the event that announces it."""

    tenant: TenantName
    user: UserId
    role: int
    banned_until: int
    muted_until: int
    invited: int
    rev: int
    arranged: bytes
    kind: str
    data: bytes
    by: str
    grace: int


class ReadMembersArguments(NamedTuple):
    """A page of members. ``version``: of the one that the caller has."""

    tenant: TenantName
    after: int
    offset: int
    limit: int
    version: bytes
    viewer: str


class PutMetadataArguments(NamedTuple):
    """A room's metadata, and the event that announces it ("": none)."""

    broadcast: BroadcastId
    version: int
    value: bytes
    kind: str
    data: bytes
    by: str


class PutSeatMapArguments(NamedTuple):
    """A seat map; lists are packed. ``token``: of this write, which changes nothing when it comes again."""

    broadcast: BroadcastId
    rev: int
    version: int
    seats: bytes
    requests: bytes
    announced: bytes
    due_request: int
    by: str
    token: str
    silenced: bytes


class SayArguments(NamedTuple):
    """A message, and how many are allowed."""

    tenant: TenantName
    user: UserId
    id: str
    type: str
    priority: str
    text: str
    data: bytes
    key: str
    admin: int
    least_rank: int
    most_of_one: int
    most_of_room: int
    most_waiting: int


class LikeArguments(NamedTuple):
    """Likes of a room: packed ``LikeRow``."""

    tenant: TenantName
    token: str
    turn: int
    likes: bytes
