"""/stat of nginx-rtmp: the streams that have a publisher, read from XML as it comes, without entities or a DOCTYPE."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from xml.parsers import expat

from liveroom.domain.streams.model import LiveStream, PushSession
from liveroom.providers.streams.addresses import stream_name
from liveroom.providers.streams.server_api import bounded

_STREAM: Final = ("rtmp", "server", "application", "live", "stream")
_CLIENT: Final = (*_STREAM, "client")
_APPLICATION_NAME: Final = ("rtmp", "server", "application", "name")
_SAID: Final = {
    (*_STREAM, "name"): "name",
    (*_STREAM, "time"): "time",
    (*_STREAM, "bw_in"): "bw_in",
    (*_STREAM, "meta", "video", "width"): "width",
    (*_STREAM, "meta", "video", "height"): "height",
    (*_CLIENT, "id"): "client",
}
_READ: Final = frozenset({"name", "time", "bw_in", "width", "height", "id"})
"""Elements whose text is looked at: for all others, the parser need not call us."""
_DEPTH_MAX: Final = 16
_TEXT_MAX: Final = 256
_DIGITS_MAX: Final = 15


class UnreadableStat(Exception):
    """What came is not what /stat says."""


class StatReader:
    """Reads one answer, piece by piece. Raises ``UnreadableStat``."""

    def __init__(self, app: str, now: datetime) -> None:
        self._app = app
        self._now = now
        self._path: list[str] = []
        self._text = ""
        self._application = ""
        self._stream: dict[str, str] = {}
        self._publisher = ""
        self._found: list[LiveStream] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, content: bytes) -> None:
        """Read on."""
        self._parse(content, is_last=False)

    def end(self) -> Sequence[LiveStream]:
        """Return the streams, after the last piece."""
        self._parse(b"", is_last=True)
        return self._found

    def _parse(self, content: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(content, is_last)
        except expat.ExpatError as problem:
            raise UnreadableStat(str(problem)) from None

    def _start(self, name: str, _: object) -> None:
        self._path.append(name)
        self._text = ""
        self._parser.CharacterDataHandler = self._characters if name in _READ else None
        if len(self._path) > _DEPTH_MAX or self._path[0] != "rtmp":
            raise UnreadableStat("it is not of nginx-rtmp")
        if tuple(self._path) == _STREAM:
            self._stream, self._publisher = {}, ""

    def _end(self, _: str) -> None:
        path, self._text, said = tuple(self._path), "", self._text.strip()
        self._parser.CharacterDataHandler = None
        if (what := _SAID.get(path)) is not None:
            self._stream[what] = said
        elif path == _APPLICATION_NAME:
            self._application = said
        elif path == (*_CLIENT, "publishing"):
            self._publisher = self._stream.get("client", "")
        elif path == _STREAM and self._application == self._app:
            self._add()
        self._path.pop()

    def _characters(self, text: str) -> None:
        if len(self._text) < _TEXT_MAX:
            self._text += text

    def _doctype(self, *_: object) -> None:
        raise UnreadableStat("it has a DOCTYPE")

    def _add(self) -> None:
        """Keep a stream that somebody publishes."""
        said, name = self._stream, stream_name(self._stream.get("name"))
        if name is None or not self._publisher:
            return
        age = min(_number(said.get("time", "")), 10**12)
        self._found.append(
            LiveStream(
                name,
                PushSession(self._publisher),
                self._now - timedelta(milliseconds=age),
                bounded(_number(said.get("width", ""))),
                bounded(_number(said.get("height", ""))),
                bounded(_number(said.get("bw_in", "")) // 1000),
            )
        )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX else 0
