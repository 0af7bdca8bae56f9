"""What has to be true of the settings of streams together (``checks``)."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from liveroom.settings.address_forms import HOST_PORT, WEB_ADDRESS
from liveroom.settings.declaring import variable
from liveroom.settings.settled import Settings
from liveroom.settings.stream_servers import read_server_file, word_of
from liveroom.settings.values import format_duration

_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "css": (
        *("css_push_domain", "css_play_domain", "css_push_key", "streams_callback_key"),
        *("tencent_secret_id", "tencent_secret_key"),
    ),
    "srs": ("streams_api_url", "streams_callback_key"),
    "mediamtx": ("streams_api_url", "streams_callback_key"),
    "nginx_rtmp": ("streams_rtmp_url", "streams_http_url", "streams_api_url", "streams_callback_key"),
    "livekit": ("livekit_url", "livekit_key", "livekit_secret"),
}
_PUSHED: Final = ("streams_rtmp_url", "streams_srt_url", "streams_webrtc_url")
_BOUNDS: Final[Mapping[str, tuple[timedelta, timedelta]]] = {
    "streams_grace": (timedelta(seconds=5), timedelta(minutes=5)),
    "streams_key_lifetime": (timedelta(minutes=1), timedelta(days=365)),
    "streams_play_lifetime": (timedelta(minutes=1), timedelta(days=1)),
}
_SHORTEST: Final = 16
"""Characters of a key that somebody would have to guess."""


def check_streams(settings: Settings) -> Iterator[str]:
    """Yield each breach as a sentence."""
    for name, (least, most) in _BOUNDS.items():
        if not least <= getattr(settings, name) <= most:
            bounds = f"{format_duration(least)} to {format_duration(most)}"
            yield f"{variable(name)} is {format_duration(getattr(settings, name))}; choose {bounds}."
    if settings.streams != "off":
        yield from _server(settings, variable("streams"), variable)
    servers, problems = read_server_file(settings)
    yield from problems
    for server in servers:
        begins = f"{settings.streams_servers}: [{server.name}]: "
        yield from (begins + problem for problem in _server(server.settings, "kind", word_of))


def _server(settings: Settings, kind: str, called: Callable[[str], str]) -> Iterator[str]:
    """Yield what is wrong with one server; ``called`` says what the operator calls a setting."""
    missing = [called(name) for name in _NEEDS[settings.streams] if not getattr(settings, name)]
    if missing:
        yield f"{kind} is {settings.streams}, which needs {' and '.join(missing)} too; set them, or choose another."
    if settings.streams in ("srs", "mediamtx") and not any(getattr(settings, name) for name in _PUSHED):
        names = ", ".join(map(called, _PUSHED))
        yield f"{kind} is {settings.streams}, and no encoder can reach it: set one of {names}."
    yield from _addresses(settings, called)
    for name in ("streams_callback_key", "streams_play_key"):
        key = getattr(settings, name)
        if key is not None and len(key.reveal()) < _SHORTEST:
            yield f"{called(name)} has fewer than {_SHORTEST} characters and could be guessed; choose a longer one."


def _addresses(settings: Settings, called: Callable[[str], str]) -> Iterator[str]:
    for name, scheme in (("streams_rtmp_url", "rtmp"), ("streams_srt_url", "srt")):
        if getattr(settings, name) and not re.fullmatch(rf"{scheme}s?://{HOST_PORT}", getattr(settings, name)):
            yield f"{called(name)} is not a valid address; write it as {scheme}://live.example.com."
    for name in ("streams_webrtc_url", "streams_http_url", "streams_flv_url", "streams_api_url"):
        if getattr(settings, name) and not re.fullmatch(WEB_ADDRESS, getattr(settings, name)):
            yield f"{called(name)} is not a valid web address; write it as https://live.example.com."
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", settings.streams_app):
        yield f"{called('streams_app')} is not a valid application: up to 64 letters, digits, - and _."
    for name in ("css_push_domain", "css_play_domain"):
        if getattr(settings, name) and not re.fullmatch(HOST_PORT, getattr(settings, name)):
            yield f"{called(name)} is not a valid domain; write it as push.example.com."
