"""Bonuses for targets: what the operator gives on top to whoever has earned, or was live, that much in a period.

Each rule that is met counts by itself: where a second step is to bring 5,000 in all and the first brings 2,000, it
brings 3,000.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from liveroom.domain.errors import BadRequest
from liveroom.domain.payloads import Counter, Payload

RULES_MAX: Final = 50
POINTS_MAX: Final = 10**12
HOURS_MAX: Final = 744
PER_MILLE_MAX: Final = 1000
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,15}")
_WHOLE: Final = 1000
_HOUR: Final = 3600
_FIELDS: Final = frozenset({"whose", "points", "hours", "bonusPoints", "bonusPerMille"})


class BonusFor(StrEnum):
    """Who has the target."""

    HOST = "host"
    AGENCY = "agency"


class BonusRule(Payload):
    """A target, and what it brings."""

    id: str
    """1 to 16 of a-z, 0-9, - and _."""
    whose: BonusFor
    """``host`` or ``agency``."""
    points: Counter = 0
    """Points that gifts must have earned in the period, without those that were taken back; 0: any."""
    hours: int = 0
    """Hours that the host must have been live; 0: any. Not of agencies."""
    bonus_points: Counter = 0
    """What is given."""
    bonus_per_mille: int = 0
    """And how much of the points that gifts have earned, per mille; rounded down."""

    def bonus(self, points: int, live: int) -> int:
        """Return what it brings to whoever has earned points and was live for so many seconds; 0: nothing."""
        if points < self.points or live < self.hours * _HOUR:
            return 0
        return self.bonus_points + max(points, 0) * self.bonus_per_mille // _WHOLE


class GivenBonus(Payload):
    """What a rule has brought."""

    rule: str
    points: Counter


def given(rules: Sequence[BonusRule], whose: BonusFor, points: int, live: int) -> list[GivenBonus]:
    """Return what rules bring to a host or an agency."""
    found = [(rule.id, rule.bonus(points, live)) for rule in rules if rule.whose is whose]
    return [GivenBonus(rule=id, points=bonus) for id, bonus in found if bonus]


def read_rules(said: Mapping[str, Any]) -> tuple[BonusRule, ...]:
    """Return rules, said by their ids, as they are kept. Raises ``BadRequest``."""
    if len(said) > RULES_MAX:
        raise BadRequest(f"rules: at most {RULES_MAX}")
    rules = tuple(_read(id, rule) for id, rule in said.items())
    for rule in rules:
        _check(rule)
    return rules


def _read(id: str, said: Any) -> BonusRule:
    if not isinstance(said, dict) or said.keys() - _FIELDS:
        raise BadRequest(f"rules: {id} must be an object of {', '.join(sorted(_FIELDS))}")
    try:
        return msgspec.convert({**said, "id": id}, BonusRule)
    except msgspec.ValidationError as problem:
        raise BadRequest(f"rules: {id}: {problem}") from None


def _check(rule: BonusRule) -> None:
    if not _ID.fullmatch(rule.id):
        raise BadRequest("rules: id is 1 to 16 of a-z, 0-9, - and _, and begins with a letter or digit")
    bounds = (
        ("points", rule.points, POINTS_MAX),
        ("hours", rule.hours, HOURS_MAX),
        ("bonusPoints", rule.bonus_points, POINTS_MAX),
        ("bonusPerMille", rule.bonus_per_mille, PER_MILLE_MAX),
    )
    for name, value, most in bounds:
        if not 0 <= value <= most:
            raise BadRequest(f"rules: {name} of {rule.id} must be from 0 to {most}")
    if rule.whose is BonusFor.AGENCY and rule.hours:
        raise BadRequest(f"rules: hours of {rule.id} are for hosts")
    if not (rule.bonus_points or rule.bonus_per_mille):
        raise BadRequest(f"rules: {rule.id} brings nothing: give bonusPoints or bonusPerMille")
