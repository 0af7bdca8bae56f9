"""The switch of recorders: who records by the settings."""

from liveroom.app.cloud import make_cloud
from liveroom.app.media import reveal
from liveroom.app.vendors import make_trtc
from liveroom.ports import Clock, Recorder
from liveroom.providers.livekit.twirp import LivekitService
from liveroom.providers.outgoing import Outgoing
from liveroom.providers.recordings.livekit import LivekitRecorder
from liveroom.providers.recordings.server import ServerRecorder
from liveroom.providers.recordings.trtc import VOD, TrtcRecorder
from liveroom.providers.uploads.s3 import S3Client, bucket_at
from liveroom.providers.uploads.sigv4 import S3Keys
from liveroom.settings import Settings


def make_recorder(settings: Settings, clock: Clock) -> Recorder | None:
    """Return whoever records; None: nobody does. It is not called yet."""
    match settings.recordings:
        case "trtc":
            vod = make_cloud(settings, settings.tencent_origin or VOD, clock, timeout=settings.vendor_timeout)
            return TrtcRecorder(make_trtc(settings, clock), vod, clock, play_key=reveal(settings.recordings_play_key))
        case "livekit":
            return _livekit(settings, clock)
        case "server":
            return ServerRecorder(settings.recordings_url)
        case _:
            return None


def _livekit(settings: Settings, clock: Clock) -> Recorder:
    keys = S3Keys(settings.recordings_s3_key, reveal(settings.recordings_s3_secret), settings.recordings_s3_region)
    bucket = bucket_at(settings.recordings_s3_url, settings.recordings_s3_bucket, settings.recordings_s3_style)
    server = {
        "url": settings.livekit_url,
        "key": settings.livekit_key,
        "secret": reveal(settings.livekit_secret),
    }
    egress = LivekitService("Egress", Outgoing("LiveKit", timeout=settings.vendor_timeout), clock, **server)
    return LivekitRecorder(egress, bucket, S3Client(keys, clock))
