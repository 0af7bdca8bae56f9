"""Events of pushed streams, in the event stream of their room."""

from datetime import datetime
from typing import Any, ClassVar, Final

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.payloads import Counter
from liveroom.domain.rooms.model import Room
from liveroom.domain.streams.lifecycle import PushedStream, StreamChange


class StreamPayload(EventPayload):
    """A stream of a room after the event."""

    room_id: str
    broadcast_id: str
    owner_id: str
    """Who owns the room."""
    stream_id: str
    user_id: str
    """Whose encoder it is."""
    seat: int
    """The seat to which it belongs; 0: none, it is a host's."""
    server: str
    """Which server takes it: ``css``, ``srs``, ``mediamtx``, ``nginx_rtmp``, ``livekit``, or one of the operator's
    further servers, by its name."""


class StartedStream(StreamPayload):
    """An encoder has begun to push: the stream is live."""

    kind: ClassVar[str] = "stream.started"
    width: int
    """0: the server does not say, as with the next two."""
    height: int
    kilobits: Counter
    """Per second."""


class InterruptedStream(StreamPayload):
    """The encoder has gone. It may come back within the grace period."""

    kind: ClassVar[str] = "stream.interrupted"


class ResumedStream(StreamPayload):
    """The encoder has come back in time."""

    kind: ClassVar[str] = "stream.resumed"


class EndedStream(StreamPayload):
    """The stream is over: the encoder has not come back, was cut off, or the room has closed."""

    kind: ClassVar[str] = "stream.ended"
    stopped: bool
    """True: no encoder is let in until somebody starts it again."""


class RotatedKey(StreamPayload):
    """The stream has another key. Who is pushing with the former one goes on, and does not come back with it."""

    kind: ClassVar[str] = "stream.key_rotated"


_PLAIN: Final = {StreamChange.INTERRUPTED: InterruptedStream, StreamChange.RESUMED: ResumedStream}


def changed(room: Room, stream: PushedStream, change: StreamChange, at: datetime) -> NewEvent:
    """Return the event of a stream whose state has changed."""
    fields = _fields(room, stream)
    if change is StreamChange.STARTED:
        sizes: dict[str, Any] = {"width": stream.width, "height": stream.height, "kilobits": stream.kilobits}
        return _about(room, StartedStream(**fields, **sizes), at)
    if change is StreamChange.ENDED:
        return _about(room, EndedStream(**fields, stopped=stream.stopped), at)
    return _about(room, _PLAIN[change](**fields), at)


def key_rotated(room: Room, stream: PushedStream, at: datetime) -> NewEvent:
    """Return the event of a stream that was given another key."""
    return _about(room, RotatedKey(**_fields(room, stream)), at)


def _about(room: Room, payload: StreamPayload, at: datetime) -> NewEvent:
    return NewEvent(payload.kind, room.category, at, payload)


def _fields(room: Room, stream: PushedStream) -> dict[str, Any]:
    return {
        "room_id": room.id,
        "broadcast_id": stream.broadcast or room.broadcast,
        "owner_id": room.owner,
        "stream_id": stream.id,
        "user_id": stream.user,
        "seat": stream.seat,
        "server": stream.server,
    }
