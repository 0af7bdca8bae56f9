"""MediaMTX (STREAMS.md 3): its addresses and its API. It asks us (``mediamtx_auth``), or believes tokens of ours."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import (
    LiveStream,
    LiveStreams,
    PlayAddress,
    PlayProtocol,
    PushAddress,
    PushKey,
    PushProtocol,
    PushSession,
    StreamName,
    StreamServerKind,
)
from liveroom.providers.callbacks import part, rows, sentence, text
from liveroom.providers.outgoing import object_in
from liveroom.providers.streams.addresses import TOKEN, stream_name, with_token
from liveroom.providers.streams.mediamtx_tokens import MediamtxTokens
from liveroom.providers.streams.server_api import PAGE, StreamServerApi, every_page

PUSHER: Final = "stream"
"""The user that encoders sign in as; what counts is the password."""
_KICKS: Final = {
    "rtmpConn": "rtmpconns",
    "rtmpsConn": "rtmpsconns",
    "srtConn": "srtconns",
    "webRTCSession": "webrtcsessions",
    "rtspSession": "rtspsessions",
    "rtspsSession": "rtspssessions",
}
_PATH_MAX: Final = 200
_TIME_MAX: Final = 40


class MediamtxAddresses(NamedTuple):
    """Where clients reach it; a protocol without an address is not offered. Streams are paths ``<folder>/<name>``."""

    rtmp: str = ""
    """``rtmp://live.example.com``."""
    srt: str = ""
    """``srt://live.example.com:8890``."""
    webrtc: str = ""
    """WHIP and WHEP: ``https://live.example.com:8889``."""
    hls: str = ""
    """``https://live.example.com:8888``."""
    folder: str = "live"


class MediamtxStreams:
    """``ports.StreamServer``. With ``tokens`` it believes what they say until they end, and a key that was changed is
    good until then; without, it asks us.
    """

    kind: Final = StreamServerKind.MEDIAMTX

    def __init__(
        self,
        api: StreamServerApi,
        addresses: MediamtxAddresses,
        *,
        play_secret: str = "",
        tokens: MediamtxTokens | None = None,
    ) -> None:
        self.api = api
        self._at = addresses
        self._play_secret = play_secret
        self._tokens = tokens

    async def push_addresses(self, name: StreamName, key: PushKey, *, room: RoomId) -> Sequence[PushAddress]:
        path, found, secret = self._path(name), [], key.secret
        if self._tokens is not None:
            secret = self._tokens.sign("publish", path, name, key.expires)
        if self._at.rtmp:
            server, stream = f"{self._at.rtmp}/{self._at.folder}", f"{name}?{TOKEN}={secret}"
            found.append(PushAddress(PushProtocol.RTMP, f"{server}/{stream}", server, stream))
        if self._at.srt:
            srt = f"{self._at.srt}?streamid=publish:{path}:{PUSHER}:{secret}"
            found.append(PushAddress(PushProtocol.SRT, srt, srt, ""))
        if self._at.webrtc:
            whip = f"{self._at.webrtc}/{path}/whip"
            found.append(PushAddress(PushProtocol.WHIP, whip, whip, secret))
        return found

    def play_addresses(self, name: StreamName, viewer: UserId, expires: datetime) -> Sequence[PlayAddress]:
        path, query, found = self._path(name), self._play_query(name, viewer, expires), []
        ends = expires if query else None
        if self._at.webrtc:
            found.append(PlayAddress(PlayProtocol.WHEP, f"{self._at.webrtc}/{path}/whep{query}", ends))
        if self._at.hls:
            found.append(PlayAddress(PlayProtocol.HLS, f"{self._at.hls}/{path}/index.m3u8{query}", ends))
        if self._at.rtmp:
            found.append(PlayAddress(PlayProtocol.RTMP, f"{self._at.rtmp}/{path}{query}", ends))
        return found

    async def drop(self, name: StreamName, session: PushSession) -> None:
        """Kick the source that the path has, if it is of the session; without a session, whatever it is."""
        answer = await self.api.call("GET", f"/v3/paths/get/{quote(self._path(name))}")
        if answer.status == 404:
            return
        said = object_in(answer.content)
        if said is None:
            raise self.api.nonsense()
        source = part(said, "source")
        where, id = _KICKS.get(text(source.get("type"))), text(source.get("id"))
        if where is None or not id or session not in ("", id):
            return
        kicked = await self.api.call("POST", f"/v3/{where}/kick/{quote(id, safe='')}")
        if kicked.status not in (200, 404):
            raise self.api.nonsense()

    async def forbid(self, name: StreamName, until: datetime | None) -> None:
        """Do nothing: MediaMTX asks us before each push. With tokens, it forbids nothing before they end."""

    async def allow(self, name: StreamName) -> None:
        """Do nothing, likewise."""

    async def live(self) -> LiveStreams:
        return await every_page(self._page)

    async def _page(self, page: int) -> tuple[Sequence[LiveStream], bool]:
        said = await self.api.ask("/v3/paths/list", page=page, itemsPerPage=PAGE)
        pages = said.get("pageCount")
        if type(pages) is not int or type(said.get("items")) is not list:
            raise self.api.nonsense()
        streams = (self._stream(one) for one in rows(said, "items"))
        return [one for one in streams if one is not None], page + 1 >= pages

    def _path(self, name: StreamName) -> str:
        return f"{self._at.folder}/{name}"

    def _play_query(self, name: StreamName, viewer: UserId, expires: datetime) -> str:
        if self._tokens is not None:
            return f"?{TOKEN}={self._tokens.sign('read', self._path(name), viewer, expires)}"
        return with_token(self._play_secret, name, viewer, expires)

    def _stream(self, said: Mapping[str, Any]) -> LiveStream | None:
        name, source = named(said.get("name"), self._at.folder), part(said, "source")
        is_there = said.get("available", said.get("ready")) is True
        id = text(source.get("id"))
        if name is None or not is_there or source.get("type") not in _KICKS or not id:
            return None
        return LiveStream(name, PushSession(id), _time(said.get("availableTime", said.get("readyTime"))))


def named(path: object, folder: str) -> StreamName | None:
    """Return the stream that a path is; None for paths of others."""
    before, _, name = sentence(path, _PATH_MAX).rpartition("/")
    return stream_name(name) if before == folder else None


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(sentence(value, _TIME_MAX))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
