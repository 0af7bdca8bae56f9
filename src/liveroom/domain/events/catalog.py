"""Every kind of event that webhooks and the event log receive, in the order of the documents."""

from typing import Final

from liveroom.domain.events.activities import EndedActivityEvent, ReachedGoalEvent, StartedActivityEvent
from liveroom.domain.events.agencies import InvitedHost, JoinedAgency, LeftAgency
from liveroom.domain.events.battles import EndedBattle, StartedBattle
from liveroom.domain.events.charges import UnknownCharge
from liveroom.domain.events.connections import ChangedConnection, EndedConnection, StartedConnection
from liveroom.domain.events.envelopes import (
    EndedEnvelopeEvent,
    GrabbedEnvelopeEvent,
    OpenedEnvelopeEvent,
    SentEnvelopeEvent,
)
from liveroom.domain.events.follows import AddedFollow, LiveFollow, RemovedFollow
from liveroom.domain.events.gifts import RefundedGift, SentGiftEvent
from liveroom.domain.events.ledger import DifferingLedger
from liveroom.domain.events.minors import RefundedMinor
from liveroom.domain.events.moderation import (
    AppointedMember,
    BannedMember,
    KickedMember,
    MutedMember,
    UnbannedMember,
    UnmutedMember,
)
from liveroom.domain.events.recordings import (
    AnnouncedRecording,
    DeletedRecording,
    EndedRecording,
    FailedRecording,
    ReadyRecording,
    StartedRecording,
)
from liveroom.domain.events.records import EventPayload
from liveroom.domain.events.reminders import DueReminders
from liveroom.domain.events.rooms import BarredRoom, ClosedRoom, HandedRoom, OpenedRoom, UnbarredRoom, UpdatedRoom
from liveroom.domain.events.settlements import ClosedStatement
from liveroom.domain.events.stays import EnteredMember, LeftMember, MemberProfile, MemberRole
from liveroom.domain.events.streams import EndedStream, InterruptedStream, ResumedStream, RotatedKey, StartedStream
from liveroom.domain.events.users import BannedUser, DeletedUser, RegisteredUser, UnbannedUser, UpdatedUser, WarnedUser
from liveroom.domain.events.wallets import (
    CancelledPayout,
    ClosingWallet,
    CreditedWallet,
    HeldPayout,
    ReversedCredit,
    SettledPayout,
)
from liveroom.domain.moderation.reports import ToldReport

_ALL: Final[tuple[type[EventPayload], ...]] = (
    OpenedRoom,
    UpdatedRoom,
    HandedRoom,
    BarredRoom,
    UnbarredRoom,
    ClosedRoom,
    StartedConnection,
    ChangedConnection,
    EndedConnection,
    StartedStream,
    InterruptedStream,
    ResumedStream,
    EndedStream,
    RotatedKey,
    StartedBattle,
    EndedBattle,
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
    WarnedUser,
    DeletedUser,
    AddedFollow,
    RemovedFollow,
    LiveFollow,
    DueReminders,
    CreditedWallet,
    ReversedCredit,
    ClosingWallet,
    HeldPayout,
    SettledPayout,
    CancelledPayout,
    SentGiftEvent,
    RefundedGift,
    UnknownCharge,
    RefundedMinor,
    InvitedHost,
    JoinedAgency,
    LeftAgency,
    ClosedStatement,
    SentEnvelopeEvent,
    OpenedEnvelopeEvent,
    GrabbedEnvelopeEvent,
    EndedEnvelopeEvent,
    AnnouncedRecording,
    StartedRecording,
    EndedRecording,
    FailedRecording,
    ReadyRecording,
    DeletedRecording,
    StartedActivityEvent,
    EndedActivityEvent,
    ReachedGoalEvent,
    DifferingLedger,
)
EVENT_PAYLOADS: Final = {payload.kind: payload for payload in _ALL}
"""The payload of each kind. Modules add kinds of their own, ``<module>.<name>``."""
