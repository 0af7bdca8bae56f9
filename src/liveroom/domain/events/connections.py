"""Events of connected rooms. Each room's stream says when it was connected, with which rooms, and when that ended."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec

from liveroom.domain.connections.model import LeaveCause, RoomConnection
from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.payloads import Counter, Payload
from liveroom.domain.rooms.model import Room

_Cause = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(LeaveCause)})]


class ConnectedRoomPayload(Payload):
    """A room of a connection, and its owner."""

    room_id: str
    owner_id: str


class ConnectionPayload(EventPayload):
    """A room and its connection after the event."""

    room_id: str
    """The room whose stream this is; each other room has an event of its own."""
    broadcast_id: str
    owner_id: str
    connection_id: str
    version: Counter
    """Of the connection: equal in the events that one change has in several rooms."""
    rooms: list[ConnectedRoomPayload]
    """The rooms in it, in the order in which they joined."""


class StartedConnection(ConnectionPayload):
    """The room was connected with others."""

    kind: ClassVar[str] = "connection.started"


class ChangedConnection(ConnectionPayload):
    """Another room has joined the room's connection or left it, or has another owner."""

    kind: ClassVar[str] = "connection.changed"


class EndedConnection(ConnectionPayload):
    """The room is not connected any more. ``rooms``: those that still are."""

    kind: ClassVar[str] = "connection.ended"
    reason: _Cause
    """The room has ``left``, was ``closed``, or was left ``alone``; or the operator has ``ended`` the connection."""


def started(room: Room, connection: RoomConnection, at: datetime) -> NewEvent:
    """Return the event of a room that was connected."""
    return _about(room, StartedConnection(**_fields(room, connection)), at)


def changed(room: Room, connection: RoomConnection, at: datetime) -> NewEvent:
    """Return the event of a room whose connection is another now."""
    return _about(room, ChangedConnection(**_fields(room, connection)), at)


def ended(room: Room, left: RoomConnection, at: datetime, cause: LeaveCause) -> NewEvent:
    """Return the event of a room that is connected no longer; ``left``: the connection without it."""
    return _about(room, EndedConnection(**_fields(room, left), reason=cause.value), at)


def _about(room: Room, payload: ConnectionPayload, at: datetime) -> NewEvent:
    return NewEvent(payload.kind, room.category, at, payload)


def _fields(room: Room, connection: RoomConnection) -> dict[str, Any]:
    return {
        "room_id": room.id,
        "broadcast_id": room.broadcast,
        "owner_id": room.owner,
        "connection_id": connection.id,
        "version": connection.version,
        "rooms": [ConnectedRoomPayload(room_id=one.room, owner_id=one.owner) for one in connection.rooms],
    }
