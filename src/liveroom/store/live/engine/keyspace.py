"""The keys, when they expire, and the time of the command or script that runs."""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any, Final

from liveroom.store.live.engine.sorted_set import SortedSet
from liveroom.store.live.engine.stream import KeyStream
from liveroom.store.live.engine.words import ReplyError, integer, text

Value = bytes | bytearray | dict[bytes, bytes] | set[bytes] | list[bytes] | SortedSet | KeyStream
"""A string (an array of bytes once bits of it were set), a hash, a set, a list, a sorted set, or a stream."""
Clock = Callable[[], int]
"""Says what time it is, in microseconds since 1970."""

_FEW: Final = 64


class Keyspace:
    """All keys. A value that becomes empty goes, except for a stream."""

    __slots__ = ("_clock", "_due", "_expiry", "data", "micros")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.data: Final[dict[bytes, Value]] = {}
        self._expiry: Final[dict[bytes, int]] = {}
        self._due: list[tuple[int, bytes]] = []
        """Every expiry that was ever set and may be ahead, the nearest first."""
        self.micros = 0
        """The time for whatever runs: it stands still meanwhile."""

    def begin(self) -> None:
        """Take the time for what runs next, and let go what has expired by then."""
        self.micros = self._clock()
        due = self._due
        while due and due[0][0] < self.micros // 1000:
            at, key = heappop(due)
            if self._expiry.get(key) == at:
                self.remove(key)

    def remove(self, key: bytes) -> None:
        """Let go of a key that is there."""
        del self.data[key]
        self._expiry.pop(key, None)

    def lasts(self, key: bytes) -> None:
        """Let a key last, whenever it was to expire."""
        self._expiry.pop(key, None)

    def expires(self, key: bytes, milliseconds: int) -> None:
        """Let a key that is there expire in so many milliseconds."""
        at = self.micros // 1000 + milliseconds
        self._expiry[key] = at
        heappush(self._due, (at, key))
        if len(self._due) > 2 * len(self._expiry) + _FEW:
            self._due = [(at, key) for key, at in self._expiry.items()]
            heapify(self._due)

    def clear(self) -> None:
        """Forget everything."""
        self.data.clear()
        self._expiry.clear()
        self._due.clear()

    # --- commands on keys of any type ------------------------------------------------------------------------------

    def delete(self, *keys: bytes) -> int:
        """DEL: return how many there were."""
        there = 0
        for key in keys:
            if key in self.data:
                self.remove(key)
                there += 1
        return there

    def exists(self, *keys: bytes) -> int:
        """EXISTS: return how many are there."""
        return sum(key in self.data for key in keys)

    def expire(self, key: bytes, seconds: Any) -> int:
        """EXPIRE: say whether the key is there."""
        return self._expire(key, 1000 * integer(seconds))

    def pexpire(self, key: bytes, milliseconds: Any) -> int:
        """PEXPIRE: say whether the key is there."""
        return self._expire(key, integer(milliseconds))

    def _expire(self, key: bytes, milliseconds: int) -> int:
        if key not in self.data:
            return 0
        if milliseconds <= 0:
            self.remove(key)
        else:
            self.expires(key, milliseconds)
        return 1

    def time(self) -> tuple[bytes, bytes]:
        """TIME: return seconds and microseconds."""
        seconds, micros = divmod(self.micros, 1_000_000)
        return b"%d" % seconds, b"%d" % micros


def pairs(words: tuple[Any, ...], error: str) -> list[tuple[bytes, bytes]]:
    """Return arguments that come in pairs; raises ``ReplyError`` with this text for an odd one."""
    if not words or len(words) % 2:
        raise ReplyError(error)
    return [(text(words[place]), text(words[place + 1])) for place in range(0, len(words), 2)]
