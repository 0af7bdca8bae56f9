"""Caches that are bounded in bytes, whatever their keys are: some are texts that strangers make up."""

from collections import OrderedDict
from collections.abc import Callable, Sized
from functools import lru_cache, wraps
from typing import Final, Generic, TypeVar

_ENTRY: Final = 512
"""Bytes that an entry takes beside its value: its key, and its place in the dict."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Short = TypeVar("_Short", bound=Sized)


class ByteCache(Generic[_Key, _Value]):
    """Keeps values of so many bytes altogether. What came first goes first."""

    __slots__ = ("_kept", "_most", "size")

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[_Key, tuple[_Value, int]] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: _Key) -> _Value | None:
        """Return what was kept under a key, or None."""
        found = self._kept.get(key)
        return None if found is None else found[0]

    def put(self, key: _Key, value: _Value, size: int) -> None:
        """Keep a value that takes so many bytes; one that would take an eighth of the cache is not kept."""
        former = self._kept.pop(key, None)
        if former is not None:
            self.size -= former[1]
        size += _ENTRY
        if size > self._most // 8:
            return
        self._kept[key] = value, size
        self.size += size
        while self.size > self._most:
            self.size -= self._kept.popitem(last=False)[1][1]


def short_cache(entries: int, longest: int) -> Callable[[Callable[[_Short], _Value]], Callable[[_Short], _Value]]:
    """Remember what a function returns for so many arguments, none longer than ``longest``; others are not kept."""

    def remember(work: Callable[[_Short], _Value]) -> Callable[[_Short], _Value]:
        kept: Callable[[_Short], _Value] = lru_cache(maxsize=entries)(work)  # type: ignore[assignment]

        @wraps(work)
        def look(argument: _Short) -> _Value:
            return kept(argument) if len(argument) <= longest else work(argument)

        return look

    return remember
