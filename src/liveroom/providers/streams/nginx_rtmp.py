"""nginx with the RTMP module (STREAMS.md 4): its addresses, /control and /stat. It asks us before each push.

HLS and FLV have their viewer's token in the path, before the stream: nginx asks us whether it is good
(``auth_request``).
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.streams.model import (
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
from liveroom.ports import Clock
from liveroom.providers.streams.addresses import TOKEN, play_token
from liveroom.providers.streams.nginx_rtmp_stat import StatReader, UnreadableStat
from liveroom.providers.streams.server_api import StreamServerApi

_CHUNK: Final = 64 * 1024
"""What is read in about 4 ms, after which others have their turn."""
_PUBLIC: Final = "-"


class NginxRtmpAddresses(NamedTuple):
    """Where clients reach it; a protocol without an address is not offered."""

    rtmp: str
    """``rtmp://live.example.com``, with its port where that is not 1935."""
    hls: str = ""
    """``https://live.example.com/hls``."""
    app: str = "live"
    flv: str = ""
    """``https://live.example.com/flv``, where node-media-server has what nginx relays to it."""


class NginxRtmpStreams:
    """``ports.StreamServer``, of one worker. A kicked viewer has no segment that begins some seconds later."""

    kind: Final = StreamServerKind.NGINX_RTMP

    def __init__(
        self, api: StreamServerApi, clock: Clock, addresses: NginxRtmpAddresses, *, play_secret: str = ""
    ) -> None:
        self.api = api
        self._clock = clock
        self._at = addresses
        self._play_secret = play_secret

    async def push_addresses(self, name: StreamName, key: PushKey, *, room: RoomId) -> Sequence[PushAddress]:
        server, stream = f"{self._at.rtmp}/{self._at.app}", f"{name}?{TOKEN}={key.secret}"
        return [PushAddress(PushProtocol.RTMP, f"{server}/{stream}", server, stream)]

    def play_addresses(self, name: StreamName, viewer: UserId, expires: datetime) -> Sequence[PlayAddress]:
        """Return FLV and HLS, for which nginx asks us; nobody asks us again while somebody plays RTMP."""
        token = play_token(self._play_secret, name, viewer, expires) if self._play_secret else _PUBLIC
        ends, found = expires if self._play_secret else None, []
        if self._at.flv:
            found.append(PlayAddress(PlayProtocol.FLV, f"{self._at.flv}/{token}/{name}.flv", ends))
        if self._at.hls:
            found.append(PlayAddress(PlayProtocol.HLS, f"{self._at.hls}/{token}/{name}/index.m3u8", ends))
        return found

    async def drop(self, name: StreamName, session: PushSession) -> None:
        """Cut the session's connection; without one, whoever publishes the name. One that is gone is none less."""
        said = {"app": self._at.app, "name": name} | ({"clientid": session} if session else {})
        answer = await self.api.call("GET", "/control/drop/publisher", **said)
        if answer.status != 200 or not answer.content.strip().isdigit():
            raise self.api.nonsense()

    async def forbid(self, name: StreamName, until: datetime | None) -> None:
        """Do nothing: nginx asks us before each push."""

    async def allow(self, name: StreamName) -> None:
        """Do nothing, likewise."""

    async def live(self) -> LiveStreams:
        """Return what its worker has. After a reload, that is not what the former worker still has."""
        answer = await self.api.call("GET", "/stat")
        reader = StatReader(self._at.app, self._clock.now())
        try:
            for start in range(0, len(answer.content), _CHUNK):
                reader.feed(answer.content[start : start + _CHUNK])
                await asyncio.sleep(0)
            return LiveStreams(reader.end(), is_whole=True)
        except UnreadableStat as failure:
            raise self.api.nonsense() from failure
