"""Likes of a broadcast: how many one call and one user may bring, and how often a room's are written.

A client gathers taps and names the batch; a batch that comes again counts nothing. The service gathers calls.

Turns and windows are in milliseconds since 1970. The script that counts likes has its own form of both
(``lua/modules/liking.lua``); a test compares the two.
"""

from datetime import timedelta
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.errors import LikesInvalid, RateLimited
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.moments import milliseconds
from liveroom.domain.payloads import Payload

COUNT_MAX: Final = 100
"""Likes that one call brings."""
BATCH_MAX: Final = 64
"""Characters of a batch's id."""
MOST: Final = 600
"""Likes of one user in a room within ``WINDOW``, which begins with the first of them."""
WINDOW: Final = timedelta(seconds=10)
REMEMBERED: Final = 8
"""How many batches of a user are remembered, so that a repeated one is recognised."""
STEP: Final = timedelta(milliseconds=210)
"""Between two turns to write a room's likes: at most five a second over all processes, with some room for delays."""
LEAST: Final = timedelta(milliseconds=202)
"""Between two writes, also when one came late to its turn: never six in a second, however clocks are read."""
LONGEST: Final = timedelta(milliseconds=1800)
"""How far ahead turns are given: about eight processes bring the likes of one room without refusing any."""
WRITE_TIMEOUT: Final = timedelta(milliseconds=2500)
"""After which a call that was not written is refused."""
SHOWN_MAX: Final = 2_147_483_647
"""More than this is counted, and not shown: clients keep 32 bits."""
_encode: Final = msgspec.json.Encoder().encode

_WINDOW: Final = milliseconds(WINDOW)
_STEP: Final = milliseconds(STEP)
_LEAST: Final = milliseconds(LEAST)
_LONGEST: Final = milliseconds(LONGEST)


class LikeCall(NamedTuple):
    """One call: some likes of a member for the room's broadcast."""

    tenant: TenantName
    """A room of another tenant is not found."""
    room: RoomId
    user: UserId
    likes: int
    batch: str = ""
    """Named by the client; "": it will not come again."""


class NewLikes(Payload):
    """The likes of a broadcast."""

    likes: int
    """All likes of the broadcast."""
    added: int
    """How many of them are new, not counted in an earlier event."""


def write_likes(likes: int, added: int) -> bytes:
    """Return ``NewLikes`` as JSON."""
    return _encode(NewLikes(likes=min(likes, SHOWN_MAX), added=added))


def check_count(count: int) -> None:
    """Raise ``LikesInvalid`` for a number of likes that no call may bring."""
    if not 1 <= count <= COUNT_MAX:
        raise LikesInvalid(f"count: 1 to {COUNT_MAX}")


class WriteTurns(NamedTuple):
    """Who may write a room's likes when: somebody did ``last``, and the first turn that nobody has is ``free``."""

    last: int = 0
    free: int = 0

    def at(self, now: int) -> "WriteTurns":
        """Return them without the turns of a clock that was ahead."""
        return WriteTurns() if self.last > now else self

    def asked(self, turn: int, now: int) -> "tuple[int, WriteTurns]":
        """Return the turn of a writer who has this one (0: none); one that is not later than now has come.

        Raises ``RateLimited`` when it would be too far away.
        """
        if turn + _STEP <= now or turn > now + _LONGEST + _STEP:
            turn = max(self.free, now)
        turn = max(turn, self.last + _LEAST)
        if turn <= now:
            return turn, self
        if turn - now > _LONGEST:
            raise RateLimited("too many likes for the room", retry_after=LONGEST)
        return turn, WriteTurns(self.last, max(self.free, turn + _STEP))

    def written(self, now: int) -> "tuple[int, int, WriteTurns]":
        """Return the next turn of whoever writes now (0: none), and in how many milliseconds it is."""
        turn = max(self.free, now + _STEP)
        if turn - now > _LONGEST:
            return 0, _STEP, WriteTurns(now, self.free)
        return turn, turn - now, WriteTurns(now, turn + _STEP)


class LikeWindow(NamedTuple):
    """What a user has given in the window that ``began`` then."""

    began: int
    likes: int = 0

    def plus(self, likes: int, now: int) -> "LikeWindow | None":
        """Return it with more likes; None: they are too many."""
        began, known = self if 0 <= now - self.began < _WINDOW else (now, 0)
        return LikeWindow(began, known + likes) if known + likes <= MOST else None
