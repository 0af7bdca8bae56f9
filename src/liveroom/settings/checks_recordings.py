"""What has to be true of the settings of recordings together (``checks``)."""

import re
from collections.abc import Iterator
from datetime import timedelta

from liveroom.settings.address_forms import WEB_ADDRESS
from liveroom.settings.declaring import variable
from liveroom.settings.settled import Settings

_NOTICE_MIN, _NOTICE_MAX = timedelta(seconds=3), timedelta(minutes=5)
_NEEDED = {
    "trtc": ("tencent_secret_id", "tencent_secret_key"),
    "css": ("tencent_secret_id", "tencent_secret_key"),
    "livekit": (
        *("livekit_url", "livekit_key", "livekit_secret"),
        *("recordings_s3_url", "recordings_s3_bucket", "recordings_s3_key", "recordings_s3_secret"),
    ),
}


def check_recordings(settings: Settings) -> Iterator[str]:
    """Yield each breach as a sentence."""
    name = variable("recordings")
    needed = [variable(one) for one in _NEEDED.get(settings.recordings, ()) if not getattr(settings, one)]
    if needed:
        yield f"{name} is {settings.recordings}, which needs {' and '.join(needed)} too; set them, or choose off."
    if not _NOTICE_MIN <= settings.recordings_notice <= _NOTICE_MAX:
        yield f"{variable('recordings_notice')} must be from 3s to 5m: people are told before they are recorded."
    if settings.recordings == "css" and settings.streams != "css":
        yield f"{name} is css, which records what is pushed to CSS: set {variable('streams')}=css too, or choose off."
    if settings.recordings == "server":
        yield from _check_server(settings)
    for one in ("recordings_s3_url", "recordings_url"):
        if getattr(settings, one) and not re.fullmatch(WEB_ADDRESS, getattr(settings, one)):
            yield f"{variable(one)} is not a valid web address; write it as https://files.example.com."


def _check_server(settings: Settings) -> Iterator[str]:
    folder, recorder = settings.recordings_folder, settings.recordings_recorder
    if folder is not None and not folder.is_dir():
        yield f"{variable('recordings_folder')} is {folder}, which is no folder; make it, or unset it."
    if recorder and settings.streams != "nginx_rtmp":
        yield f"{variable('recordings_recorder')} is of nginx-rtmp: set {variable('streams')}=nginx_rtmp, or unset it."
    if recorder and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", recorder):
        yield f"{variable('recordings_recorder')} must be a recorder's name in nginx's configuration, such as liveroom."
