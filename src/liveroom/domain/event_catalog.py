"""Every kind of event that webhooks and the event log receive, in the order of the documents."""

from typing import Final

from liveroom.domain.moderation_events import (
    AppointedMember,
    BannedMember,
    KickedMember,
    MutedMember,
    UnbannedMember,
    UnmutedMember,
)
from liveroom.domain.recorded_events import EventPayload
from liveroom.domain.reports import ToldReport
from liveroom.domain.room_events import BarredRoom, ClosedRoom, HandedRoom, OpenedRoom, UnbarredRoom, UpdatedRoom
from liveroom.domain.stay_events import EnteredMember, LeftMember, MemberProfile, MemberRole
from liveroom.domain.user_events import BannedUser, DeletedUser, RegisteredUser, UnbannedUser, UpdatedUser

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
