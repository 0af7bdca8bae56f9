"""What a stream is: where an encoder pushes it, where it is played, and what its server says of it (STREAMS.md)."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, NewType

from liveroom.domain.ids import UserId

StreamName = NewType("StreamName", str)
"""What the server calls a stream: letters and digits alone, unguessable, the same for push and play."""
StreamServerName = NewType("StreamServerName", str)
"""Which of the servers of streams that are set up: the one of all tenants is called like its kind."""
PushSession = NewType("PushSession", str)
"""One connection of an encoder, as the server tells it from others: CSS's ``sequence``, SRS's service and client,
MediaMTX's source, nginx's start and client, LiveKit's participant. An end closes only the session that it names.
"" in a list: the server's list does not say which session it is."""
INGRESS_IDENTITY: Final = "stream-"
"""What the participant begins with that LiveKit's ingress puts into a room; the stream's name follows. No user's id."""


class StreamServerKind(StrEnum):
    """Which server takes and plays streams."""

    CSS = "css"
    SRS = "srs"
    MEDIAMTX = "mediamtx"
    NGINX_RTMP = "nginx_rtmp"
    LIVEKIT = "livekit"


class PushProtocol(StrEnum):
    """How an encoder sends."""

    RTMP = "rtmp"
    SRT = "srt"
    WHIP = "whip"
    WEBRTC = "webrtc"
    """Tencent's own, of its SDKs."""


class PlayProtocol(StrEnum):
    """How a stream is watched."""

    RTMP = "rtmp"
    FLV = "flv"
    HLS = "hls"
    WHEP = "whep"
    WEBRTC = "webrtc"


class PushAddress(NamedTuple):
    """Where an encoder sends: OBS asks for ``server`` and ``key``; other encoders take ``url``, which has both."""

    protocol: PushProtocol
    url: str
    server: str
    key: str
    is_backup: bool = False


class PlayAddress(NamedTuple):
    """Where a stream is watched; until when the address is good, None where it does not end."""

    protocol: PlayProtocol
    url: str
    expires: datetime | None = None


class PushKey(NamedTuple):
    """What lets an encoder in: the secret, shown once, and until when it is good."""

    secret: str
    expires: datetime


class LiveStream(NamedTuple):
    """A stream that a server has now. Zeros and None: the server does not say."""

    name: StreamName
    session: PushSession
    since: datetime | None = None
    width: int = 0
    height: int = 0
    kilobits: int = 0
    """Per second."""


class LiveStreams(NamedTuple):
    """All streams that a server has. ``is_whole``: False where a page failed; then nothing may be concluded from it."""

    streams: Sequence[LiveStream]
    is_whole: bool


class StreamReportKind(StrEnum):
    """What a server says of an encoder."""

    ASKED = "asked"
    """It asks whether this encoder may push; the answer decides. With most servers that is also the start."""
    STARTED = "started"
    ENDED = "ended"


class StreamReport(NamedTuple):
    """What one call of a server says of one push."""

    kind: StreamReportKind
    name: StreamName
    session: PushSession
    secret: str
    """What the encoder showed as its key; "" at an end, and where the server has checked it and does not say it. CSS
    checks that the key was signed, and says it with ``STARTED``: there it shows whether the key was rotated since."""
    at: datetime
    is_replaced: bool = False
    """At an end: a newer push of the same name took its place, so that the stream goes on."""
    width: int = 0
    height: int = 0
    kilobits: int = 0
    reason: str = ""
    """Why it ended, in the server's words."""


class PlayRequest(NamedTuple):
    """A server asks whether a viewer may watch: the address was made for them and is still good."""

    name: StreamName
    viewer: UserId


class StreamFile(NamedTuple):
    """A file of a stream that a server says it has written."""

    stream: StreamName
    path: str
    """As the server has it; at Tencent VOD, its id."""
    seconds: float = 0
    """0: it does not say how long the file lasts."""
    url: str = ""
    """Where it is, and all that follows: with CSS alone."""
    format: str = ""
    bytes: int = 0
    begins: int = 0
    """Milliseconds since 1970."""


class StreamCall(NamedTuple):
    """What one call of a server says or asks. Where it is nothing that counts, all are empty, and it is accepted."""

    report: StreamReport | None = None
    play: PlayRequest | None = None
    file: StreamFile | None = None
    refused: str = ""
    """Why it is refused whatever anybody thinks, such as an address whose time is over."""
    needs_credentials: bool = False
    """It is refused for now: the encoder is to say its key."""


class StreamAnswer(NamedTuple):
    """What a server is answered: HTTP status and body."""

    status: int
    body: bytes
    content_type: str = "application/json"
