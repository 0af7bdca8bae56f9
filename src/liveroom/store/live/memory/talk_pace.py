"""What is remembered of what was said: by a room, and of each who speaks there. How fast more may be said follows."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from liveroom.domain.ids import BroadcastId
from liveroom.domain.messages.model import (
    CROWD_BYTES,
    EACH_WINDOW,
    HIGH_A_SECOND,
    HIGH_BYTES,
    KEPT,
    KEYS_KEPT,
    REMEMBERED,
    ROOM_WINDOW,
    Message,
    Priority,
)
from liveroom.store.live.memory.moments import milliseconds

_EACH: Final = milliseconds(EACH_WINDOW)
_SECOND: Final = milliseconds(ROOM_WINDOW)
_REMEMBERED: Final = milliseconds(REMEMBERED)
_TAKEN_BACK: Final = 32


@dataclass(slots=True)
class Speaker:
    """Somebody who wrote in a room, in it or not. ``until``: when that may be forgotten."""

    broadcast: BroadcastId
    last: int = 0
    until: int = 0
    _times: list[int] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    """Of the last messages, by their ids."""

    def number_under(self, id: str, broadcast: BroadcastId) -> int | None:
        """Return the number of a message that was said under this id in this broadcast."""
        if broadcast != self.broadcast:
            self.broadcast = broadcast
            self._numbers.clear()
        return self._numbers.get(id)

    def wait(self, now: int, most: int, slow: int) -> int:
        """Return in how many milliseconds they may write again, who may write so much and wait so long in between."""
        self._times = [when for when in self._times if now - _EACH < when <= now]
        wait = self._times[-most] + _EACH - now if 0 < most <= len(self._times) else 0
        return max(wait, min(self.last + slow - now, slow))

    def is_slowed(self, wait: int, now: int, slow: int) -> bool:
        """Say whether it is slow mode that makes them wait so long."""
        return slow > 0 and wait == min(self.last + slow - now, slow)

    def note(self, id: str, number: int, now: int, slow: int) -> None:
        """Note that they wrote."""
        self.last, self.until = now, now + max(_REMEMBERED, slow)
        self._times.append(now)
        self._numbers[id] = number
        if len(self._numbers) > KEYS_KEPT:
            del self._numbers[next(iter(self._numbers))]


@dataclass(slots=True)
class _Allowance:
    """What was said in the second that is counted."""

    count: int = 0
    bytes: int = 0


@dataclass(slots=True)
class RoomTalk:
    """What was said in a broadcast: the last number, the newest messages, and how much in this second."""

    last: int
    older: bool
    """SQL may have messages of the broadcast that are older than those here."""
    kept: dict[int, Message] = field(default_factory=dict)
    """In the order of their numbers."""
    taken_back: deque[int] = field(default_factory=lambda: deque(maxlen=_TAKEN_BACK))
    """Messages older than those, of which was told that they were taken back."""
    _began: int = 0
    _crowd: _Allowance = field(default_factory=_Allowance)
    _high: _Allowance = field(default_factory=_Allowance)

    def wait(self, priority: Priority, size: int, most: int, now: int) -> int:
        """Return in how many milliseconds the room takes a message of this size; it takes so many in a second."""
        if not self._began <= now < self._began + _SECOND:
            self._began, self._crowd, self._high = now, _Allowance(), _Allowance()
        said, bound = self._crowd, CROWD_BYTES
        if priority is Priority.HIGH:
            said, most, bound = self._high, HIGH_A_SECOND, HIGH_BYTES
        elif priority is Priority.LOW:
            most, bound = -(-most // 2), bound // 2
        is_full = said.count >= most or said.bytes + size > bound
        return self._began + _SECOND - now if is_full else 0

    def keep(self, message: Message, size: int) -> None:
        """Take a message whose number is the next."""
        said = self._high if message.priority is Priority.HIGH else self._crowd
        said.count += 1
        said.bytes += size
        self.last = message.number
        self.kept[message.number] = message
        if len(self.kept) > KEPT:
            del self.kept[next(iter(self.kept))]
            self.older = True

    def newest(self, before: int | None) -> Iterator[Message]:
        """Yield the messages below a number, the newest first."""
        return (message for number, message in reversed(self.kept.items()) if before is None or number < before)
