"""Streams as their room has them: part of its row, of its live state, and of what it tells its members."""

from collections.abc import Iterable
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.ids import UserId
from liveroom.domain.moments import moment
from liveroom.domain.streams.lifecycle import PushedStream, StreamState
from liveroom.domain.streams.model import StreamName, StreamServerName


class ShownStream(NamedTuple):
    """A stream that is live or interrupted."""

    id: str
    user: UserId
    server: StreamServerName
    name: StreamName
    """Not secret: every play address has it. Whoever pushes needs the key beside it."""
    state: StreamState
    since: int
    """Milliseconds since 1970."""
    width: int = 0
    """0: not known, as is the height."""
    height: int = 0
    seat: int = 0
    """The seat whose user pushes it; 0: a host's."""


ShownStreams = tuple[ShownStream, ...]
_decode: Final = msgspec.json.Decoder(ShownStreams).decode


def with_stream(streams: ShownStreams, stream: PushedStream) -> ShownStreams:
    """Return a room's streams after one of them has changed."""
    others = [one for one in streams if one.id != stream.id]
    if not stream.is_open:
        return tuple(others)
    since = moment(stream.since or stream.created)
    own = ShownStream(
        stream.id,
        stream.user,
        stream.server,
        stream.name,
        stream.state,
        since,
        stream.width,
        stream.height,
        stream.seat,
    )
    return tuple(sorted([*others, own], key=lambda one: (one.since, one.id)))


def write_streams(streams: Iterable[ShownStream]) -> str:
    """Return the streams of a room as its row and the live store keep them; "": none."""
    kept = tuple(streams)
    return msgspec.json.encode(kept).decode() if kept else ""


def read_streams(stored: str | None) -> ShownStreams:
    """Return the streams that ``write_streams`` wrote."""
    return _decode(stored) if stored else ()
