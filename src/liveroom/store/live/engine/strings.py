"""Commands on strings."""

from typing import Any, Final

from liveroom.store.live.engine.keyspace import Keyspace
from liveroom.store.live.engine.words import NOT_AN_INTEGER, SYNTAX, WRONG_TYPE, ReplyError, integer, text

_BITS: Final = 2**32
_NOT_AN_OFFSET: Final = "ERR bit offset is not an integer or out of range"
_NOT_A_BIT: Final = "ERR bit is not an integer or out of range"
_NOT_A_TIME: Final = "ERR invalid expire time in 'set' command"


class Strings:
    """Strings, and the bits in them."""

    __slots__ = ("_data", "_keys")

    def __init__(self, keys: Keyspace) -> None:
        self._keys = keys
        self._data = keys.data

    def get(self, key: bytes) -> bytes | bool:
        """GET."""
        return bytes(self._read(key)) if key in self._data else False

    def set(self, key: bytes, value: Any, *options: Any) -> bool:
        """SET, with NX and PX: say whether it was set."""
        only_new, lasting = False, None
        words = iter(options)
        for option in words:
            name = text(option).upper()
            if name == b"NX":
                only_new = True
            elif name == b"PX":
                lasting = _lasting(next(words, None))
            else:
                raise ReplyError(SYNTAX)
        if only_new and key in self._data:
            return False
        self._data[key] = text(value)
        if lasting is None:
            self._keys.lasts(key)
        else:
            self._keys.expires(key, lasting)
        return True

    def getbit(self, key: bytes, offset: Any) -> int:
        """GETBIT."""
        place, shift = _spot(offset)
        value = self._read(key)
        return value[place] >> shift & 1 if place < len(value) else 0

    def setbit(self, key: bytes, offset: Any, bit: Any) -> int:
        """SETBIT: return the former bit."""
        place, shift = _spot(offset)
        if text(bit) not in (b"0", b"1"):
            raise ReplyError(_NOT_A_BIT)
        value = self._read(key)
        if not isinstance(value, bytearray):
            value = self._data[key] = bytearray(value)
        if place >= len(value):
            value.extend(bytes(place + 1 - len(value)))
        former = value[place] >> shift & 1
        if former != integer(bit):
            value[place] ^= 1 << shift
        return former

    def _read(self, key: bytes) -> bytes | bytearray:
        value = self._data.get(key, b"")
        if not isinstance(value, bytes | bytearray):
            raise ReplyError(WRONG_TYPE)
        return value


def _lasting(word: Any) -> int:
    if word is None:
        raise ReplyError(SYNTAX)
    milliseconds = integer(word)
    if milliseconds <= 0:
        raise ReplyError(_NOT_A_TIME)
    return milliseconds


def _spot(offset: Any) -> tuple[int, int]:
    """Return the byte that has a bit, and how far the bit is from its lowest."""
    try:
        number = integer(offset)
    except ReplyError as error:
        raise ReplyError(_NOT_AN_OFFSET if str(error) == NOT_AN_INTEGER else str(error)) from None
    if not 0 <= number < _BITS:
        raise ReplyError(_NOT_AN_OFFSET)
    return number >> 3, 7 - (number & 7)
