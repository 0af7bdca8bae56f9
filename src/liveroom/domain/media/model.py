"""Media: who is let into a room's audio and video, with what, and the signals that members send each other.

Hosts publish, and so does who has a seat, but for what a host has muted there; everybody else only receives.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, TypeGuard

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.presence.members import Member
from liveroom.domain.seats.model import Mutes
from liveroom.domain.tenants.model import Tenant

LIFE: Final = timedelta(hours=6)
"""How long what lets somebody in can be used to join; whoever has joined stays."""
WATCHER_LIFE: Final = timedelta(minutes=10)
"""The same for an operator who looks in unseen."""
REMEMBERED: Final = LIFE + timedelta(minutes=10)
"""How long a removal is remembered: nobody comes back later by a credential from before it."""
WATCHER_NAME_MAX: Final = 256
"""Characters of the name that such an operator has in a mesh room."""
SIGNAL_MAX: Final = 16 * 1024
"""Bytes of JSON that one signal carries at most: an offer of many codecs has about 8 KB."""


class Publishes(NamedTuple):
    """What somebody may send into a room's media."""

    audio: bool
    video: bool

    @property
    def anything(self) -> bool:
        """Say whether it is anything at all."""
        return self.audio or self.video


ALL: Final = Publishes(audio=True, video=True)
NOTHING: Final = Publishes(audio=False, video=False)


class Participant(NamedTuple):
    """A member who asks to be let in."""

    tenant: Tenant
    user: UserId
    name: str
    room: RoomId
    publishes: Publishes
    hidden: bool = False
    """An operator who looks in: others do not see them."""


class RemovedParticipant(NamedTuple):
    """A user who was removed from a room's media, and may have a credential by which they can come back."""

    room: RoomId
    user: UserId
    tenant: TenantName
    until: datetime
    """When no such credential is good any more."""


class IceServer(NamedTuple):
    """Where browsers find a way to each other: STUN, or TURN with its credentials."""

    urls: tuple[str, ...]
    username: str = ""
    credential: str = ""


class MeshPass(NamedTuple):
    """What browsers need to send to each other: signals go through ``rtc/signal``."""

    expires: datetime
    ice_servers: tuple[IceServer, ...]


class RoomIdKind(StrEnum):
    """How Tencent knows a room: a number and its text name different rooms."""

    NUMBER = "number"
    STRING = "string"


class TrtcPass(NamedTuple):
    """What Tencent's SDK needs to enter the room."""

    expires: datetime
    sdk_app_id: int
    user_sig: str
    private_map_key: str
    kind: RoomIdKind


class LivekitPass(NamedTuple):
    """What LiveKit's SDK needs to connect."""

    expires: datetime
    url: str
    token: str


def may_publish(member: Member | None) -> TypeGuard[Member]:
    """Say whether somebody is in the room as a host or with a seat, even a muted one."""
    return member is not None and (bool(member.seat) or member.role.is_host)


def publishes(member: Member) -> Publishes:
    """Return what a member may send: what a host has muted on a seat binds a host there too."""
    if member.seat:
        return Publishes(audio=not member.mutes & Mutes.AUDIO, video=not member.mutes & Mutes.VIDEO)
    return ALL if member.role.is_host else NOTHING


MediaPass = MeshPass | TrtcPass | LivekitPass


class Signal(NamedTuple):
    """What one member sends to another, so that their browsers find each other."""

    room: RoomId
    sender: UserId
    at: datetime
    payload: bytes
    """JSON: an object or a text."""
