"""Commands on streams."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from liveroom.store.live.engine.keyspace import Keyspace
from liveroom.store.live.engine.stream import FIRST, LAST, Id, KeyStream
from liveroom.store.live.engine.words import SYNTAX, WRONG_TYPE, ReplyError, integer, text

Entries = list[tuple[bytes, tuple[bytes, ...]]]
"""Ids, each with its fields and values by turns."""

_MOST: Final = LAST[0]
_NOT_AN_ID: Final = "ERR Invalid stream ID specified as stream command argument"
_NO_INTERVAL: Final = "ERR invalid {} ID for the interval"
_TOO_SMALL: Final = "ERR The ID specified in XADD is equal or smaller than the target stream top item"
_ZERO: Final = "ERR The ID specified in XADD must be greater than 0-0"
_ARITY: Final = "ERR wrong number of arguments for 'xadd' command"


class Streams:
    """Streams. A trimming that may be inexact is exact."""

    __slots__ = ("_data", "_keys")

    def __init__(self, keys: Keyspace) -> None:
        self._keys = keys
        self._data = keys.data

    def xadd(self, key: bytes, *words: Any) -> bytes:
        """XADD, with MAXLEN or MINID: return the entry's id."""
        if len(words) > 2 and words[0] == b"*" and len(words) % 2:
            stream = self._stream(key)
            id = stream.next_id(self._keys.micros // 1000)
            stream.append(id, tuple([word if type(word) is bytes else text(word) for word in words[1:]]))
            return _written(id)
        rest = list(map(text, words))
        trimming, threshold = b"", b""
        if rest and rest[0].upper() in (b"MAXLEN", b"MINID"):
            trimming = rest.pop(0).upper()
            if rest and rest[0] in (b"~", b"="):
                rest.pop(0)
            threshold = rest.pop(0)
        if len(rest) < 3 or len(rest) % 2 == 0:
            raise ReplyError(_ARITY)
        given = None if rest[0] == b"*" else _read_id(rest[0], 0)
        if given == FIRST:
            raise ReplyError(_ZERO)
        stream = self._stream(key)
        id = self._next(stream, given)
        stream.append(id, tuple(rest[1:]))
        if trimming == b"MAXLEN":
            stream.trim_to(integer(threshold))
        elif trimming:
            stream.trim_before(_read_id(threshold, 0))
        return _written(id)

    def _stream(self, key: bytes) -> KeyStream:
        stream = self._data.get(key)
        if stream is None:
            stream = self._data[key] = KeyStream()
        elif type(stream) is not KeyStream:
            raise ReplyError(WRONG_TYPE)
        return stream

    def _next(self, stream: KeyStream, given: Id | None) -> Id:
        if given is None:
            return stream.next_id(self._keys.micros // 1000)
        if given <= stream.newest:
            raise ReplyError(_TOO_SMALL)
        return given

    def xdel(self, key: bytes, first: Any, *more: Any) -> int:
        """XDEL: return how many entries were there."""
        ids = [_read_id(text(id), 0) for id in (first, *more)]
        stream = self._read(key)
        return 0 if stream is None else stream.remove(ids)

    def xlen(self, key: bytes) -> int:
        """XLEN."""
        stream = self._read(key)
        return 0 if stream is None else len(stream.entries)

    def xrange(self, key: bytes, first: Any, last: Any, *options: Any) -> Entries:
        """XRANGE, with COUNT."""
        return self._between(key, first, last, options, backwards=False)

    def xrevrange(self, key: bytes, last: Any, first: Any, *options: Any) -> Entries:
        """XREVRANGE, with COUNT."""
        return self._between(key, first, last, options, backwards=True)

    def _between(self, key: bytes, first: Any, last: Any, options: tuple[Any, ...], *, backwards: bool) -> Entries:
        begin, end, most = _bound(text(first), 1), _bound(text(last), -1), _read_count(options)
        stream = self._read(key)
        if stream is None or begin > end:
            return []
        if begin == FIRST and end == LAST and most is None and not backwards:
            return [(_written(id), fields) for id, fields in stream.entries.items()]
        found: Iterator[Id] = stream.between(begin, end, backwards=backwards)
        return [(_written(id), stream.entries[id]) for id in islice(found, most)]

    def _read(self, key: bytes) -> KeyStream | None:
        stream = self._data.get(key)
        if stream is None or type(stream) is KeyStream:
            return stream
        raise ReplyError(WRONG_TYPE)


def _read_id(written: bytes, number: int) -> Id:
    """Return an id; ``number`` stands for the second part where only the first is given."""
    milliseconds, dash, rest = written.partition(b"-")
    if not milliseconds.isdigit() or (dash and not rest.isdigit()):
        raise ReplyError(_NOT_AN_ID)
    id = int(milliseconds), int(rest) if dash else number
    if max(id) > _MOST:
        raise ReplyError(_NOT_AN_ID)
    return id


def _bound(written: bytes, inwards: int) -> Id:
    """Return the first or last id of a range; ``inwards``: 1 for the first, -1 for the last."""
    if written in (b"-", b"+"):
        return FIRST if written == b"-" else LAST
    is_open = written[:1] == b"("
    milliseconds, number = _read_id(written[1:] if is_open else written, 0 if inwards > 0 else _MOST)
    if not is_open:
        return milliseconds, number
    number += inwards
    if not 0 <= number <= _MOST:
        milliseconds, number = milliseconds + inwards, 0 if inwards > 0 else _MOST
    if not 0 <= milliseconds <= _MOST:
        raise ReplyError(_NO_INTERVAL.format("start" if inwards > 0 else "end"))
    return milliseconds, number


def _read_count(options: tuple[Any, ...]) -> int | None:
    if not options:
        return None
    if len(options) != 2 or text(options[0]).upper() != b"COUNT":
        raise ReplyError(SYNTAX)
    return max(integer(options[1]), 0)


def _written(id: Id) -> bytes:
    return b"%d-%d" % id
