"""The rule of a battle: how many points a gift scores. Whole numbers, rounded down once, at the end."""

from datetime import timedelta
from typing import Annotated, Final

import msgspec

FACTOR_MAX: Final = 100
LIKES_MAX: Final = 100
"""Likes of one user that count in a battle by default."""
POINTS_MAX: Final = 1000
_Factor = Annotated[int, msgspec.Meta(ge=0, le=FACTOR_MAX)]
_Points = Annotated[int, msgspec.Meta(ge=1, le=POINTS_MAX)]
_Likes = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=3600)]


class BonusTime(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first or last seconds of a battle, in which gifts count more."""

    seconds: _Seconds
    factor: _Factor


class BattleRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How many points a gift scores. It is stored with each battle, so that its scores can be computed again."""

    points: _Points = 100
    """For 100 coins."""
    promo: bool = True
    """Promotional coins count."""
    levels: dict[str, _Factor] = {}
    """Factors of gifts by their level."""
    gifts: dict[str, _Factor] = {}
    """Factors of single gifts, in place of that of their level."""
    first: BonusTime | None = None
    last: BonusTime | None = None
    likes: _Likes = LIKES_MAX
    """Likes of one user that are counted, beside the score."""

    def score(self, gift: str, level: int, coins: int, promo: int, since: timedelta, until: timedelta) -> int:
        """Return what a gift scores that cost so many coins (``promo`` of them promotional).

        ``since``: the battle's beginning; ``until``: its end.
        """
        factor = self.gifts.get(gift, self.levels.get(str(level), 1))
        if self.first is not None and since < timedelta(seconds=self.first.seconds):
            factor *= self.first.factor
        if self.last is not None and until <= timedelta(seconds=self.last.seconds):
            factor *= self.last.factor
        return (coins if self.promo else coins - promo) * self.points * factor // 100


_decode: Final = msgspec.json.Decoder(BattleRule).decode
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


def read_rule(text: str) -> BattleRule:
    """Return a rule from its JSON ("": the default). Raises ``ValueError``, which says what is wrong."""
    return _decode(text) if text else BattleRule()


def write_rule(rule: BattleRule) -> str:
    """Return a rule as JSON."""
    return _encode(rule).decode()
