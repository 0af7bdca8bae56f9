"""The settings' account of Tencent Cloud: one pair of keys for text messages, captcha and TRTC's control."""

from datetime import timedelta

from liveroom.app.media import reveal
from liveroom.ports import Clock
from liveroom.providers.tencent.cloud import TIMEOUT, TencentCloud
from liveroom.settings import Settings


def make_cloud(settings: Settings, url: str, clock: Clock, *, timeout: timedelta = TIMEOUT) -> TencentCloud:
    """Return one service of the account."""
    keys = settings.tencent_secret_id, reveal(settings.tencent_secret_key)
    return TencentCloud(url, *keys, clock, timeout=timeout)
