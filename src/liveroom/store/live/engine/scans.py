"""Scans of hashes and sets: what is there throughout one is named at least once."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from itertools import count
from typing import Any, Final

from liveroom.store.live.engine.words import SYNTAX, ReplyError, integer, text

_AT_ONCE: Final = 128
"""So many are named in one answer whatever was asked for, as Redis does."""
_OPEN: Final = 64
"""Scans that go on; of more, the oldest begin anew when they are asked for again."""
_NOT_A_CURSOR: Final = "ERR invalid cursor"
_USUAL: Final = 10


class Scans:
    """The names that open scans have yet to give, by cursor."""

    __slots__ = ("_numbers", "_open")

    def __init__(self) -> None:
        self._open: OrderedDict[int, tuple[bytes, Sequence[bytes]]] = OrderedDict()
        self._numbers = count(1)

    def some(
        self, key: bytes, there: Collection[bytes], cursor: Any, options: Sequence[Any]
    ) -> tuple[bytes, Sequence[bytes]]:
        """Return the next cursor (0: that was all) and names that are there."""
        number, size = _read_cursor(cursor), _read_count(options)
        known, rest = self._open.pop(number, (b"", ()))
        if number == 0 or known != key:
            rest = list(there)
            size = max(size, _AT_ONCE) if len(rest) <= _AT_ONCE else size
        names, rest = [name for name in rest[:size] if name in there], rest[size:]
        if not rest:
            return b"0", names
        following = next(self._numbers)
        self._open[following] = key, rest
        if len(self._open) > _OPEN:
            self._open.popitem(last=False)
        return b"%d" % following, names


def _read_cursor(cursor: Any) -> int:
    try:
        return integer(cursor)
    except ReplyError:
        raise ReplyError(_NOT_A_CURSOR) from None


def _read_count(options: Sequence[Any]) -> int:
    if not options:
        return _USUAL
    if len(options) != 2 or text(options[0]).upper() != b"COUNT" or (number := integer(options[1])) < 1:
        raise ReplyError(SYNTAX)
    return number
