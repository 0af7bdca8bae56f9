"""What a room knows of its likes: whose turn it is to write them, and what each user has given lately."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from liveroom.domain.errors import RateLimited
from liveroom.domain.ids import UserId
from liveroom.domain.rooms.likes import LEAST, LONGEST, MOST, REMEMBERED, STEP, WINDOW, LikeCall
from liveroom.store.live.memory.moments import milliseconds

_STEP: Final = milliseconds(STEP)
_LEAST: Final = milliseconds(LEAST)
_LONGEST: Final = milliseconds(LONGEST)
_WINDOW: Final = milliseconds(WINDOW)


@dataclass(slots=True)
class Liker:
    """Somebody who has liked the broadcast: the window that runs, and the batches that are known."""

    began: int
    likes: int = 0
    batches: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))


@dataclass(slots=True)
class Liking:
    """The likes of one broadcast. ``free`` is the first turn that nobody has."""

    last: int = 0
    free: int = 0
    likers: dict[UserId, Liker] = field(default_factory=dict)

    def ask(self, turn: int, now: int) -> int:
        """Return the turn of somebody who has this one (0: none); one that is not later than now has come.

        Raises ``RateLimited`` when it would be too far away.
        """
        if turn + _STEP <= now:
            turn = max(self.free, now)
        turn = max(turn, self.last + _LEAST)
        if turn > now:
            if turn - now > _LONGEST:
                raise RateLimited("too many likes for the room", retry_after=LONGEST)
            self.free = max(self.free, turn + _STEP)
        return turn

    def written(self, now: int) -> tuple[int, int]:
        """Return the next turn of whoever has written now (0: none), and in how many ms it is."""
        self.last = now
        turn = max(self.free, now + _STEP)
        if turn - now > _LONGEST:
            return 0, _STEP
        self.free = turn + _STEP
        return turn, turn - now

    def count(self, like: LikeCall, now: int) -> int | None:
        """Count a member's likes; return how many that adds (none for a batch that is known), None: it is too many."""
        liker = self.likers.get(like.user)
        if liker is None:
            liker = self.likers[like.user] = Liker(now)
        if like.batch and like.batch in liker.batches:
            return 0
        if now - liker.began >= _WINDOW:
            liker.began, liker.likes = now, 0
        if liker.likes + like.likes > MOST:
            return None
        liker.likes += like.likes
        if like.batch:
            liker.batches.append(like.batch)
        return like.likes
