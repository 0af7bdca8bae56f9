"""Streams as their host and operators see them, and the addresses that have a key."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.payloads import Counter, time_or_empty, wire_time
from liveroom.domain.streams.lifecycle import PushedStream, StreamState
from liveroom.domain.streams.model import PushAddress, PushProtocol

_State = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(StreamState)})]
_Protocol = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(PushProtocol)})]


class OwnStream(Shape, kw_only=True):
    """A stream of a room."""

    stream_id: str
    room_id: str
    user_id: str
    """Whose encoder it is."""
    seat: int
    """The seat to which it belongs: it is forgotten when its user leaves the seat. 0: none, it is a host's."""
    server: str
    """Which server takes it: ``css``, ``srs``, ``mediamtx``, ``nginx_rtmp``, ``livekit``, or one of the operator's
    further servers, by its name."""
    state: _State
    """``waiting``: nobody has pushed yet. ``interrupted``: the encoder has gone and may come back. ``ended``: it was
    live; it may be pushed again unless ``stopped``."""
    stopped: bool
    """No encoder is let in until ``streams/start``."""
    start_utc: str
    """Since when it is live; "": it is not."""
    width: int
    """Of the picture; 0: not known, as with the next two."""
    height: int
    kilobits: Counter
    """Per second."""
    key_expire_utc: str
    """Until when its key is good."""
    create_utc: str


class OwnStreams(Shape):
    """Streams that the caller may change."""

    offered: bool
    """The service takes streams from encoders."""
    servers: list[str]
    """What ``server`` of ``streams/create`` may be; without it, it is the first."""
    streams: list[OwnStream]


class StreamPushAddress(Shape):
    """Where an encoder sends."""

    protocol: _Protocol
    url: str
    """All in one, for encoders that take that."""
    server: str
    """What OBS calls the server."""
    key: str
    """What OBS calls the stream key; "" where the address has it."""
    backup: bool
    """The same stream by the server's second key."""


class StreamWithKey(OwnStream, kw_only=True):
    """A stream with the addresses that have its key: they are shown once, keep them secret."""

    addresses: list[StreamPushAddress]


def own_stream(stream: PushedStream) -> OwnStream:
    """Return a stream without its key."""
    return OwnStream(**_fields(stream))


def stream_with_key(stream: PushedStream, addresses: Iterable[PushAddress]) -> StreamWithKey:
    """Return a stream with addresses that have its key."""
    return StreamWithKey(**_fields(stream), addresses=[_address(one) for one in addresses])


def _fields(stream: PushedStream) -> dict[str, Any]:
    return {
        "stream_id": stream.id,
        "room_id": stream.room,
        "user_id": stream.user,
        "seat": stream.seat,
        "server": stream.server,
        "state": stream.state.value,
        "stopped": stream.stopped,
        "start_utc": time_or_empty(stream.since),
        "width": stream.width,
        "height": stream.height,
        "kilobits": stream.kilobits,
        "key_expire_utc": wire_time(stream.key_expires),
        "create_utc": wire_time(stream.created),
    }


def _address(address: PushAddress) -> StreamPushAddress:
    return StreamPushAddress(
        protocol=address.protocol.value,
        url=address.url,
        server=address.server,
        key=address.key,
        backup=address.is_backup,
    )
