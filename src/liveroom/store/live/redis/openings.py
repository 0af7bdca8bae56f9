"""How calls of scripts begin: their command, digest and keys, packed once for all calls that begin alike."""

from typing import Final, NamedTuple

from redis.crc import key_slot

from liveroom.store.live.redis.keys import KeySet, RoomKeys
from liveroom.store.live.redis.scripts import Script, check_key_set, check_keys, script
from liveroom.store.live.redis.wire import Head, HeadPattern

MANY_KEYS: Final = 6
"""From so many keys on it is worth it, 0.8 KB each: 1.3 of the 2.7 µs of packing an admission. Of so many further keys
of a single call no other is like it."""
MOST: Final = 8192
"""The most of each sort that a process keeps, 1 KB each; making one takes 8 µs."""


class RedisOpening(NamedTuple):
    """How every call of a script with certain keys begins, and to which slot it goes."""

    head: Head
    slot: int
    script: Script


class RoomOpening(NamedTuple):
    """How calls of a script begin in every room of a bucket whose id has a certain length."""

    pattern: HeadPattern
    slot: int
    script: Script


class RedisOpenings:
    """Those that a process has needed."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self.kept: dict[tuple[str, tuple[bytes, ...], int], RedisOpening] = {}
        self.of_rooms: dict[tuple[str, int, int], RoomOpening] = {}

    def of(self, name: str, keys: tuple[bytes, ...], more: int) -> RedisOpening:
        """Return how calls with these keys begin, and with so many that each names itself."""
        call = name, keys, more
        found = self.kept.get(call)
        if found is None:
            what = script(name)
            check_keys(what, len(keys) + more)
            head = Head.of("EVALSHA", what.digest, len(keys) + more, *keys)
            found = RedisOpening(head, key_slot(keys[0]), what)
            if len(self.kept) >= self._most:
                self.kept.clear()
            self.kept[call] = found
        return found

    def of_room(self, name: str, keys: RoomKeys, which: KeySet, more: int) -> RoomOpening:
        """Return how calls of a script begin that always takes this set of keys, and so many that each names itself.

        Beside thousands of rooms hardly any comes again soon, so none is kept for each: filling in an id takes 0.3 µs.
        """
        call = name, keys.number, len(keys.id)
        found = self.of_rooms.get(call)
        if found is None:
            what = script(name)
            hole = b"\0" * len(keys.id)
            names = keys.bucket.of(which, hole)
            check_key_set(what, which, more)
            pattern = HeadPattern(hole, "EVALSHA", what.digest, len(names) + more, *names)
            found = RoomOpening(pattern, key_slot(names[0]), what)
            if len(self.of_rooms) >= self._most:
                self.of_rooms.clear()
            self.of_rooms[call] = found
        return found
