"""Live covers: which stream of a room gives the picture that lists show, and how often."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.rooms.options import RoomOptions
from liveroom.domain.streams.lifecycle import PushedStream, StreamState
from liveroom.domain.streams.model import PlayAddress, PlayProtocol
from liveroom.domain.streams.shown import ShownStream, ShownStreams

COVERS_EVERY: Final = timedelta(seconds=30)
"""From one frame to the next."""
_READ: Final = (PlayProtocol.FLV, PlayProtocol.RTMP, PlayProtocol.HLS)
"""What a frame is taken from, the quickest first."""


class DueCover(NamedTuple):
    """A stream of which a frame is due, and since when."""

    stream: PushedStream
    due: datetime


def cover_stream(streams: ShownStreams) -> ShownStream | None:
    """Return the live stream that gives the room's picture: a host's before a seat's, the oldest first; None: none."""
    live = [one for one in streams if one.state is StreamState.LIVE]
    return min(live, key=lambda one: (one.seat > 0, one.since, one.id), default=None)


def takes_from_host(options: RoomOptions) -> bool:
    """Say whether lists show frames that the owner's app sends: where no live stream gives the room's picture."""
    return options.takes_covers and cover_stream(options.streams) is None


def frame_address(addresses: Sequence[PlayAddress]) -> str:
    """Return where a frame is taken from; "": from none of these."""
    fitting = [one for one in addresses if one.protocol in _READ]
    return min(fitting, key=lambda one: _READ.index(one.protocol)).url if fitting else ""
