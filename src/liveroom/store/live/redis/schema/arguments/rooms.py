"""The arguments of scripts on rooms and their members."""

from typing import NamedTuple

from liveroom.domain.ids import BroadcastId, EntryId, SessionId, StayId, TenantName, UserId


class AdmitArguments(NamedTuple):
    """A user enters a room. ``wanted``: a role's number, 0 for the audience, -1 for none. ``warms``: a number."""

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
    blockers: str
    warms: str
    half_life: int


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


class PutMetadataArguments(NamedTuple):
    """A room's metadata, and the event that announces it ("": none)."""

    broadcast: BroadcastId
    version: int
    value: bytes
    kind: str
    data: bytes
    by: str


class ReadMembersArguments(NamedTuple):
    """A page of members. ``version``: of the one that the caller has."""

    tenant: TenantName
    after: int
    offset: int
    limit: int
    version: bytes
    viewer: str


class CloseRoomArguments(NamedTuple):
    """A room closes. ``most``: stays that end at once."""

    rev: int
    tenant: TenantName
    remembered: int
    most: int
    reason: str


class ReadMetadataArguments(NamedTuple):
    """Who reads a room's metadata."""

    tenant: TenantName
    user: UserId


class DirtyRoomsArguments(NamedTuple):
    """Which rooms of a bucket to name; what the list shows stands behind this."""

    most: int
    unchanged: int


class DueAlarmsArguments(NamedTuple):
    """How many alarms of a bucket to name, and when those come again, in ms."""

    most: int
    again: int


class SurveyRoomsArguments(NamedTuple):
    """What a look at a bucket goes by, in ms, and how many rooms without a host it names."""

    grace: int
    gap: int
    orphans: int
    spared: int
