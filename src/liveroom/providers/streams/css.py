"""Tencent CSS (STREAMS.md 1): its addresses, which carry their own signature and end, and its API.

CSS checks that an address was signed for the stream and is not over, and tells us afterwards. It knows no key of ours;
that stands in the address beside the signature, and comes back with the report of the start.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

from liveroom.domain.errors import ProviderUnavailable
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
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import Clock
from liveroom.providers.callbacks import rows, whole
from liveroom.providers.streams.addresses import TOKEN, stream_name
from liveroom.providers.streams.server_api import PAGES_MAX
from liveroom.providers.tencent.cloud import CloudRefused, TencentCloud

CHINA: Final = "https://live.tencentcloudapi.com"
VERSION: Final = "2018-08-01"
FORBIDDEN_MAX: Final = timedelta(days=90)
_PAGE: Final = 100
_UTC: Final = "%Y-%m-%dT%H:%M:%SZ"
_NO_SUCH: Final = frozenset(
    {"FailedOperation.StreamNotExist", "ResourceNotFound.StreamNotExist", "ResourceNotFound.ChannelNotExist"}
)
_ACCESS: Final = ("AuthFailure", "UnauthorizedOperation", "FailedOperation.HasNotLivingService")
_KEYS: Final = (
    "check LIVEROOM_TENCENT_SECRET_ID and LIVEROOM_TENCENT_SECRET_KEY, that they may use live, and that the domain is "
    "of the same Tencent account"
)


class CssDigest(StrEnum):
    """How a domain's addresses are signed."""

    MD5 = "md5"
    SHA256 = "sha256"


class CssKeys(NamedTuple):
    """A domain's keys; CSS accepts both. Without a key, it checks nothing."""

    main: str = ""
    backup: str = ""


class CssDomains(NamedTuple):
    """Where streams are pushed and played."""

    push: str
    play: str
    app: str = "live"
    push_keys: CssKeys = CssKeys()
    play_keys: CssKeys = CssKeys()
    digest: CssDigest = CssDigest.MD5


def tx_time(expires: datetime) -> str:
    """Return the end of an address as it stands there."""
    return f"{int(expires.timestamp()):X}"


def tx_secret(key: str, name: str, until: str, digest: CssDigest = CssDigest.MD5) -> str:
    """Return the signature of an address; the case of ``until`` counts."""
    return hashlib.new(digest, f"{key}{name}{until}".encode(), usedforsecurity=False).hexdigest()


class CssStreams:
    """``ports.StreamServer``. A kicked viewer's address is good until its end: CSS asks nobody."""

    kind: Final = StreamServerKind.CSS

    def __init__(self, cloud: TencentCloud, clock: Clock, domains: CssDomains) -> None:
        self._cloud = cloud
        self._clock = clock
        self._domains = domains

    async def push_addresses(self, name: StreamName, key: PushKey, *, room: RoomId) -> Sequence[PushAddress]:
        """Return RTMP, SRT and WebRTC; with a backup key, the same once more, for the day when the main key changes."""
        signers = [signer for signer in self._domains.push_keys if signer] or [""]
        return [one for number, signer in enumerate(signers) for one in self._pushed(name, key, signer, number > 0)]

    def play_addresses(self, name: StreamName, viewer: UserId, expires: datetime) -> Sequence[PlayAddress]:
        at, signer = f"{self._domains.play}/{self._domains.app}/{name}", self._domains.play_keys.main
        query = f"?{self._signed(signer, name, expires)}" if signer else ""
        ends = expires if signer else None
        return [
            PlayAddress(PlayProtocol.WEBRTC, f"webrtc://{at}{query}", ends),
            PlayAddress(PlayProtocol.FLV, f"https://{at}.flv{query}", ends),
            PlayAddress(PlayProtocol.HLS, f"https://{at}.m3u8{query}", ends),
            PlayAddress(PlayProtocol.RTMP, f"rtmp://{at}{query}", ends),
        ]

    async def drop(self, name: StreamName, session: PushSession) -> None:
        """Cut whoever pushes the name: CSS has one push of a name, and its API knows no session."""
        await self._about("DropLiveStream", name)

    async def forbid(self, name: StreamName, until: datetime | None) -> None:
        """Forbid, for 90 days at most: CSS allows no more."""
        latest = self._clock.now() + FORBIDDEN_MAX
        resume = min(until or latest, latest).astimezone(UTC).strftime(_UTC)
        await self._about("ForbidLiveStream", name, ResumeTime=resume, Reason="liveroom")

    async def allow(self, name: StreamName) -> None:
        await self._about("ResumeLiveStream", name)

    async def live(self) -> LiveStreams:
        """Return all streams of the push domain. CSS says not which session they are: "" for all."""
        found: list[LiveStream] = []
        for page in range(1, PAGES_MAX + 1):
            try:
                answer = await self._call("DescribeLiveStreamOnlineList", PageNum=page, PageSize=_PAGE)
            except VendorFailure:
                if page == 1:
                    raise
                return LiveStreams(found, is_whole=False)
            found += [stream for row in rows(answer, "OnlineInfo") if (stream := _stream(row)) is not None]
            pages = whole(answer.get("TotalPage"))
            if pages is None or type(answer.get("OnlineInfo")) is not list:
                return LiveStreams(found, is_whole=False)
            if page >= pages:
                return LiveStreams(found, is_whole=True)
        return LiveStreams(found, is_whole=False)

    def _pushed(self, name: StreamName, key: PushKey, signer: str, is_backup: bool) -> Sequence[PushAddress]:
        domain, app = self._domains.push, self._domains.app
        signed = f"{self._signed(signer, name, key.expires)}&" if signer else ""
        query = f"{signed}{TOKEN}={key.secret}"
        srt = f"srt://{domain}:9000?streamid=#!::h={domain},r={app}/{name},{query.replace('&', ',')}"
        server, web = f"rtmp://{domain}/{app}", f"webrtc://{domain}/{app}/{name}?{query}"
        stream = f"{name}?{query}"
        return [
            PushAddress(PushProtocol.RTMP, f"{server}/{stream}", server, stream, is_backup),
            PushAddress(PushProtocol.SRT, srt, srt, "", is_backup),
            PushAddress(PushProtocol.WEBRTC, web, web, "", is_backup),
        ]

    def _signed(self, signer: str, name: StreamName, expires: datetime) -> str:
        until = tx_time(expires)
        return f"txSecret={tx_secret(signer, name, until, self._domains.digest)}&txTime={until}"

    async def _about(self, action: str, name: StreamName, **said: object) -> None:
        try:
            await self._call(action, StreamName=name, **said)
        except VendorFailure as failure:
            if failure.code not in _NO_SUCH:
                raise

    async def _call(self, action: str, **said: object) -> Mapping[str, Any]:
        about = {"DomainName": self._domains.push, "AppName": self._domains.app, **said}
        try:
            return await self._cloud.call(action, VERSION, about)
        except CloudRefused as refused:
            raise css_failure(action, refused.code) from refused
        except ProviderUnavailable as failure:
            raise VendorFailure(Trouble.BUSY, str(failure), in_doubt=True) from failure


def css_failure(action: str, code: str) -> VendorFailure:
    """Return what a refusal of CSS means."""
    text = f"CSS refuses ({action}: {code})"
    if code.startswith(_ACCESS):
        return VendorFailure(Trouble.ACCESS, f"{text}: {_KEYS}", code=code)
    if code.startswith(("InvalidParameter", "MissingParameter", "UnknownParameter")):
        return VendorFailure(
            Trouble.SUBJECT, f"{text}: are the domain and the application those of the console?", code=code
        )
    return VendorFailure(Trouble.UNKNOWN, text, code=code)


def _stream(row: Mapping[str, Any]) -> LiveStream | None:
    name = stream_name(row.get("StreamName"))
    times = [str(one.get("PublishTime")) for one in rows(row, "PublishTimeList")]
    return LiveStream(name, PushSession(""), _time(min(times)) if times else None) if name is not None else None


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _UTC).replace(tzinfo=UTC)
    except ValueError:
        return None
