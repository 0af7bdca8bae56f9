"""Media: who is let into a room's audio and video, with what, and the signals that members send each other.

The role in the room decides what its holder may do there: hosts publish, an audience only receives.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.members import Role
from liveroom.domain.tenants import Tenant

LIFE: Final = timedelta(hours=6)
"""How long what lets somebody in can be used to join; whoever has joined stays."""
SIGNAL_MAX: Final = 16 * 1024
"""Bytes of JSON that one signal carries at most: an offer of many codecs has about 8 KB."""


class Participant(NamedTuple):
    """A member who asks to be let in."""

    tenant: Tenant
    user: UserId
    name: str
    room: RoomId
    role: Role


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


MediaPass = MeshPass | TrtcPass | LivekitPass


class Signal(NamedTuple):
    """What one member sends to another, so that their browsers find each other."""

    room: RoomId
    sender: UserId
    at: datetime
    payload: bytes
    """JSON: an object or a text."""
