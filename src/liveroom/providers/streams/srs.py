"""SRS (STREAMS.md 2): its addresses and its API. Whoever pushes or plays, it asks us (``srs_hooks``)."""

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
from liveroom.providers.callbacks import part, rows, text
from liveroom.providers.outgoing import object_in
from liveroom.providers.streams.addresses import TOKEN, stream_name, with_token
from liveroom.providers.streams.server_api import PAGE, StreamServerApi, bounded, every_page

_OK: Final = 0
_NO_CLIENT: Final = 2049


class SrsAddresses(NamedTuple):
    """Where clients reach it; a protocol without an address is not offered."""

    rtmp: str = ""
    """``rtmp://live.example.com``."""
    srt: str = ""
    """``srt://live.example.com:10080``."""
    http: str = ""
    """FLV and HLS: ``https://live.example.com:8080``."""
    rtc: str = ""
    """WHIP and WHEP: ``https://live.example.com:1985``."""
    app: str = "live"


class SrsStreams:
    """``ports.StreamServer``. A kicked viewer's connection goes on; a new one is refused."""

    kind: Final = StreamServerKind.SRS

    def __init__(self, api: StreamServerApi, addresses: SrsAddresses, *, play_secret: str = "") -> None:
        self.api = api
        self._at = addresses
        self._play_secret = play_secret

    async def push_addresses(self, name: StreamName, key: PushKey, *, room: RoomId) -> Sequence[PushAddress]:
        app, found, shown = self._at.app, [], f"{TOKEN}={key.secret}"
        if self._at.rtmp:
            server, stream = f"{self._at.rtmp}/{app}", f"{name}?{shown}"
            found.append(PushAddress(PushProtocol.RTMP, f"{server}/{stream}", server, stream))
        if self._at.srt:
            srt = f"{self._at.srt}?streamid=#!::r={app}/{name}?{shown},m=publish"
            found.append(PushAddress(PushProtocol.SRT, srt, srt, ""))
        if self._at.rtc:
            whip = f"{self._at.rtc}/rtc/v1/whip/?app={app}&stream={name}&{shown}"
            found.append(PushAddress(PushProtocol.WHIP, whip, whip, ""))
        return found

    def play_addresses(self, name: StreamName, viewer: UserId, expires: datetime) -> Sequence[PlayAddress]:
        app, found = self._at.app, []
        query = with_token(self._play_secret, name, viewer, expires)
        ends = expires if query else None
        if self._at.rtc:
            whep = f"{self._at.rtc}/rtc/v1/whep/?app={app}&stream={name}{query.replace('?', '&')}"
            found.append(PlayAddress(PlayProtocol.WHEP, whep, ends))
        if self._at.http:
            found.append(PlayAddress(PlayProtocol.FLV, f"{self._at.http}/{app}/{name}.flv{query}", ends))
            found.append(PlayAddress(PlayProtocol.HLS, f"{self._at.http}/{app}/{name}.m3u8{query}", ends))
        if self._at.rtmp:
            found.append(PlayAddress(PlayProtocol.RTMP, f"{self._at.rtmp}/{app}/{name}{query}", ends))
        return found

    async def drop(self, name: StreamName, session: PushSession) -> None:
        """Cut the client of the session; without one, whoever publishes the name."""
        client = session.partition(":")[2]
        if not client:
            found = (await self.live()).streams
            client = next((one.session.partition(":")[2] for one in found if one.name == name), "")
        if client:
            answer = await self.api.call("DELETE", f"/api/v1/clients/{quote(client, safe='')}")
            self._judge(answer.content)

    async def forbid(self, name: StreamName, until: datetime | None) -> None:
        """Do nothing: SRS asks us before each push."""

    async def allow(self, name: StreamName) -> None:
        """Do nothing, likewise."""

    async def live(self) -> LiveStreams:
        return await every_page(self._page)

    async def _page(self, page: int) -> tuple[Sequence[LiveStream], bool]:
        said = await self.api.ask("/api/v1/streams", start=page * PAGE, count=PAGE)
        if said.get("code") != _OK or type(said.get("streams")) is not list:
            raise self.api.nonsense()
        listed = rows(said, "streams")
        return self._streams(text(said.get("service")), listed), len(listed) < PAGE

    def _streams(self, service: str, listed: Sequence[Mapping[str, Any]]) -> Sequence[LiveStream]:
        streams = (_stream(service, one) for one in listed if one.get("app") == self._at.app)
        return [stream for stream in streams if stream is not None]

    def _judge(self, content: bytes) -> None:
        code = read_code(content)
        if code not in (_OK, _NO_CLIENT):
            raise self.api.nonsense()


def read_code(content: bytes) -> int | None:
    """Return the code that an answer of SRS has; None for what is none."""
    found = object_in(content)
    code = None if found is None else found.get("code")
    return code if type(code) is int else None


def _stream(service: str, said: Mapping[str, Any]) -> LiveStream | None:
    """Return a stream of the list; None for one that is listed and that nobody publishes any more."""
    name, publish, video = stream_name(said.get("name")), part(said, "publish"), part(said, "video")
    client = text(publish.get("cid"))
    if name is None or publish.get("active") is not True or not client:
        return None
    return LiveStream(
        name,
        PushSession(f"{service}:{client}"),
        width=bounded(video.get("width")),
        height=bounded(video.get("height")),
        kilobits=bounded(part(said, "kbps").get("recv_30s")),
    )
