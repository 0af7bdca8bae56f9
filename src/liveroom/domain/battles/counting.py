"""What gifts count in battles, as it is written with them."""

from datetime import datetime
from typing import NamedTuple

from liveroom.domain.battles.rule import BattleRule
from liveroom.domain.gifts.sending import SentGift
from liveroom.domain.ids import RoomId


class BattleKey(NamedTuple):
    """A battle, and one of its rooms."""

    battle: str
    room: RoomId


class CountingBattle(NamedTuple):
    """A battle that is not decided yet: gifts count by its rule."""

    begins: datetime
    ends: datetime
    rule: BattleRule

    def score_of(self, gift: SentGift, level: int, now: datetime) -> int:
        """Return what a gift scores that is committed now: nothing before the battle begins, or after its time."""
        if not self.begins <= now < self.ends:
            return 0
        return self.rule.score(gift.gift, level, gift.coins, gift.promo, now - self.begins, self.ends - now)


class CountedGift(NamedTuple):
    """What a gift (``doc`` is its id) or a refund (below zero; its journal's) counts in a battle."""

    key: BattleKey
    doc: str
    score: int


class BattleResult(NamedTuple):
    """What a room has in the end."""

    room: RoomId
    score: int
    likes: int
