"""Callbacks: whether vendors can tell us who is there. Whether they do is entered in their consoles."""

from collections.abc import Iterator
from typing import Final

from liveroom.domain.findings import Finding, ok, warn
from liveroom.settings import Settings

_PAGE: Final = "docs/callbacks.md says what to enter in the vendor's console"


def look_at_callbacks(settings: Settings) -> Iterator[Finding]:
    """Name the callbacks that are open, and those whose vendor is used and has no key."""
    token, key = settings.im_callback_token, settings.trtc_callback_key
    has_livekit = bool(settings.livekit_key and settings.livekit_secret)
    used = {
        "im": (token is not None, settings.im == "tencent", "LIVEROOM_IM_CALLBACK_TOKEN"),
        "trtc": (key is not None, settings.rtc == "trtc", "LIVEROOM_TRTC_CALLBACK_KEY"),
        "livekit": (has_livekit, False, ""),
    }
    open_paths = [f"{settings.base_path}/callbacks/{name}" for name, (is_open, _, _) in used.items() if is_open]
    if open_paths:
        yield ok("callbacks", f"{', '.join(open_paths)} accept calls; {_PAGE}")
    else:
        yield ok("callbacks", "none: presence relies on calls and sockets alone")
    for name, (is_open, is_used, setting) in used.items():
        if is_used and not is_open:
            yield warn(
                f"{name} callbacks",
                "the provider is in use but cannot report who is present",
                f"set {setting}; {_PAGE}",
            )
