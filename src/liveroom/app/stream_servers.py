"""The switch of stream servers: which ones the settings set up, for whom, and how they call us."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from liveroom.app.cloud import make_cloud
from liveroom.app.media import reveal
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.streams.model import StreamServerKind, StreamServerName
from liveroom.domain.tenants.model import DEFAULT_WORD
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
from liveroom.settings.stream_servers import read_server_file
from liveroom.usecases.streams.servers import StreamServers

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
    """The servers that are set up, and how their connections are let go."""

    servers: StreamServers
    closers: tuple[Callable[[], Awaitable[None]], ...] = ()

    async def close(self) -> None:
        """Let all connections go."""
        for close in self.closers:
            await close()


def make_stream_servers(settings: Settings, clock: Clock) -> StreamServerSetup:
    """Return the servers that are set up. None is called before there is something to do."""
    by_name, closers = dict[StreamServerName, StreamServer](), list[Callable[[], Awaitable[None]]]()
    shared, own = list[StreamServerName](), dict[TenantName, list[StreamServerName]]()
    for one in set_up(settings):
        by_name[one.name], ends = _server(one.settings, clock, StreamServerKind(one.settings.streams))
        closers += ends
        for tenant in one.tenants:
            own.setdefault(tenant, []).append(one.name)
        if not one.tenants:
            shared.append(one.name)
    return StreamServerSetup(StreamServers(by_name, shared, own), tuple(closers))


class SetUpServer(NamedTuple):
    """A server that is set up, with the settings of an installation that has it alone."""

    name: StreamServerName
    settings: Settings
    tenants: Sequence[TenantName]
    """Whose own it is; none: of all who have none of their own."""


def set_up(settings: Settings) -> Sequence[SetUpServer]:
    """Return the servers that are set up, that of all tenants first, then those of the file."""
    first = [] if settings.streams == "off" else [SetUpServer(StreamServerName(settings.streams), settings, ())]
    return first + [
        SetUpServer(StreamServerName(one.name), one.settings, [_tenant(name) for name in one.tenants])
        for one in read_server_file(settings).servers
    ]


def _tenant(name: str) -> TenantName:
    return DEFAULT_TENANT if name == DEFAULT_WORD else TenantName(name)


def make_stream_callbacks(settings: Settings) -> Mapping[StreamServerName, StreamCallbacks]:
    """Return how each server calls us."""
    return {one.name: _callbacks(one.settings) for one in set_up(settings)}


def _callbacks(settings: Settings) -> StreamCallbacks:
    key, app, play = reveal(settings.streams_callback_key), settings.streams_app, reveal(settings.streams_play_key)
    match StreamServerKind(settings.streams):
        case StreamServerKind.CSS:
            return CssCallbacks(key)
        case StreamServerKind.SRS:
            return SrsHooks(key, app=app, play_secret=play)
        case StreamServerKind.MEDIAMTX:
            return MediamtxCallbacks(key, folder=app, play_secret=play)
        case StreamServerKind.NGINX_RTMP:
            return NginxRtmpHooks(key, app=app, play_secret=play)
        case StreamServerKind.LIVEKIT:
            return LivekitIngressEvents(settings.livekit_key, reveal(settings.livekit_secret))


def make_stream_tokens(settings: Settings) -> Mapping[StreamServerName, MediamtxTokens]:
    """Return what signs tokens that a MediaMTX believes, of each that asks us nothing. Raises ``SettingsError``."""
    made = {one.name: _tokens(one.settings) for one in set_up(settings)}
    return {name: tokens for name, tokens in made.items() if tokens is not None}


def _tokens(settings: Settings) -> MediamtxTokens | None:
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
            addresses, tokens = MediamtxAddresses(rtmp, srt, rtc, http, app), _tokens(settings)
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
    """Return from where browsers load streams: of the operator's own servers, and of Tencent's play domains."""
    return list(dict.fromkeys(origin for one in set_up(settings) for origin in _origins(one.settings)))


def _origins(settings: Settings) -> Sequence[str]:
    if settings.streams == "css":
        return [f"https://{settings.css_play_domain}"] if settings.css_play_domain else []
    urls = [urlsplit(url) for url in (settings.streams_http_url, settings.streams_webrtc_url) if url]
    return [f"{url.scheme}://{url.netloc}" for url in urls]
