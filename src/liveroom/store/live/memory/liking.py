"""What a room knows of its likes: whose turn it is to write them, and what each user has given lately."""

from collections import deque
from dataclasses import dataclass, field

from liveroom.domain.ids import UserId
from liveroom.domain.rooms.likes import REMEMBERED, LikeCall, LikeWindow, WriteTurns


@dataclass(slots=True)
class Liker:
    """Somebody who has liked the broadcast: the window that runs, and the batches that are known."""

    window: LikeWindow
    batches: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    battle: str = ""
    """In which battle of the room they were ``counted``."""
    counted: int = 0


@dataclass(slots=True)
class Liking:
    """The likes of one broadcast."""

    turns: WriteTurns = field(default_factory=WriteTurns)
    likers: dict[UserId, Liker] = field(default_factory=dict)

    def ask(self, turn: int, now: int) -> int:
        """Return the turn of somebody who has this one (0: none); one that is not later than now has come.

        Raises ``RateLimited`` when it would be too far away.
        """
        turn, self.turns = self.turns.at(now).asked(turn, now)
        return turn

    def written(self, now: int) -> tuple[int, int]:
        """Return the next turn of whoever has written now (0: none), and in how many ms it is."""
        turn, wait, self.turns = self.turns.written(now)
        return turn, wait

    def count_in_battle(self, user: UserId, battle: str, likes: int, most: int) -> int:
        """Return how many of a user's likes count in the room's battle, which counts at most so many of each user."""
        liker = self.likers[user]
        counted = liker.counted if liker.battle == battle else 0
        more = max(0, min(likes, most - counted))
        liker.battle, liker.counted = battle, counted + more
        return more

    def count(self, like: LikeCall, now: int) -> int | None:
        """Count a member's likes; return how many that adds (none for a batch that is known), None: it is too many."""
        liker = self.likers.get(like.user)
        if liker is None:
            liker = self.likers[like.user] = Liker(LikeWindow(now))
        if like.batch and like.batch in liker.batches:
            return 0
        window = liker.window.plus(like.likes, now)
        if window is None:
            return None
        liker.window = window
        if like.batch:
            liker.batches.append(like.batch)
        return like.likes
