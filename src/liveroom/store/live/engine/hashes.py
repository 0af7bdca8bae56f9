"""Commands on hashes: most of what scripts do, so that these are short and call little."""

from typing import Any, Final

from liveroom.store.live.engine.keyspace import Keyspace, pairs
from liveroom.store.live.engine.scans import Scans
from liveroom.store.live.engine.words import LARGEST, WRONG_TYPE, Item, ReplyError, integer, text

_ARITY: Final = "ERR wrong number of arguments for 'hset' command"
_NOT_AN_INTEGER: Final = "ERR hash value is not an integer"
_OVERFLOW: Final = "ERR increment or decrement would overflow"


class Hashes:
    """Hashes: fields and their values."""

    __slots__ = ("_data", "_keys", "_scans")

    def __init__(self, keys: Keyspace) -> None:
        self._keys = keys
        self._data = keys.data
        self._scans = Scans()

    def hget(self, key: bytes, field: Any) -> Item:
        """HGET."""
        fields = self._data.get(key)
        if type(fields) is dict:
            return fields.get(field if type(field) is bytes else text(field), False)
        return False if fields is None else _wrong_type()

    def hmget(self, key: bytes, first: Any, *more: Any) -> tuple[Item, ...]:
        """HMGET."""
        fields = self._read(key)
        names = (first, *more)
        return tuple([fields.get(name if type(name) is bytes else text(name), False) for name in names])

    def hgetall(self, key: bytes) -> tuple[bytes, ...]:
        """HGETALL: return fields and values by turns."""
        return tuple([word for pair in self._read(key).items() for word in pair])

    def hlen(self, key: bytes) -> int:
        """HLEN."""
        return len(self._read(key))

    def hexists(self, key: bytes, field: Any) -> int:
        """HEXISTS."""
        return int((field if type(field) is bytes else text(field)) in self._read(key))

    def hset(self, key: bytes, field: Any, value: Any, *more: Any) -> int:
        """HSET: return how many fields are new."""
        fields = self._data.get(key)
        if fields is None:
            more_pairs = pairs(more, _ARITY) if more else ()
            self._data[key] = fields = {}
        elif type(fields) is dict:
            more_pairs = pairs(more, _ARITY) if more else ()
        else:
            return int(_wrong_type())
        before = len(fields)
        fields[field if type(field) is bytes else text(field)] = value if type(value) is bytes else text(value)
        if more_pairs:
            fields.update(more_pairs)
        return len(fields) - before

    def hdel(self, key: bytes, first: Any, *more: Any) -> int:
        """HDEL: return how many fields were there."""
        fields = self._data.get(key)
        if type(fields) is not dict:
            return 0 if fields is None else int(_wrong_type())
        before = len(fields)
        fields.pop(first if type(first) is bytes else text(first), None)
        for name in more:
            fields.pop(text(name), None)
        if not fields:
            self._keys.remove(key)
        return before - len(fields)

    def hincrby(self, key: bytes, field: Any, by: Any) -> int:
        """HINCRBY."""
        name, step = text(field), integer(by)
        try:
            number = integer(self._read(key).get(name, b"0"))
        except ReplyError as error:
            raise error if str(error) == WRONG_TYPE else ReplyError(_NOT_AN_INTEGER) from None
        if not -LARGEST - 1 <= number + step <= LARGEST:
            raise ReplyError(_OVERFLOW)
        self.hset(key, name, b"%d" % (number + step))
        return number + step

    def hscan(self, key: bytes, cursor: Any, *options: Any) -> tuple[bytes, ...]:
        """HSCAN: return the next cursor, then fields and values by turns."""
        fields = self._read(key)
        following, names = self._scans.some(key, fields, cursor, options)
        return (following, *[word for name in names for word in (name, fields[name])])

    def _read(self, key: bytes) -> dict[bytes, bytes]:
        fields = self._data.get(key)
        if type(fields) is dict:
            return fields
        return _NOTHING if fields is None else _wrong_type()


_NOTHING: Final[dict[bytes, bytes]] = {}


def _wrong_type() -> Any:
    raise ReplyError(WRONG_TYPE)
