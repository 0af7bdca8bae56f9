"""What CSS calls us with (STREAMS.md 1): a push has started or ended, a file was recorded.

A push was let in by its signature, not by us.
The signature is over key and time alone, not the body: a report is a hint, and the list of live streams the truth.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.recordings.model import URL_MAX
from liveroom.domain.streams.model import (
    PushSession,
    StreamAnswer,
    StreamCall,
    StreamFile,
    StreamName,
    StreamReport,
    StreamReportKind,
)
from liveroom.providers.callbacks import moment, read_object, same, sentence, text, whole
from liveroom.providers.streams.addresses import TOKEN, first_values, stream_name
from liveroom.providers.streams.server_api import bounded

RETRIES: Final = timedelta(minutes=16)
"""CSS says what was not taken twelve times more, each a minute after the 20 s that it waits."""
_GOOD_FOR: Final = timedelta(minutes=10)
_SECONDS_MAX: Final = 10**11
_KINDS: Final = {1: StreamReportKind.STARTED, 0: StreamReportKind.ENDED}
_FILE: Final = 100
_FORMAT_MAX: Final = 8
_BROKEN_OFF: Final = 21
_REPLACED: Final = frozenset({102, 103})
_QUERY_MAX: Final = 2048
_REASON_MAX: Final = 200


def css_sign(key: str, until: str) -> str:
    """Return the signature of a callback."""
    return hashlib.md5(f"{key}{until}".encode(), usedforsecurity=False).hexdigest()


class CssCallbacks:
    """``ports.StreamCallbacks``."""

    def __init__(self, key: str) -> None:
        self._key = key

    def read(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime) -> StreamCall:
        said = read_object(body)
        self._check(said, now)
        event, name = _number(said.get("event_type"), -1), stream_name(said.get("stream_id"))
        if event == _FILE:
            return StreamCall(file=None if name is None else _file(name, said))
        kind = _KINDS.get(event)
        session = text(said.get("sequence"))
        if kind is None or name is None or not session:
            return StreamCall()
        is_end = kind is StreamReportKind.ENDED
        report = StreamReport(
            kind,
            name,
            PushSession(session),
            "" if is_end else _secret(said),
            moment(said.get("event_time"), now),
            is_replaced=is_end and _is_replaced(said),
            width=bounded(whole(said.get("width"))),
            height=bounded(whole(said.get("height"))),
            reason=_reason(said) if is_end else "",
        )
        return StreamCall(report)

    def answer(self, call: StreamCall, is_allowed: bool) -> StreamAnswer:
        """Say thanks: a push that may not be is dropped by the API, and no answer ends it."""
        return StreamAnswer(200, b'{"code":0}')

    def _check(self, said: Mapping[str, Any], now: datetime) -> None:
        """Return if CSS said it lately; with its repetitions, until the last of them."""
        until = text(said.get("t"))
        if not self._key or not same(text(said.get("sign")).lower(), css_sign(self._key, until)):
            raise PermissionDenied("sign does not fit key and t")
        seconds = _number(until, 0)
        if not 0 < seconds < _SECONDS_MAX or seconds + (RETRIES - _GOOD_FOR).total_seconds() < now.timestamp():
            raise PermissionDenied("t is over")


def _number(value: object, otherwise: int) -> int:
    found = whole(value)
    return otherwise if found is None else found


def _secret(said: Mapping[str, Any]) -> str:
    """Return what the encoder showed beside CSS's own signature."""
    return text(first_values(sentence(said.get("stream_param"), _QUERY_MAX).lstrip("?")).get(TOKEN))


def _file(name: StreamName, said: Mapping[str, Any]) -> StreamFile | None:
    """Return a file that was recorded, and is at VOD now."""
    id, url = text(said.get("file_id")), sentence(said.get("video_url"), URL_MAX)
    begins, seconds = _number(said.get("start_time"), 0) * 1000, max(0, _number(said.get("duration"), 0))
    if not (id and url and 0 < begins < _SECONDS_MAX * 1000):
        return None
    format = sentence(said.get("file_format"), _FORMAT_MAX)
    return StreamFile(name, id, seconds, url, format, max(0, _number(said.get("file_size"), 0)), begins)


def _is_replaced(said: Mapping[str, Any]) -> bool:
    return whole(said.get("errcode")) == _BROKEN_OFF and whole(said.get("sub_errcode")) in _REPLACED


def _reason(said: Mapping[str, Any]) -> str:
    code, words = text(said.get("errcode")), sentence(said.get("errmsg"), _REASON_MAX)
    return f"{code}: {words}" if words else code
