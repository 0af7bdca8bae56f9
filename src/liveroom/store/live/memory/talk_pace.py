"""What is remembered of what was said: by a room, and of each who speaks there. How fast more may be said follows."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from liveroom.domain.ids import BroadcastId
from liveroom.domain.messages.model import KEPT, KEYS_KEPT, REMEMBERED, Message, Priority, Quote
from liveroom.domain.messages.pace import SecondSaid, SpeakerWait, counted_times, wait_of_speaker
from liveroom.domain.moments import milliseconds

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

    def wait(self, now: int, most: int, slow: int) -> SpeakerWait:
        """Return how long they have to wait who may write so much, and wait so long in between."""
        self._times = counted_times(self._times, now)
        return wait_of_speaker(self._times, self.last, now, most=most, slow=slow)

    def note(self, id: str, number: int, now: int, slow: int) -> None:
        """Note that they wrote."""
        self.last, self.until = now, now + max(_REMEMBERED, slow)
        self._times.append(now)
        self._numbers[id] = number
        if len(self._numbers) > KEYS_KEPT:
            del self._numbers[next(iter(self._numbers))]


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
    _said: SecondSaid = field(default_factory=SecondSaid)

    def wait(self, priority: Priority, size: int, most: int, now: int) -> int:
        """Return in how many milliseconds the room takes a message of this size; it takes so many in a second."""
        self._said = self._said.at(now)
        return self._said.wait(priority, size, now, most=most)

    def keep(self, message: Message, size: int) -> None:
        """Take a message whose number is the next."""
        self._said = self._said.plus(message.priority, size)
        self.last = message.number
        self.kept[message.number] = message
        if len(self.kept) > KEPT:
            del self.kept[next(iter(self.kept))]
            self.older = True

    def is_there(self, quote: Quote | None, broadcast: BroadcastId) -> bool:
        """Say whether a message of this broadcast may be answered: it has not been taken back."""
        if quote is None or quote.broadcast != broadcast or quote.number in self.taken_back:
            return False
        kept = self.kept.get(quote.number)
        return kept is None or kept.recalled is None

    def newest(self, before: int | None) -> Iterator[Message]:
        """Yield the messages below a number, the newest first."""
        return (message for number, message in reversed(self.kept.items()) if before is None or number < before)
