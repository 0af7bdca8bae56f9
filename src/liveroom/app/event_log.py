"""The switch of the event log: a file, a stream of Redis, or none, as the settings name it."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from liveroom.ports import Sink
from liveroom.providers.event_file import EventFile
from liveroom.settings import Settings, SettingsError
from liveroom.settings.declaring import variable

if TYPE_CHECKING:
    from liveroom.store.live.redis.event_stream import RedisEventStream


def make_sink(settings: Settings) -> Sink | None:
    """Return what keeps events; nothing is opened yet. Raises ``SettingsError`` for a Redis that cannot be used."""
    if not settings.event_log:
        return None
    path = log_path(settings)
    return EventFile(path) if path is not None else make_stream(settings)


def log_path(settings: Settings) -> Path | None:
    """Return the file of the log, if it is one."""
    parts = urlsplit(settings.event_log)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def make_stream(settings: Settings) -> "RedisEventStream":
    """Return the stream of the log: on the installation's own Redis, or on another."""
    from liveroom.store.live.redis.event_stream import RedisEventStream

    parts = urlsplit(settings.event_log)
    is_ours = not parts.netloc
    url = (settings.redis_url or "") if is_ours else settings.event_log
    stream = parts.path if is_ours else parse_qs(parts.query)["stream"][-1]
    try:
        return RedisEventStream(url, stream, keep=settings.event_log_keep)
    except (OSError, ValueError) as problem:
        raise SettingsError([f"{variable('event_log')} cannot be used: {problem}"]) from problem
