"""What SRS asks and says (STREAMS.md 2, ``http_hooks``): may this client publish, or play; who publishes no more.

SRS takes 200 with ``{"code":0}`` for yes and anything else for no, and repeats nothing. Some versions say the end of a
push twice, or in the wrong order: an end names its session, and ends no other.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.streams.model import PushSession, StreamAnswer, StreamCall, StreamFile, StreamName, StreamReport
from liveroom.domain.streams.model import StreamReportKind as Kind
from liveroom.providers.callbacks import read_object, sentence, text
from liveroom.providers.streams.addresses import PATH_MAX, TOKEN, check_key, first_values, read_play, stream_name

_PARAM_MAX: Final = 2048
_STREAM_CALLS: Final = frozenset({"on_publish", "on_unpublish", "on_play", "on_dvr"})


class SrsHooks:
    """``ports.StreamCallbacks``."""

    def __init__(self, key: str, *, app: str, play_secret: str = "") -> None:
        self._key = key
        self._app = app
        self._play_secret = play_secret

    def read(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime) -> StreamCall:
        check_key(self._key, query)
        said = read_object(body)
        action, name, token = text(said.get("action")), stream_name(said.get("stream")), _token(said)
        if not action:
            raise BadRequest("must be a call of SRS")
        if action not in _STREAM_CALLS:
            return StreamCall()
        if said.get("app") != self._app or name is None:
            return StreamCall(refused="no stream is called so")
        if action == "on_dvr":
            path = sentence(said.get("file"), PATH_MAX)
            return StreamCall(file=StreamFile(name, path) if path else None)
        if action == "on_play":
            return read_play(self._play_secret, name, token, now)
        return _pushed(Kind.ASKED if action == "on_publish" else Kind.ENDED, name, said, token, now)

    def answer(self, call: StreamCall, is_allowed: bool) -> StreamAnswer:
        if is_allowed and not call.refused:
            return StreamAnswer(200, b'{"code":0}')
        return StreamAnswer(403, b'{"code":403}')


def _pushed(kind: Kind, name: StreamName, said: Mapping[str, Any], token: str, now: datetime) -> StreamCall:
    service, client = text(said.get("service_id")), text(said.get("client_id"))
    if not client:
        return StreamCall(refused="the client is not named")
    shown = token if kind is Kind.ASKED else ""
    return StreamCall(StreamReport(kind, name, PushSession(f"{service}:{client}"), shown, now))


def _token(said: Mapping[str, Any]) -> str:
    """Return what the client showed: in RTMP ``?token=x``, in SRT without the question mark."""
    return first_values(sentence(said.get("param"), _PARAM_MAX).lstrip("?")).get(TOKEN, "")
