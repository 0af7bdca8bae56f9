"""What differs between two places that should say the same, and what is known of it."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId


class DriftSource(StrEnum):
    """Where something is listed and compared."""

    LIVE = "live"
    """The live store, with SQL."""
    LIVEKIT = "livekit"
    TRTC = "trtc"
    IM = "im"
    """Tencent's messages."""
    STREAMS = "streams"
    """Servers that take pushed streams."""
    RECORDINGS = "recordings"


class DriftKind(StrEnum):
    """What something is that differs."""

    ROOM = "room"
    MEMBER = "member"
    COUNT = "count"
    """How many members a room has."""
    SEAT = "seat"
    MEDIA_ROOM = "media_room"
    PARTICIPANT = "participant"
    """Somebody in a room's media."""
    PUBLISHER = "publisher"
    GROUP = "group"
    """A room's group of messages."""
    GROUP_MEMBER = "group_member"
    STREAM = "stream"
    RECORDING = "recording"


class DriftCase(StrEnum):
    """In which way it differs; ``CASES`` says what is done then."""

    ROOM_MISSING = "room_missing"
    ROOM_LEFT = "room_left"
    STAY_MISSING = "stay_missing"
    STAY_LEFT = "stay_left"
    COUNT_WRONG = "count_wrong"
    SEAT_WRONG = "seat_wrong"
    MEDIA_ROOM_LEFT = "media_room_left"
    MEDIA_ROOM_UNKNOWN = "media_room_unknown"
    PARTICIPANT_UNSEEN = "participant_unseen"
    PARTICIPANT_GONE = "participant_gone"
    PARTICIPANT_STRANGER = "participant_stranger"
    PARTICIPANT_UNKNOWN = "participant_unknown"
    SIGHTING_LEFT = "sighting_left"
    PUBLISHER_UNALLOWED = "publisher_unallowed"
    GROUP_MISSING = "group_missing"
    GROUP_LEFT = "group_left"
    GROUP_UNKNOWN = "group_unknown"
    GROUP_MEMBER_UNSEEN = "group_member_unseen"
    GROUP_MEMBER_GONE = "group_member_gone"
    STREAM_UNSEEN = "stream_unseen"
    STREAM_REPLACED = "stream_replaced"
    STREAM_GONE = "stream_gone"
    STREAM_UNALLOWED = "stream_unallowed"
    STREAM_UNKNOWN = "stream_unknown"
    RECORDING_UNKNOWN = "recording_unknown"
    RECORDING_GONE = "recording_gone"
    RECORDING_LEFT = "recording_left"


class DriftFacts(NamedTuple):
    """What there is to say of a case. ``says`` and ``does`` are sentences for operators."""

    kind: DriftKind
    says: str
    does: str
    is_repaired: bool = True
    counts: bool = True
    """Whether it counts towards what is too much to be repaired without asking. What only adds or drops evidence by
    which nobody's stay ends does not, nor what is cut off because SQL says so, nor what is not ours.
    """
    looks: int = 2
    """In how many looks it has to be found before it is repaired."""


_LEFT_ALONE: Final = "Nothing is done: "
CASES: Final[Mapping[DriftCase, DriftFacts]] = {
    DriftCase.ROOM_MISSING: DriftFacts(
        DriftKind.ROOM,
        "The room is live in SQL, and the live store does not have it.",
        "It is brought up in the live store, with whoever is in it.",
    ),
    DriftCase.ROOM_LEFT: DriftFacts(
        DriftKind.ROOM,
        "The room is closed in SQL, and the live store still has it.",
        "It is taken away there, and whoever is in it is told that it has closed.",
    ),
    DriftCase.STAY_MISSING: DriftFacts(
        DriftKind.MEMBER,
        "Somebody is in the room, and SQL has no open stay of theirs.",
        f"{_LEFT_ALONE}the journal writes the stay with its next change.",
        is_repaired=False,
    ),
    DriftCase.STAY_LEFT: DriftFacts(
        DriftKind.MEMBER,
        "SQL has an open stay of somebody who is not in the room.",
        "The stay ends, with the reason lost.",
    ),
    DriftCase.COUNT_WRONG: DriftFacts(
        DriftKind.COUNT,
        "The room counts other than it has members.",
        f"{_LEFT_ALONE}the count is made anew with the next who enters or leaves. If it stays so, report it: this is a "
        "fault of liveroom.",
        is_repaired=False,
    ),
    DriftCase.SEAT_WRONG: DriftFacts(
        DriftKind.SEAT,
        "Somebody has another seat in the room than their stay in SQL says.",
        f"{_LEFT_ALONE}the seat in the room counts, and the stay follows with its next change.",
        is_repaired=False,
    ),
    DriftCase.MEDIA_ROOM_LEFT: DriftFacts(
        DriftKind.MEDIA_ROOM,
        "The room is closed, and its media room is still there.",
        "The media room is closed.",
    ),
    DriftCase.MEDIA_ROOM_UNKNOWN: DriftFacts(
        DriftKind.MEDIA_ROOM,
        "There is a media room that is no room of ours.",
        f"{_LEFT_ALONE}another program may use the same media server. If none does, somebody has your keys.",
        is_repaired=False,
        counts=False,
    ),
    DriftCase.PARTICIPANT_UNSEEN: DriftFacts(
        DriftKind.PARTICIPANT,
        "A member is in the room's media, and no callback has said so.",
        "It is noted, as the callback would have done.",
        counts=False,
        looks=1,
    ),
    DriftCase.PARTICIPANT_GONE: DriftFacts(
        DriftKind.PARTICIPANT,
        "A member counts as being in the room's media, and is not there any more.",
        "That source ends; the stay ends with it after the grace period, unless a socket is subscribed to the room.",
    ),
    DriftCase.PARTICIPANT_STRANGER: DriftFacts(
        DriftKind.PARTICIPANT,
        "A user is in the room's media who is not in the room.",
        "They are removed from the media.",
    ),
    DriftCase.PARTICIPANT_UNKNOWN: DriftFacts(
        DriftKind.PARTICIPANT,
        "Somebody is in the room's media who is no user.",
        f"{_LEFT_ALONE}it may be a recorder or a robot of yours. If it is none, change the keys of the media provider.",
        is_repaired=False,
        counts=False,
    ),
    DriftCase.SIGHTING_LEFT: DriftFacts(
        DriftKind.PARTICIPANT,
        "Somebody counts as being in a room's media, and is neither there nor in the room.",
        "That source ends.",
        counts=False,
    ),
    DriftCase.PUBLISHER_UNALLOWED: DriftFacts(
        DriftKind.PUBLISHER,
        "A member sends in the room's media who may not.",
        "What they may send is set anew; where the provider cannot do that, they are put out of the media.",
    ),
    DriftCase.GROUP_MISSING: DriftFacts(
        DriftKind.GROUP,
        "The room is live, and its group is not there.",
        "The group is made again.",
    ),
    DriftCase.GROUP_LEFT: DriftFacts(
        DriftKind.GROUP,
        "The room is not live, and its group is still there.",
        "The group is dissolved.",
    ),
    DriftCase.GROUP_UNKNOWN: DriftFacts(
        DriftKind.GROUP,
        "There is a group that belongs to no room of ours.",
        f"{_LEFT_ALONE}your app may have made it.",
        is_repaired=False,
        counts=False,
    ),
    DriftCase.GROUP_MEMBER_UNSEEN: DriftFacts(
        DriftKind.GROUP_MEMBER,
        "A member is online in the room's group, and no callback has said so.",
        "It is noted, as the callback would have done.",
        counts=False,
        looks=1,
    ),
    DriftCase.GROUP_MEMBER_GONE: DriftFacts(
        DriftKind.GROUP_MEMBER,
        "Somebody counts as online in the room's group, and is not there any more.",
        "That source ends.",
    ),
    DriftCase.STREAM_UNSEEN: DriftFacts(
        DriftKind.STREAM,
        "An encoder pushes a stream, and no callback has said so.",
        "It counts as live, as the callback would have done, if its encoder may push; else it is cut off.",
        counts=False,
        looks=1,
    ),
    DriftCase.STREAM_REPLACED: DriftFacts(
        DriftKind.STREAM,
        "Another connection pushes a stream than the one that counts.",
        "The one that the server has counts.",
        counts=False,
        looks=1,
    ),
    DriftCase.STREAM_GONE: DriftFacts(
        DriftKind.STREAM,
        "A stream counts as live, and its server does not have it.",
        "It counts as interrupted, and ends after the grace period.",
    ),
    DriftCase.STREAM_UNALLOWED: DriftFacts(
        DriftKind.STREAM,
        "An encoder pushes a stream that was stopped or removed.",
        "It is cut off.",
        counts=False,
        looks=1,
    ),
    DriftCase.STREAM_UNKNOWN: DriftFacts(
        DriftKind.STREAM,
        "An encoder pushes a stream that has a name as ours have, and is none of ours.",
        "It is cut off.",
    ),
    DriftCase.RECORDING_UNKNOWN: DriftFacts(
        DriftKind.RECORDING,
        "The provider records something that is not recorded here.",
        f"{_LEFT_ALONE}your app may have begun it.",
        is_repaired=False,
        counts=False,
    ),
    DriftCase.RECORDING_GONE: DriftFacts(
        DriftKind.RECORDING,
        "A recording counts as running, and the provider has ended it.",
        "Its files are asked for, and it counts as ended.",
    ),
    DriftCase.RECORDING_LEFT: DriftFacts(
        DriftKind.RECORDING,
        "A recording is over, and the provider still records.",
        "The provider is told to end it.",
    ),
}


_MEDIA: Final = frozenset({DriftKind.MEDIA_ROOM, DriftKind.PARTICIPANT, DriftKind.PUBLISHER})
KINDS: Final[Mapping[DriftSource, Collection[DriftKind]]] = {
    DriftSource.LIVE: frozenset({DriftKind.ROOM, DriftKind.MEMBER, DriftKind.COUNT, DriftKind.SEAT}),
    DriftSource.LIVEKIT: _MEDIA,
    DriftSource.TRTC: _MEDIA,
    DriftSource.IM: frozenset({DriftKind.GROUP, DriftKind.GROUP_MEMBER}),
    DriftSource.STREAMS: frozenset({DriftKind.STREAM}),
    DriftSource.RECORDINGS: frozenset({DriftKind.RECORDING}),
}
"""What each source has."""


def repaired_cases(source: DriftSource) -> Collection[DriftCase]:
    """Return the cases of a source that are repaired."""
    return [case for case, facts in CASES.items() if facts.is_repaired and facts.kind in KINDS[source]]


class Drift(NamedTuple):
    """One difference, as one look has found it."""

    source: DriftSource
    case: DriftCase
    subject: str
    """What it is about; with source and case the same in every look."""
    tenant: TenantName = DEFAULT_TENANT
    room: RoomId = RoomId("")
    user: UserId = UserId("")
    detail: str = ""
    """What both say, where the case does not tell."""

    @property
    def id(self) -> str:
        """Return the same id in every look."""
        return hashlib.sha256(f"{self.source} {self.case} {self.tenant} {self.subject}".encode()).hexdigest()[:32]

    @property
    def facts(self) -> DriftFacts:
        """Return what there is to say of its case."""
        return CASES[self.case]


class KnownDrift(NamedTuple):
    """A difference that is known."""

    drift: Drift
    since: datetime
    looked: datetime
    """When it was found last."""
    looks: int = 1
    """How often it was found, one look after the other."""
    tries: int = 0
    """How often it was repaired."""
    failure: str = ""
    """Why the last try failed."""


class DriftOutcome(StrEnum):
    """What came of comparing a source."""

    DONE = "done"
    FAILED = "failed"
    """It could not be asked, or not for everything: nothing was concluded."""
    HELD = "held"
    """Too much differs: nothing is repaired until an operator allows it."""


class DriftRound(NamedTuple):
    """The last time that a source was compared."""

    source: DriftSource
    began: datetime
    ended: datetime
    due: datetime
    """When it is compared again."""
    outcome: DriftOutcome
    items: int = 0
    """How much was compared."""
    found: int = 0
    """How much differs."""
    reason: str = ""
    """Why it failed."""
    repaired: int = 0
    """How much was repaired since the installation began."""
    failures: int = 0
    """How often it has failed, one time after the other."""
    allowed_until: datetime | None = None
    """Until when an operator allows repairs, however much differs."""
    allowed_by: str = ""

    def is_allowed(self, now: datetime) -> bool:
        """Say whether an operator allows repairs now."""
        return self.allowed_until is not None and now < self.allowed_until
