"""Connected rooms: several live rooms whose hosts are seen in all of them.

Each of the rooms has the whole connection in its own row. All these rows are written in one transaction, so that they
are equal; a connection of fewer than two rooms there is not.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.errors import AlreadyConnected, ConnectionFull
from liveroom.domain.ids import RoomId, TenantName, UserId

ROOMS_MAX: Final = 9
"""Rooms that a connection has at most."""
WAIT_MAX: Final = timedelta(seconds=30)
"""The longest time that a request waits for its answer."""


class ConnectedRoom(NamedTuple):
    """One of the rooms, with its owner as they were when it was connected or handed over."""

    room: RoomId
    owner: UserId
    name: str
    avatar: str


class RoomConnection(NamedTuple):
    """Rooms that are connected."""

    id: str
    version: int
    """Grows with each change: of two states the one with the higher version is the newer one."""
    began: datetime
    rooms: tuple[ConnectedRoom, ...]
    """In the order in which they joined."""

    @property
    def ids(self) -> tuple[RoomId, ...]:
        """Return the ids of the rooms."""
        return tuple(one.room for one in self.rooms)

    def has(self, room: RoomId) -> bool:
        """Say whether a room is one of them."""
        return room in self.ids

    def others(self, room: RoomId) -> tuple[RoomId, ...]:
        """Return the rooms that this one is connected with."""
        return tuple(id for id in self.ids if id != room)


class ConnectionRequest(NamedTuple):
    """A room's question to another one. Whether it is over is the server's clock to say."""

    id: str
    tenant: TenantName
    room: RoomId
    """Which asks."""
    asked: RoomId
    by: UserId
    """Who asks."""
    created: datetime
    expires: datetime

    def is_open(self, now: datetime) -> bool:
        """Say whether it can be answered."""
        return now < self.expires


class AskOutcome(StrEnum):
    """What becomes of a request to one room."""

    REQUESTED = "requested"
    CONNECTED = "connected"
    """The room had asked this one already: both want it."""
    MISSING = "roomNotExists"
    """It is not live, its host is away, or it is not there for whoever asks."""
    CONNECTING = "connecting"
    """The two are connected already."""
    ELSEWHERE = "connectingOtherRoom"
    """It is connected with others."""
    FULL = "connectionFull"


class AskAnswer(StrEnum):
    """How a request ended."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class LeaveCause(StrEnum):
    """Why a room is not connected any more."""

    LEFT = "left"
    CLOSED = "closed"
    """Its broadcast is over."""
    ALONE = "alone"
    """All others have left."""
    ENDED = "ended"
    """The operator has ended the connection."""


def join(
    asking: ConnectedRoom, own: RoomConnection | None, joining: ConnectedRoom, id: str, now: datetime
) -> RoomConnection:
    """Return the connection of ``asking`` (``own``, or a new one of that id) with another room in it.

    Raises ``AlreadyConnected`` where that room is in it, ``ConnectionFull``.
    """
    if own is None:
        return RoomConnection(id, 1, now, (asking, joining))
    if own.has(joining.room):
        raise AlreadyConnected
    if len(own.rooms) >= ROOMS_MAX:
        raise ConnectionFull
    return own._replace(version=own.version + 1, rooms=(*own.rooms, joining))


def without(connection: RoomConnection, leaving: Collection[RoomId]) -> RoomConnection | None:
    """Return what is left of a connection without these rooms; None: it is over."""
    rooms = tuple(one for one in connection.rooms if one.room not in leaving)
    return connection._replace(version=connection.version + 1, rooms=rooms) if len(rooms) > 1 else None


def handed(connection: RoomConnection, owner: ConnectedRoom) -> RoomConnection:
    """Return the connection after one of its rooms was given to another owner."""
    rooms = tuple(owner if one.room == owner.room else one for one in connection.rooms)
    return connection._replace(version=connection.version + 1, rooms=rooms)


def outcome(asking: RoomId, own: RoomConnection | None, theirs: RoomConnection | None) -> AskOutcome | None:
    """Return why a room cannot be asked, by what the two are connected with; None: it can."""
    if theirs is not None:
        return AskOutcome.CONNECTING if theirs.has(asking) else AskOutcome.ELSEWHERE
    if own is not None and len(own.rooms) >= ROOMS_MAX:
        return AskOutcome.FULL
    return None
