"""Profiles: the rules of a country that an app follows, where they say more than ours."""

from datetime import time, timedelta, timezone
from enum import StrEnum
from typing import Final

from liveroom.domain.battles.limit import BattleLimit


class RuleProfile(StrEnum):
    """Whose rules a tenant follows."""

    STANDARD = "standard"
    """Ours alone."""
    CN = "cn"
    """China's: no ranks by what people spend, nothing behind the score of a battle, and few battles in the evening."""


SHANGHAI: Final = timezone(timedelta(hours=8))
"""China's time: the same all year since 1991."""
_CN_BATTLES: Final = BattleLimit(2, time(20), time(22), SHANGHAI)


def may_rank_spending(profile: RuleProfile) -> bool:
    """Say whether users may be shown in the order of what they have spent, or get levels by it."""
    return profile is not RuleProfile.CN


def has_result_phase(profile: RuleProfile) -> bool:
    """Say whether anything follows the score of a battle, such as a forfeit of whoever has lost."""
    return profile is not RuleProfile.CN


def battle_limit(profile: RuleProfile) -> BattleLimit | None:
    """Return how many battles of one account a profile allows, and when; None: any number."""
    return _CN_BATTLES if profile is RuleProfile.CN else None
