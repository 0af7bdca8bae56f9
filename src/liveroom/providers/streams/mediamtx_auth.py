"""What MediaMTX asks (STREAMS.md 3, ``authMethod: http``), and what its hooks say by curl.

It asks in JSON before each push and each viewer: 200 allows, 401 lets the client say its password, 403 refuses. Hooks
are commands: they post a form with ``event``, ``path`` and ``id``; of a segment that was recorded, ``file`` and
``seconds``. A stream that was let in and one that has begun are two things there, since another client may have the
path.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.streams.model import PushSession, StreamAnswer, StreamCall, StreamFile, StreamReport
from liveroom.domain.streams.model import StreamReportKind as Kind
from liveroom.providers.callbacks import read_object, sentence, text
from liveroom.providers.streams.addresses import PATH_MAX, TOKEN, check_key, first_values, read_play
from liveroom.providers.streams.mediamtx import named

_BODY_MAX: Final = 16 * 1024
_QUERY_MAX: Final = 2048
_SECRET_MAX: Final = 512
_SECONDS: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,9})?")
_EVENTS: Final = {"available": Kind.STARTED, "unavailable": Kind.ENDED}


class MediamtxCallbacks:
    """``ports.StreamCallbacks``."""

    def __init__(self, key: str, *, folder: str, play_secret: str = "") -> None:
        self._key = key
        self._folder = folder
        self._play_secret = play_secret

    def read(self, query: Mapping[str, str], headers: Mapping[str, str], body: bytes, now: datetime) -> StreamCall:
        check_key(self._key, query)
        if len(body) > _BODY_MAX:
            raise BadRequest("must be a question or a hook of MediaMTX")
        if body.lstrip()[:1] == b"{":
            return self._asked(read_object(body), now)
        return self._hook(first_values(body.decode("latin-1")), now)

    def answer(self, call: StreamCall, is_allowed: bool) -> StreamAnswer:
        if call.needs_credentials:
            return StreamAnswer(401, b"{}")
        return StreamAnswer(200 if is_allowed and not call.refused else 403, b"{}")

    def _asked(self, said: Mapping[str, Any], now: datetime) -> StreamCall:
        action, name, shown = text(said.get("action")), named(said.get("path"), self._folder), _shown(said)
        if name is None or action not in ("publish", "read"):
            return StreamCall(refused="no stream is called so")
        if not shown and (action == "publish" or self._play_secret):
            return StreamCall(refused="the client shows no key", needs_credentials=True)
        if action == "read":
            return read_play(self._play_secret, name, shown, now)
        return StreamCall(StreamReport(Kind.ASKED, name, PushSession(text(said.get("id"))), shown, now))

    def _hook(self, said: Mapping[str, str], now: datetime) -> StreamCall:
        if said.get("event") == "recorded":
            return self._recorded(said)
        kind, name, id = _EVENTS.get(said.get("event", "")), named(said.get("path"), self._folder), said.get("id")
        if kind is None or name is None or not text(id):
            return StreamCall()
        return StreamCall(StreamReport(kind, name, PushSession(text(id)), "", now))

    def _recorded(self, said: Mapping[str, str]) -> StreamCall:
        """Return the segment that a hook says is whole."""
        name, path = named(said.get("path"), self._folder), sentence(said.get("file"), PATH_MAX)
        if name is None or not path:
            return StreamCall()
        seconds = said.get("seconds", "")
        return StreamCall(file=StreamFile(name, path, float(seconds) if _SECONDS.fullmatch(seconds) else 0))


def _shown(said: Mapping[str, Any]) -> str:
    """Return the key that a client shows: as a token, as a password, or in the address's query."""
    for word in (TOKEN, "password"):
        if shown := sentence(said.get(word), _SECRET_MAX):
            return shown
    return first_values(sentence(said.get("query"), _QUERY_MAX)).get(TOKEN, "")
