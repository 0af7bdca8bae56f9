"""Connected rooms as clients read them: in a room's state, in its events, and in those of their hosts."""

from datetime import datetime
from typing import Annotated

import msgspec

from liveroom.domain.connections.model import AskAnswer, ConnectionRequest, RoomConnection
from liveroom.domain.payloads import Counter, Payload, wire_time

_Answer = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(AskAnswer)})]


class ConnectedHost(Payload):
    """A room of a connection, and its owner."""

    room_id: str
    user_id: str
    """The owner."""
    name: str
    """The owner's name and picture as the room was connected."""
    avatar: str


class ConnectionState(Payload):
    """A connection: the same in each of its rooms."""

    connection_id: str
    version: Counter
    """Grows with each change; ignore a state of a lower one."""
    start_utc: str
    rooms: list[ConnectedHost]
    """At least two, at most nine, in the order in which they joined; this room is one of them."""


class ConnectionNews(Payload):
    """With what a room is connected now."""

    connection: ConnectionState | None
    """Null: with none."""


class ConnectionAsked(Payload):
    """A room asks another one for a connection."""

    request_id: str
    """For ``connections/accept``, ``connections/refuse`` and ``connections/cancel``."""
    room_id: str
    """The room that asks."""
    asked_room_id: str
    """The room that is asked."""
    user_id: str
    """Who asks."""
    name: str
    avatar: str
    expire_utc: str
    """Until when it can be accepted."""
    expire_in: int
    """The milliseconds until then, by the server's clock."""


class ConnectionAnswered(Payload):
    """A request for a connection is closed."""

    request_id: str
    room_id: str
    """The room that has asked."""
    asked_room_id: str
    result: _Answer
    """``accepted``, ``refused`` by the asked room, ``cancelled`` by the one that asked, or ``expired``."""


def connection_state(connection: RoomConnection) -> ConnectionState:
    """Return a connection as clients read it."""
    return ConnectionState(
        connection_id=connection.id,
        version=connection.version,
        start_utc=wire_time(connection.began),
        rooms=[
            ConnectedHost(room_id=room, user_id=owner, name=name, avatar=avatar)
            for room, owner, name, avatar in connection.rooms
        ],
    )


def connection_news(connection: RoomConnection | None) -> ConnectionNews:
    """Return what a room is told when that has changed."""
    return ConnectionNews(connection=None if connection is None else connection_state(connection))


def connection_asked(request: ConnectionRequest, name: str, avatar: str, now: datetime) -> ConnectionAsked:
    """Return a request as the two hosts read it; ``name``: of whoever asks."""
    return ConnectionAsked(
        request_id=request.id,
        room_id=request.room,
        asked_room_id=request.asked,
        user_id=request.by,
        name=name,
        avatar=avatar,
        expire_utc=wire_time(request.expires),
        expire_in=max(0, int((request.expires - now).total_seconds() * 1000)),
    )


def connection_answered(request: ConnectionRequest, answer: AskAnswer) -> ConnectionAnswered:
    """Return what the two hosts are told at the end of a request."""
    return ConnectionAnswered(
        request_id=request.id, room_id=request.room, asked_room_id=request.asked, result=answer.value
    )
