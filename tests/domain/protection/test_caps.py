"""Caps: never more than is allowed, whatever is asked for in whichever order."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveroom.domain.protection.caps import RAISED_AFTER, Caps, GivenSoFar, GivingLimits, OwnCaps
from liveroom.domain.protection.failures import CapReached

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TODAY = date(2026, 11, 30)
_caps = st.builds(Caps, *[st.integers(0, 30)] * 3)


def test_the_lower_of_two_caps_counts_and_none_is_no_cap() -> None:
    assert Caps(10, 0, 5).within(Caps(3, 7, 0)) == Caps(3, 7, 5)


def test_a_day_and_a_month_begin_anew() -> None:
    known = GivenSoFar().plus(5, TODAY)
    assert (known.on(TODAY).in_day, known.on(TODAY).in_month) == (5, 5)
    january, december = known.on(date(2027, 1, 1)), known.on(date(2026, 12, 1))
    assert (january.in_day, january.in_month, december.in_month) == (0, 0, 0)
    first = GivenSoFar().plus(5, date(2026, 11, 1)).on(TODAY)
    assert (first.in_day, first.in_month) == (0, 5)


def test_a_day_before_the_last_one_gives_nothing_back() -> None:
    known = GivenSoFar().plus(5, TODAY)
    assert known.on(date(2026, 11, 29)) == known
    assert known.plus(1, date(2026, 11, 29)).in_day == 6


def test_more_than_is_left_says_what_is_left() -> None:
    known = GivenSoFar().plus(5, TODAY)
    known.check(2, GivingLimits(Caps(day=7), TODAY), NOW)
    with pytest.raises(CapReached) as reached:
        known.check(3, GivingLimits(Caps(gift=9, day=7, month=8), TODAY), NOW)
    assert reached.value.left == 2
    assert known.left(GivingLimits(Caps(month=3), TODAY), NOW) == 0
    assert known.left(GivingLimits(Caps(), TODAY), NOW) is None


def test_lower_caps_of_ones_own_count_at_once_and_higher_ones_after_a_day() -> None:
    own = OwnCaps().asked(Caps(day=10), NOW)
    assert own == OwnCaps(Caps(day=10))
    higher = own.asked(Caps(gift=3, day=20), NOW)
    assert higher.caps == Caps(gift=3, day=10)
    assert higher.at(NOW + RAISED_AFTER - timedelta(seconds=1)) == higher
    assert higher.at(NOW + RAISED_AFTER) == OwnCaps(Caps(gift=3, day=20))


def test_asking_again_for_the_same_does_not_begin_the_wait_anew() -> None:
    waiting = OwnCaps(Caps(day=10)).asked(Caps(), NOW)
    assert waiting.asked(Caps(), NOW + timedelta(hours=23)) == waiting
    other = waiting.asked(Caps(day=11), NOW + timedelta(hours=23))
    assert other.since == NOW + timedelta(hours=47)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(_caps, st.integers(0, 40)), max_size=8))
def test_whatever_is_asked_for_no_cap_rises_within_a_day(asked: list[tuple[Caps, int]]) -> None:
    own, now, seen = OwnCaps(), NOW, list[tuple[datetime, Caps]]()
    for wanted, hours in asked:
        own = own.asked(wanted, now)
        seen.append((now, own.at(now).caps))
        now += timedelta(hours=hours)
    for (_, before), (at, after) in pairwise(seen):
        if after.within(before) != after:
            assert any(at - RAISED_AFTER >= then for then, _ in seen), (before, after)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_caps, _caps, st.lists(st.tuples(st.integers(1, 12), st.integers(0, 3)), max_size=30))
def test_never_above_a_cap(caps: Caps, own: Caps, gifts: list[tuple[int, int]]) -> None:
    known, day, given_then = GivenSoFar(own=OwnCaps(own)), TODAY, list[tuple[date, int]]()
    least = caps.within(own)
    for coins, days in gifts:
        day += timedelta(days=days)
        left = known.left(GivingLimits(caps, day), NOW)
        assert (left is None) is (least == Caps())
        if left is None or coins <= left:
            known = known.plus(coins, day)
            given_then.append((day, coins))
    for day, coins in given_then:
        in_day = sum(some for at, some in given_then if at == day)
        in_month = sum(some for at, some in given_then if (at.year, at.month) == (day.year, day.month))
        assert coins <= (least.gift or coins)
        assert in_day <= (least.day or in_day)
        assert in_month <= (least.month or in_month)
