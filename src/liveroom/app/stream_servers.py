"""The switch of stream servers: which one the settings set up, and how it calls us."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from liveroom.app.cloud import make_cloud
from liveroom.app.media import reveal
from liveroom.domain.streams.model import StreamServerKind
from liveroom.ports import Clock, StreamCallbacks, StreamServer
from liveroom.providers.livekit.twirp import LivekitService
from liveroom.providers.outgoing import Outgoing
from liveroom.providers.streams import css
from liveroom.providers.streams.css_callbacks import CssCallbacks
from liveroom.providers.streams.livekit_events import LivekitIngressEvents
from liveroom.providers.streams.livekit_ingress import LivekitIngress
from liveroom.providers.streams.mediamtx import MediamtxAddresses, MediamtxStreams
from liveroom.providers.streams.mediamtx_auth import MediamtxCallbacks
from liveroom.providers.streams.mediamtx_tokens import MediamtxTokens
from liveroom.providers.streams.nginx_rtmp import NginxRtmpAddresses, NginxRtmpStreams
from liveroom.providers.streams.nginx_rtmp_hooks import NginxRtmpHooks
from liveroom.providers.streams.server_api import LONGEST, StreamServerApi
from liveroom.providers.streams.srs import SrsAddresses, SrsStreams
from liveroom.providers.streams.srs_hooks import SrsHooks
from liveroom.providers.tencent.cloud import TencentCloud
from liveroom.settings import Settings, SettingsError
from liveroom.settings.declaring import variable

_Made = tuple[StreamServer, tuple[Callable[[], Awaitable[None]], ...]]
"""A server, and what lets its connections go."""
_ISSUER: Final = "liveroom"
_NAMES: Final = {
    StreamServerKind.SRS: "SRS",
    StreamServerKind.MEDIAMTX: "MediaMTX",
    StreamServerKind.NGINX_RTMP: "nginx-rtmp",
}


@dataclass(frozen=True, slots=True)
class StreamServerSetup:
    """The server that is set up, if one is, and how its connections are let go."""

    by_kind: Mapping[StreamServerKind, StreamServer]
    closers: tuple[Callable[[], Awaitable[None]], ...] = ()

    async def close(self) -> None:
        """Let all connections go."""
        for close in self.closers:
            await close()


def make_stream_servers(settings: Settings, clock: Clock) -> StreamServerSetup:
    """Return the server that is set up. It is not called before there is something to do."""
    if settings.streams == "off":
        return StreamServerSetup({})
    server, closers = _server(settings, clock, StreamServerKind(settings.streams))
    return StreamServerSetup({server.kind: server}, closers)


def make_stream_callbacks(settings: Settings) -> tuple[StreamServerKind, StreamCallbacks] | None:
    """Return how that server calls us; None: there is none."""
    if settings.streams == "off":
        return None
    kind = StreamServerKind(settings.streams)
    key, app, play = reveal(settings.streams_callback_key), settings.streams_app, reveal(settings.streams_play_key)
    match kind:
        case StreamServerKind.CSS:
            return kind, CssCallbacks(key)
        case StreamServerKind.SRS:
            return kind, SrsHooks(key, app=app, play_secret=play)
        case StreamServerKind.MEDIAMTX:
            return kind, MediamtxCallbacks(key, folder=app, play_secret=play)
        case StreamServerKind.NGINX_RTMP:
            return kind, NginxRtmpHooks(key, app=app, play_secret=play)
        case StreamServerKind.LIVEKIT:
            return kind, LivekitIngressEvents(settings.livekit_key, reveal(settings.livekit_secret))


def make_stream_tokens(settings: Settings) -> MediamtxTokens | None:
    """Return what signs tokens that MediaMTX believes; None: it asks us. Raises ``SettingsError``."""
    if settings.streams_token_key is None or settings.streams != StreamServerKind.MEDIAMTX:
        return None
    try:
        return MediamtxTokens(settings.streams_token_key.read_text(), issuer=_ISSUER)
    except (OSError, ValueError) as wrong:
        raise SettingsError([f"{variable('streams_token_key')} is no key that can be used: {wrong}"]) from None


def make_api(settings: Settings, kind: StreamServerKind) -> StreamServerApi:
    """Return the way to the API of a server of the operator's own."""
    user, password = settings.streams_api_user, reveal(settings.streams_api_password)
    return StreamServerApi(_NAMES[kind], settings.streams_api_url, user=user, password=password)


def _server(settings: Settings, clock: Clock, kind: StreamServerKind) -> _Made:
    match kind:
        case StreamServerKind.CSS:
            return _css(settings, clock)
        case StreamServerKind.LIVEKIT:
            return _livekit(settings, clock)
        case _:
            api = make_api(settings, kind)
            return _own(settings, clock, kind, api), (api.close,)


def _own(settings: Settings, clock: Clock, kind: StreamServerKind, api: StreamServerApi) -> StreamServer:
    """Return a server of the operator's own."""
    rtmp, srt, app = settings.streams_rtmp_url, settings.streams_srt_url, settings.streams_app
    rtc, http, play = settings.streams_webrtc_url, settings.streams_http_url, reveal(settings.streams_play_key)
    match kind:
        case StreamServerKind.SRS:
            return SrsStreams(api, SrsAddresses(rtmp, srt, http, rtc, app), play_secret=play)
        case StreamServerKind.MEDIAMTX:
            addresses, tokens = MediamtxAddresses(rtmp, srt, rtc, http, app), make_stream_tokens(settings)
            return MediamtxStreams(api, addresses, play_secret=play, tokens=tokens)
        case _:
            return NginxRtmpStreams(
                api, clock, NginxRtmpAddresses(rtmp, http, app, settings.streams_flv_url), play_secret=play
            )


def css_domains(settings: Settings) -> css.CssDomains:
    """Return the domains of CSS."""
    return css.CssDomains(
        settings.css_push_domain,
        settings.css_play_domain,
        settings.streams_app,
        css.CssKeys(reveal(settings.css_push_key), reveal(settings.css_push_backup_key)),
        css.CssKeys(reveal(settings.css_play_key)),
        css.CssDigest(settings.css_digest),
    )


def css_cloud(settings: Settings, clock: Clock) -> TencentCloud:
    """Return the way to the API of CSS."""
    return make_cloud(settings, settings.tencent_origin or css.CHINA, clock, timeout=settings.vendor_timeout)


def _css(settings: Settings, clock: Clock) -> _Made:
    return css.CssStreams(css_cloud(settings, clock), clock, css_domains(settings)), ()


def _livekit(settings: Settings, clock: Clock) -> _Made:
    def service(name: str) -> LivekitService:
        return LivekitService(
            name,
            Outgoing("LiveKit", timeout=settings.vendor_timeout, longest=LONGEST),
            clock,
            url=settings.livekit_url,
            key=settings.livekit_key,
            secret=reveal(settings.livekit_secret),
        )

    ingress, rooms = service("Ingress"), service("RoomService")
    return LivekitIngress(ingress, rooms, clock), (ingress.hang_up, rooms.hang_up)


def stream_origins(settings: Settings) -> Sequence[str]:
    """Return from where browsers load streams: of the operator's own servers, and of Tencent's play domain."""
    if settings.streams == "off":
        return []
    if settings.streams == "css":
        return [f"https://{settings.css_play_domain}"] if settings.css_play_domain else []
    urls = [urlsplit(url) for url in (settings.streams_http_url, settings.streams_webrtc_url) if url]
    return list(dict.fromkeys(f"{url.scheme}://{url.netloc}" for url in urls))
