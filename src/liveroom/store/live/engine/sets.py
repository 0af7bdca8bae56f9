"""Commands on sets."""

from typing import Any, Final

from liveroom.store.live.engine.keyspace import Keyspace
from liveroom.store.live.engine.scans import Scans
from liveroom.store.live.engine.words import WRONG_TYPE, ReplyError, text


class Sets:
    """Sets of members."""

    __slots__ = ("_data", "_keys", "_scans")

    def __init__(self, keys: Keyspace) -> None:
        self._keys = keys
        self._data = keys.data
        self._scans = Scans()

    def sadd(self, key: bytes, first: Any, *more: Any) -> int:
        """SADD: return how many members are new."""
        members = self._read(key)
        if members is _NOTHING:
            members = self._data[key] = set()
        before = len(members)
        members.add(text(first))
        if more:
            members.update(map(text, more))
        return len(members) - before

    def srem(self, key: bytes, first: Any, *more: Any) -> int:
        """SREM: return how many members were there."""
        members = self._read(key)
        if not members:
            return 0
        before = len(members)
        members.discard(text(first))
        if more:
            members.difference_update(map(text, more))
        if not members:
            self._keys.remove(key)
        return before - len(members)

    def scard(self, key: bytes) -> int:
        """SCARD."""
        return len(self._read(key))

    def smembers(self, key: bytes) -> tuple[bytes, ...]:
        """SMEMBERS."""
        return tuple(self._read(key))

    def sscan(self, key: bytes, cursor: Any, *options: Any) -> tuple[bytes, ...]:
        """SSCAN: return the next cursor, then members."""
        following, names = self._scans.some(key, self._read(key), cursor, options)
        return (following, *names)

    def _read(self, key: bytes) -> set[bytes]:
        members = self._data.get(key)
        if type(members) is set:
            return members
        if members is None:
            return _NOTHING
        raise ReplyError(WRONG_TYPE)


_NOTHING: Final[set[bytes]] = set()
