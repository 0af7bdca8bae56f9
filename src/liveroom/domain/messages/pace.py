"""How much may be said: by one member, and in a room. Times are milliseconds since 1970, spans milliseconds.

The script that says a message has its own form of this (``lua/modules/pace.lua``); a test compares the two.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from liveroom.domain.messages.model import (
    CROWD_BYTES,
    EACH_WINDOW,
    HIGH_A_SECOND,
    HIGH_BYTES,
    ROOM_WINDOW,
    Priority,
)
from liveroom.domain.moments import milliseconds

_EACH: Final = milliseconds(EACH_WINDOW)
_SECOND: Final = milliseconds(ROOM_WINDOW)


class SpeakerWait(NamedTuple):
    """For how long a member has to wait (0: not at all), and whether it is slow mode that makes them wait so long."""

    ms: int
    slow: bool


def counted_times(times: Sequence[int], now: int) -> list[int]:
    """Return those of the times at which a member said something that still count."""
    return [at for at in times if now - _EACH < at <= now]


def wait_of_speaker(times: Sequence[int], last: int, now: int, *, most: int, slow: int) -> SpeakerWait:
    """Return for how long a member has to wait who said something at these times, which count, and ``last`` then.

    ``most``: messages of one member in ``EACH_WINDOW`` (0: any). ``slow``: the least time between two of them.
    """
    wait = times[-most] + _EACH - now if 0 < most <= len(times) else 0
    held = min(last + slow - now, slow)
    return SpeakerWait(max(wait, held), slow > 0 and held >= wait)


class SecondSaid(NamedTuple):
    """What was said in a room in the second that ``began`` then; what is of high priority counts apart."""

    began: int = 0
    messages: int = 0
    bytes: int = 0
    high_messages: int = 0
    high_bytes: int = 0

    def at(self, now: int) -> "SecondSaid":
        """Return the second that runs now."""
        return self if self.began <= now < self.began + _SECOND else SecondSaid(now)

    def wait(self, priority: Priority, size: int, now: int, *, most: int) -> int:
        """Return for how long a message of this size has to wait in the second that runs now, which takes so many."""
        count, said, bound = self.messages, self.bytes, CROWD_BYTES
        if priority is Priority.HIGH:
            count, said, most, bound = self.high_messages, self.high_bytes, HIGH_A_SECOND, HIGH_BYTES
        elif priority is Priority.LOW:
            most, bound = -(-most // 2), bound // 2
        return self.began + _SECOND - now if count >= most or said + size > bound else 0

    def plus(self, priority: Priority, size: int) -> "SecondSaid":
        """Return it with one more message."""
        began, messages, said, high_messages, high_said = self
        if priority is Priority.HIGH:
            return SecondSaid(began, messages, said, high_messages + 1, high_said + size)
        return SecondSaid(began, messages + 1, said + size, high_messages, high_said)
