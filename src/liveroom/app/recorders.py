"""The switch of recorders: who records by the settings."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from liveroom.app.cloud import make_cloud
from liveroom.app.media import reveal
from liveroom.app.stream_servers import css_cloud, css_domains, make_api
from liveroom.app.vendors import make_trtc
from liveroom.domain.ids import RoomId
from liveroom.domain.streams.model import StreamName, StreamServerKind, StreamServerName
from liveroom.http.recordings import PLAYED_AT
from liveroom.ports import Clock, PushStreamRows, Recorder, Stamps, StreamsOf
from liveroom.providers.livekit.twirp import LivekitService
from liveroom.providers.outgoing import Outgoing
from liveroom.providers.recordings.css import CssRecorder
from liveroom.providers.recordings.folder import RecordingFolder
from liveroom.providers.recordings.livekit import LivekitRecorder
from liveroom.providers.recordings.nginx_control import NginxRecorderControl
from liveroom.providers.recordings.server import ServerRecorder
from liveroom.providers.recordings.trtc import TrtcRecorder
from liveroom.providers.recordings.vod import VOD, VodFiles
from liveroom.providers.uploads.s3 import Bucket, S3Client, bucket_at
from liveroom.providers.uploads.sigv4 import S3Keys
from liveroom.settings import Settings

ANY_HTTPS: Final = "https:"


def make_recorder(settings: Settings, clock: Clock, streams: PushStreamRows, stamps: Stamps) -> Recorder | None:
    """Return whoever records; None: nobody does. It is not called yet."""
    match settings.recordings:
        case "trtc":
            return TrtcRecorder(make_trtc(settings, clock), _vod(settings, clock), clock)
        case "css":
            cloud, domains, template = css_cloud(settings, clock), css_domains(settings), settings.recordings_template
            return CssRecorder(
                cloud, domains, _vod(settings, clock), clock, _streams_of(settings, streams), template=template
            )
        case "livekit":
            return _livekit(settings, clock)
        case "server":
            return _server(settings, clock, streams, stamps)
        case _:
            return None


def recording_origins(settings: Settings) -> Sequence[str]:
    """Return from where browsers play recordings, beside here; of Tencent VOD its console alone knows the domain."""
    match settings.recordings:
        case "trtc" | "css":
            return [ANY_HTTPS]
        case "livekit":
            return [_origin(_bucket(settings).url(""))]
        case "server" if settings.recordings_url:
            return [_origin(settings.recordings_url)]
        case _:
            return []


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _bucket(settings: Settings) -> Bucket:
    return bucket_at(settings.recordings_s3_url, settings.recordings_s3_bucket, settings.recordings_s3_style)


def _livekit(settings: Settings, clock: Clock) -> Recorder:
    keys = S3Keys(settings.recordings_s3_key, reveal(settings.recordings_s3_secret), settings.recordings_s3_region)
    server = {
        "url": settings.livekit_url,
        "key": settings.livekit_key,
        "secret": reveal(settings.livekit_secret),
    }
    egress = LivekitService("Egress", Outgoing("LiveKit", timeout=settings.vendor_timeout), clock, **server)
    return LivekitRecorder(egress, _bucket(settings), S3Client(keys, clock))


def _server(settings: Settings, clock: Clock, streams: PushStreamRows, stamps: Stamps) -> Recorder:
    app, folder, control = settings.streams_app, None, None
    if settings.recordings_folder is not None:
        seen_at = f"/{settings.base_path.strip('/')}".rstrip("/") + PLAYED_AT
        folder = RecordingFolder(settings.recordings_folder, app, stamps, clock, seen_at=seen_at)
    if settings.recordings_recorder:
        api = make_api(settings, StreamServerKind.NGINX_RTMP)
        control = NginxRecorderControl(api, app, settings.recordings_recorder)
    seen, key = settings.recordings_url, reveal(settings.recordings_play_key)
    return ServerRecorder(
        _streams_of(settings, streams), app, folder=folder, seen_at=seen, play_key=key, control=control
    )


def _streams_of(settings: Settings, streams: PushStreamRows) -> StreamsOf:
    """Return what says which streams of a room can be recorded: those at the server of all tenants."""
    server = StreamServerName(settings.streams)

    async def of_room(room: RoomId) -> Sequence[StreamName]:
        return [stream.name for stream in await streams.of_room(room) if stream.server == server]

    return of_room


def _vod(settings: Settings, clock: Clock) -> VodFiles:
    vod = make_cloud(settings, settings.tencent_origin or VOD, clock, timeout=settings.vendor_timeout)
    return VodFiles(vod, reveal(settings.recordings_play_key))
