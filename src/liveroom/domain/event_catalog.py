"""Every kind of event that webhooks and the event log receive, in the order of the documents."""

from typing import Final

from liveroom.domain.reports import ToldReport
from liveroom.domain.tellings import EventPayload
from liveroom.domain.told_rooms import BarredRoom, ClosedRoom, HandedRoom, OpenedRoom, UnbarredRoom, UpdatedRoom
from liveroom.domain.told_standings import (
    AppointedMember,
    BannedMember,
    KickedMember,
    MutedMember,
    UnbannedMember,
    UnmutedMember,
)
from liveroom.domain.told_stays import EnteredMember, LeftMember, MemberProfile, MemberRole
from liveroom.domain.told_users import BannedUser, DeletedUser, RegisteredUser, UnbannedUser, UpdatedUser

_ALL: Final[tuple[type[EventPayload], ...]] = (
    OpenedRoom,
    UpdatedRoom,
    HandedRoom,
    BarredRoom,
    UnbarredRoom,
    ClosedRoom,
    EnteredMember,
    MemberRole,
    MemberProfile,
    LeftMember,
    BannedMember,
    UnbannedMember,
    MutedMember,
    UnmutedMember,
    KickedMember,
    AppointedMember,
    ToldReport,
    RegisteredUser,
    UpdatedUser,
    BannedUser,
    UnbannedUser,
    DeletedUser,
)
EVENT_PAYLOADS: Final = {payload.kind: payload for payload in _ALL}
"""The payload of each kind. Modules add kinds of their own, ``<module>.<name>``."""
