"""Commands on lists."""

from typing import Any

from liveroom.store.live.engine.keyspace import Keyspace
from liveroom.store.live.engine.words import WRONG_TYPE, Item, ReplyError, integer, text


class ListCommands:
    """Lists: short ones, which are appended to at their end and lose their first."""

    __slots__ = ("_data", "_keys")

    def __init__(self, keys: Keyspace) -> None:
        self._keys = keys
        self._data = keys.data

    def rpush(self, key: bytes, first: Any, *more: Any) -> int:
        """RPUSH: return how long the list is now."""
        items = self._data.get(key)
        if items is None:
            items = self._data[key] = []
        elif type(items) is not list:
            raise ReplyError(WRONG_TYPE)
        items.append(text(first))
        items.extend(map(text, more))
        return len(items)

    def lpop(self, key: bytes) -> Item:
        """LPOP."""
        items = self._read(key)
        if not items:
            return False
        first = items.pop(0)
        if not items:
            self._keys.remove(key)
        return first

    def llen(self, key: bytes) -> int:
        """LLEN."""
        return len(self._read(key))

    def lrange(self, key: bytes, first: Any, last: Any) -> tuple[bytes, ...]:
        """LRANGE."""
        begin, end = integer(first), integer(last)
        items = self._read(key)
        return tuple(items[slice(*ranks(begin, end, len(items)))])

    def _read(self, key: bytes) -> list[bytes]:
        items = self._data.get(key)
        if type(items) is list:
            return items
        if items is None:
            return []
        raise ReplyError(WRONG_TYPE)


def ranks(first: int, last: int, length: int) -> tuple[int, int]:
    """Return where a range of Redis begins and before what it ends; numbers below 0 count from the end."""
    begin = max(first + length if first < 0 else first, 0)
    end = last + length if last < 0 else last
    return begin, max(min(end, length - 1) + 1, begin)
