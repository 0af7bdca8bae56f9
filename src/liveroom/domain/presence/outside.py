"""What outside services say of users: who is signed in there, who is in a room's media (LIVE.md 5).

They report starts and ends, each once or several times and in any order. Only the times that they give decide: the
newest report of a source counts, and a participant of LiveKit that was gone never comes back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.labels import LabelReport
from liveroom.domain.presence.signs import SOCKET_CLOSED
from liveroom.domain.recordings.model import RecorderKind, RecordingReport

VOUCHES: Final = timedelta(hours=12)
"""How long an outside source vouches after its last report; when it stops vouching, no stay ends by that."""
ENDED: Final = SOCKET_CLOSED
"""How long a source still vouches after its end: a user who changes networks comes back."""
REMEMBERED: Final = timedelta(minutes=15)
"""How long an end is remembered, so that an older start that comes later changes nothing."""
LATEST_START: Final = timedelta(minutes=10)
"""How old a start may be on arrival: Tencent repeats reports for one minute, LiveKit for five."""
AHEAD: Final = timedelta(minutes=1)
"""How far a vendor's clock may be ahead of ours; reports from further ahead count as made now."""
EVERYBODY: Final = "*"
"""For ``who``: all of a user's presences in a room of media that has ended."""


class OutsideSource(StrEnum):
    """Who says it. The numbers of the Redis scripts follow this order."""

    IM = "im"
    """Signed in at Tencent IM, on one platform: of no room."""
    IM_GROUP = "im_group"
    """Online in the room's message group."""
    TRTC = "trtc"
    """In the room's media."""
    LIVEKIT = "livekit"
    STREAM = "stream"
    """Pushes a stream to the room: said by our own streams, by our clock."""

    @property
    def ends_stays(self) -> bool:
        """Say whether its end also ends the stay that it vouched for, whatever else vouches for the session."""
        return self in (OutsideSource.TRTC, OutsideSource.LIVEKIT, OutsideSource.STREAM)

    @property
    def has_participants(self) -> bool:
        """Say whether ``who`` names a single visit: once gone it never comes back, and a newer one replaces it."""
        return self is OutsideSource.LIVEKIT


class Sighting(NamedTuple):
    """One report of an outside service about a user: there (``present``) or gone, since a time by its clock."""

    user: UserId
    source: OutsideSource
    room: RoomId | None
    who: str
    """What tells several presences of one user apart: a platform, a participant; "" where there is one."""
    at: datetime
    present: bool


NUMBERS: Final[Mapping[OutsideSource, int]] = {source: number for number, source in enumerate(OutsideSource, 1)}


class GroupDestroyed(NamedTuple):
    """Somebody has destroyed a room's message group."""

    room: RoomId
    owner: UserId | None
    """Whose group it was; None where that is not said."""
    at: datetime
    by_server: bool
    """It was done through the vendor's server API, as we do it ourselves."""


class MediaEnded(NamedTuple):
    """A room's media has ended for everybody."""

    room: RoomId
    source: OutsideSource
    at: datetime


class MediaPublished(NamedTuple):
    """Somebody has begun to send in a room's media."""

    room: RoomId
    user: UserId


class MediaJoined(NamedTuple):
    """Somebody has joined a room's media, and may send there or not, as their credential says."""

    room: RoomId
    user: UserId
    sends: bool


class OutsideReport(NamedTuple):
    """What one call of a vendor says. ``sdk_app_id``: of which application; None where all tenants have the same."""

    sdk_app_id: int | None
    sightings: Sequence[Sighting] = ()
    group: GroupDestroyed | None = None
    media: MediaEnded | None = None
    began: MediaEnded | None = None
    """Until when whoever was seen in a room's media is not in it any more: it began anew, perhaps after a crash."""
    published: MediaPublished | None = None
    """Only reported if a token that cannot be revoked may let people send more than they may now."""
    joined: MediaJoined | None = None
    """Only reported by a provider where what somebody may send can be changed while they are there."""
    recorder: RecorderKind | None = None
    recordings: Sequence[RecordingReport] = ()
    """What it says of recordings that it makes."""
    labels: Sequence[LabelReport] = ()
    """What the vendor's content moderation has found."""
