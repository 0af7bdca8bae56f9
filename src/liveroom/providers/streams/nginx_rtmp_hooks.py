"""What nginx-rtmp asks and says (STREAMS.md 4): forms, whose first value of a name counts, since clients add others.

A second push of a name that is live is asked for like any other, and ended at once under its own number. So an end is
of the session (``clientid``) that it names. The numbers begin anew when nginx does: a session is known by its stream's
name and its number together.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.streams.model import PushSession, StreamAnswer, StreamCall, StreamFile, StreamName, StreamReport
from liveroom.domain.streams.model import StreamReportKind as Kind
from liveroom.providers.callbacks import sentence, text
from liveroom.providers.streams.addresses import PATH_MAX, TOKEN, check_key, first_values, read_play, stream_name

_BODY_MAX: Final = 16 * 1024
_PUSHES: Final = {"publish": Kind.ASKED, "publish_done": Kind.ENDED}
_OTHERS: Final = frozenset({"connect", "disconnect", "play_done", "done", "update_publish", "update_play"})
_HLS: Final = "hls"


class NginxRtmpHooks:
    """``ports.StreamCallbacks``: of ``on_publish``, ``on_publish_done``, ``on_play`` and ``on_record_done``, and of
    ``auth_request``.

    The latter asks in the query, as ``call=hls``, for each playlist and segment.
    """

    def __init__(self, key: str, *, app: str, play_secret: str = "") -> None:
        self._key = key
        self._app = app
        self._play_secret = play_secret

    def read(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime) -> StreamCall:
        check_key(self._key, query)
        said = _form(body) if body else query
        call, name, shown = said.get("call", ""), stream_name(said.get("name")), said.get(TOKEN, "")
        if call == ("play" if body else _HLS):
            return StreamCall() if body and _is_relay(said) else read_play(self._play_secret, name, shown, now)
        if body and call in _PUSHES:
            return self._pushed(_PUSHES[call], name, said, now)
        if body and call == "record_done":
            return self._recorded(name, said)
        if call in _OTHERS:
            return StreamCall()
        raise BadRequest("must be a call of nginx-rtmp")

    def answer(self, call: StreamCall, is_allowed: bool) -> StreamAnswer:
        return StreamAnswer(200 if is_allowed and not call.refused else 403, b"", "text/plain")

    def _pushed(self, kind: Kind, name: StreamName | None, said: Mapping[str, str], now: datetime) -> StreamCall:
        client = text(said.get("clientid"))
        if said.get("app") != self._app or name is None or not client:
            return StreamCall(refused="no stream is called so")
        shown = said.get(TOKEN, "") if kind is Kind.ASKED else ""
        return StreamCall(StreamReport(kind, name, PushSession(client), shown, now))

    def _recorded(self, name: StreamName | None, said: Mapping[str, str]) -> StreamCall:
        """Return the file that a recorder has ended. Of a second push of a name that is live, it has nothing in it."""
        path = sentence(said.get("path"), PATH_MAX)
        if said.get("app") != self._app or name is None or not path:
            return StreamCall()
        return StreamCall(file=StreamFile(name, path))


def _form(body: bytes) -> Mapping[str, str]:
    if len(body) > _BODY_MAX:
        raise BadRequest("must be a form of nginx-rtmp")
    return first_values(body.decode("latin-1"))


def _is_relay(said: Mapping[str, str]) -> bool:
    """Say whether nginx itself plays a stream, to push it on: then ``addr`` is where to, with a path."""
    return "/" in said.get("addr", "")
