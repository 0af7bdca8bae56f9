"""What this process has just read, for a second: whatever changes counts a second later, everywhere."""

from collections import OrderedDict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

_LASTS: Final = timedelta(seconds=1)
_MOST: Final = 50_000
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ShortMemory(Generic[_Key]):
    """Remembers yes and no, each for a second."""

    _kept: OrderedDict[_Key, tuple[bool, datetime]] = field(default_factory=OrderedDict)

    def known(self, keys: Collection[_Key], now: datetime) -> Mapping[_Key, bool]:
        """Return what is known of these."""
        since, found = now - _LASTS, dict[_Key, bool]()
        for key in keys:
            kept = self._kept.get(key)
            if kept is not None and since < kept[1] <= now:
                found[key] = kept[0]
        return found

    def keep(self, found: Mapping[_Key, bool], read: datetime) -> None:
        """Keep what was read; ``read``: a time before it was."""
        for key, is_so in found.items():
            self._kept[key] = is_so, read
            self._kept.move_to_end(key)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
