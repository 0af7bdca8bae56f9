"""Bonuses: what rules bring, and which rules there can be."""

from typing import Any

import pytest

from liveroom.domain.errors import BadRequest
from liveroom.domain.settlement.bonuses import BonusFor, GivenBonus, given, read_rules

RULES = read_rules(
    {
        "first": {"whose": "host", "points": 1000, "bonusPoints": 50},
        "second": {"whose": "host", "points": 5000, "hours": 30, "bonusPerMille": 33},
        "agency": {"whose": "agency", "points": 100, "bonusPoints": 7},
    }
)


@pytest.mark.parametrize(
    ("points", "live", "expected"),
    [
        (999, 10**6, []),
        (1000, 0, [("first", 50)]),
        (5001, 30 * 3600 - 1, [("first", 50)]),
        (5001, 30 * 3600, [("first", 50), ("second", 165)]),
        (-7, 10**6, []),
    ],
)
def test_each_target_that_is_reached_brings_its_own_rounded_down(
    points: int, live: int, expected: list[tuple[str, int]]
) -> None:
    assert given(RULES, BonusFor.HOST, points, live) == [GivenBonus(rule=rule, points=sum) for rule, sum in expected]


def test_agencies_have_targets_of_their_own() -> None:
    assert given(RULES, BonusFor.AGENCY, 100, 0) == [GivenBonus(rule="agency", points=7)]


def test_who_earned_less_than_nothing_gets_no_part_of_it() -> None:
    (rule,) = read_rules({"all": {"whose": "host", "bonusPoints": 1, "bonusPerMille": 100}})
    assert rule.bonus(-5000, 0) == 0
    assert rule.bonus(0, 0) == 1


@pytest.mark.parametrize(
    ("id", "rule"),
    [
        ("", {"whose": "host", "bonusPoints": 1}),
        ("A", {"whose": "host", "bonusPoints": 1}),
        ("a" * 17, {"whose": "host", "bonusPoints": 1}),
        ("a:b", {"whose": "host", "bonusPoints": 1}),
        ("a", "gold"),
        ("a", {"bonusPoints": 1}),
        ("a", {"whose": "owner", "bonusPoints": 1}),
        ("a", {"whose": "host"}),
        ("a", {"whose": "host", "bonusPoints": 1.5}),
        ("a", {"whose": "host", "bonusPoints": True}),
        ("a", {"whose": "host", "bonusPoints": -1}),
        ("a", {"whose": "host", "bonusPoints": 10**12 + 1}),
        ("a", {"whose": "host", "bonusPerMille": 1001}),
        ("a", {"whose": "host", "hours": 745, "bonusPoints": 1}),
        ("a", {"whose": "agency", "hours": 1, "bonusPoints": 1}),
        ("a", {"whose": "host", "bonusPoints": 1, "bonus": 1}),
        ("a", {"whose": "host", "bonusPoints": 1, "id": "b"}),
    ],
)
def test_rules_that_make_no_sense_are_refused(id: str, rule: Any) -> None:
    with pytest.raises(BadRequest, match=r"^rules: "):
        read_rules({id: rule})


def test_there_are_not_too_many_rules() -> None:
    rule = {"whose": "host", "bonusPoints": 1}
    assert len(read_rules({f"r{n}": rule for n in range(50)})) == 50
    with pytest.raises(BadRequest):
        read_rules({f"r{n}": rule for n in range(51)})
