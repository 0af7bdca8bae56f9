"""The rule of a battle, and the limit of how many somebody may have: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.battles.limit import may_battle, read_limit
from liveroom.domain.battles.rule import BattleRule, BonusTime, read_rule, write_rule

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def score(rule: BattleRule, coins: int = 10, *, gift: str = "rose", level: int = 1, promo: int = 0) -> int:
    """Return what a gift scores in the middle of a battle."""
    return rule.score(gift, level, coins, promo, 10 * MINUTE, 10 * MINUTE)


def test_by_default_a_coin_is_a_point() -> None:
    assert score(BattleRule()) == 10
    assert score(BattleRule(), 10, promo=4) == 10


def test_scores_are_rounded_down_once_at_the_end() -> None:
    assert score(BattleRule(points=33), 10) == 3
    assert score(BattleRule(points=33, gifts={"rose": 3}), 10) == 9
    assert score(BattleRule(points=1), 99) == 0


def test_factors_of_gifts_take_the_place_of_those_of_levels() -> None:
    rule = BattleRule(levels={"3": 2}, gifts={"rocket": 5, "heart": 0})
    assert score(rule, level=3) == 20
    assert score(rule, gift="rocket", level=3) == 50
    assert score(rule, gift="heart", level=3) == 0
    assert score(rule, level=2) == 10


def test_promotional_coins_count_where_the_rule_says_so() -> None:
    assert score(BattleRule(promo=False), 10, promo=4) == 6


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(0, 300, 20), (59.999, 240, 20), (60, 240, 10), (270, 30.001, 10), (270, 30, 30), (299, 0.001, 30)],
)
def test_first_and_last_seconds_count_more(since: float, until: float, expected: int) -> None:
    rule = BattleRule(first=BonusTime(60, 2), last=BonusTime(30, 3))
    assert rule.score("rose", 1, 10, 0, timedelta(seconds=since), timedelta(seconds=until)) == expected


def test_a_rule_is_read_as_it_was_written() -> None:
    rule = BattleRule(points=50, promo=False, gifts={"a": 2}, last=BonusTime(10, 2), likes=5)
    assert read_rule(write_rule(rule)) == rule
    assert read_rule("") == BattleRule()


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"points": 0}', '{"point": 1}', '{"gifts": {"a": -1}}', '{"points": 1.5}']
)
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_rule(text)


def at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    """Return a time in Shanghai, 8 hours before that in UTC."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC) - 8 * HOUR


def test_only_battles_within_the_hours_of_this_day_count() -> None:
    limit = read_limit("2 20:00-22:00 Asia/Shanghai")
    began = [at(19, 59), at(20), at(21), at(20, day=2)]
    assert not may_battle(limit, began, at(21, 59))
    assert may_battle(limit, began, at(22))
    assert may_battle(limit, began, at(19))
    assert may_battle(limit, began[:2], at(21, 59))
    assert may_battle(limit, began, at(20, 30, day=2)), "one today"
    assert may_battle(None, began, at(21))


def test_hours_may_go_over_midnight() -> None:
    limit = read_limit("1 22:00-02:00 Asia/Shanghai")
    assert not may_battle(limit, [at(23)], at(1, 59, day=2))
    assert may_battle(limit, [at(23)], at(2, day=2))
    assert may_battle(limit, [at(1)], at(23))


@pytest.mark.parametrize(
    "text", ["2", "x 20:00-22:00 UTC", "2 25:00-26:00 UTC", "2 20:00-22:00 Nowhere", "2 20-22 UTC"]
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as 2 20:00"):
        read_limit(text)
