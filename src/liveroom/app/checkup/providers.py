"""Providers: whether their credentials can do what they are for, as far as that can be seen without calling them."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.providers.tencent.usersig import decode, is_signed, user_sig
from liveroom.settings import Settings


def look_at_trtc(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Sign a user and read the signature back."""
    if settings.trtc_secret is None or not settings.trtc_sdk_app_id:
        yield ok("TRTC", "not configured: logins return no user signature")
        return
    secret = settings.trtc_secret.reveal()
    sig = user_sig(settings.trtc_sdk_app_id, secret, "40000001", now=now, ttl=timedelta(minutes=1))
    fields = decode(sig)
    if not is_signed(secret, fields) or fields["TLS.sdkappid"] != settings.trtc_sdk_app_id:
        yield fail("TRTC", "a user signature could not be verified", "check LIVEROOM_TRTC_SDK_APP_ID and _TRTC_SECRET")
    elif len(secret) != 64:
        yield warn(
            "TRTC",
            f"the SecretKey has {len(secret)} characters; Tencent's have 64",
            "compare LIVEROOM_TRTC_SECRET with the SecretKey of the SDKAppID in Tencent's console",
        )
    else:
        yield ok("TRTC", f"user signatures work for SDKAppID {settings.trtc_sdk_app_id}")
