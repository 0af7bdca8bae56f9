"""The settings of battles: like those of ``declared``, behind them."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass
from datetime import timedelta

from liveroom.settings.declared_gifts import DeclaredGifts
from liveroom.settings.declaring import setting


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredBattles(DeclaredGifts):
    """What the operator may decide about battles."""

    battle_duration: timedelta = setting(
        timedelta(minutes=5),
        "How long a battle lasts unless its host chooses: 30 seconds to an hour.",
        starts="Battles",
    )
    battle_result: timedelta = setting(
        timedelta(seconds=10), "How long the rooms of a battle show its result; 0s: not at all."
    )
    battle_rule: str = setting(
        "",
        'What gifts score, as JSON, such as {"points": 100, "promo": true, "levels": {"3": 2}, "gifts": {"rocket": 5}, '
        '"first": {"seconds": 60, "factor": 2}, "last": {"seconds": 30, "factor": 2}, "likes": 100}. Empty: 100 points '
        "for 100 coins.",
    )
    battle_limit: str = setting(
        "",
        "How many battles an account may have within hours of the day, such as 2 20:00-22:00 Asia/Shanghai. Empty: no "
        "limit.",
    )
