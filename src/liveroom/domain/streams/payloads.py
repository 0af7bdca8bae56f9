"""Streams as clients read them in a room's state and in its events."""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from liveroom.domain.moments import at
from liveroom.domain.payloads import Payload, wire_time
from liveroom.domain.streams.lifecycle import StreamState
from liveroom.domain.streams.model import PlayAddress, PlayProtocol
from liveroom.domain.streams.shown import ShownStream, ShownStreams

_State = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [StreamState.LIVE, StreamState.INTERRUPTED]})]

_Protocol = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(PlayProtocol)})]


class StreamInRoom(Payload):
    """A stream that a room shows."""

    stream_id: str
    user_id: str
    """Whose it is."""
    seat: int
    """The seat to which it belongs: it ends when its user leaves the seat. 0: none, it is a host's."""
    state: _State
    """``interrupted``: the encoder has gone and may come back; go on showing the last picture."""
    start_utc: str
    """Since when it is live."""
    width: int
    """Of the picture, as is ``height``; 0: not known."""
    height: int


class StreamAddress(Payload):
    """Where a stream is watched."""

    protocol: _Protocol
    url: str
    expire_utc: str | msgspec.UnsetType = msgspec.UNSET
    """Until when the address is good; left out if it does not end. ``streams/current`` returns fresh ones."""


class WatchedStream(StreamInRoom):
    """A stream that a room shows, with its addresses."""

    addresses: list[StreamAddress]
    """The best first: those with little delay before HLS. Empty: the stream is in the room's media."""


class StreamNews(Payload):
    """Which streams a room has now."""

    streams: list[StreamInRoom]
    """Those that are live or interrupted, the oldest first. ``streams/current`` has their addresses."""


def stream_in_room(stream: ShownStream) -> StreamInRoom:
    """Return a stream as clients read it."""
    return StreamInRoom(**_fields(stream))


def watched_stream(stream: ShownStream, addresses: Iterable[PlayAddress]) -> WatchedStream:
    """Return a stream as its viewers read it."""
    return WatchedStream(**_fields(stream), addresses=[_address(one) for one in addresses])


def streams_in_room(streams: ShownStreams) -> list[StreamInRoom]:
    """Return a room's streams as clients read them."""
    return [stream_in_room(one) for one in streams]


def stream_news(streams: ShownStreams) -> StreamNews:
    """Return what a room is told when they have changed."""
    return StreamNews(streams=streams_in_room(streams))


def _fields(stream: ShownStream) -> dict[str, Any]:
    return {
        "stream_id": stream.id,
        "user_id": stream.user,
        "seat": stream.seat,
        "state": stream.state.value,
        "start_utc": wire_time(at(stream.since)),
        "width": stream.width,
        "height": stream.height,
    }


def _address(address: PlayAddress) -> StreamAddress:
    expires = msgspec.UNSET if address.expires is None else wire_time(address.expires)
    return StreamAddress(protocol=address.protocol.value, url=address.url, expire_utc=expires)
