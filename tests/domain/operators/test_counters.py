"""What is known from sums: differences, how long most calls took, and past minutes put together."""

from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.operators.counters import BOUNDS, NOTHING, Counters
from liveroom.domain.operators.overview import KEPT, MINUTE, POINTS_MAX, PastMinute, points, step_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def histogram(**counts: int) -> list[int]:
    """Return a histogram by the numbers of its buckets."""
    found = [0] * (len(BOUNDS) + 1)
    for name, count in counts.items():
        found[int(name[1:])] = count
    return found


def test_what_was_counted_between_two_moments_and_before_is_what_was_counted_in_all() -> None:
    first = Counters({"0": 3, "99": 1}, histogram(b0=4), 2, 1)
    last = Counters({"0": 5, "99": 1, "204": 1}, histogram(b0=5, b3=2), 2, 4)
    between = last.since(first)
    assert (between.codes, between.calls, between.enters, between.messages) == ({"0": 2, "204": 1}, 3, 0, 3)
    assert first.plus(between) == last
    assert NOTHING.plus(last).codes == last.codes
    assert last.since(NOTHING) == last


@pytest.mark.parametrize(
    ("counts", "slow"),
    [
        ({"b0": 100}, 0.000475),
        ({"b0": 95, "b7": 5}, 0.0005),
        ({"b0": 90, "b7": 10}, 0.075),
        ({"b14": 1}, 10.0),
        ({"b13": 2}, 9.75),
    ],
)
def test_the_time_of_most_calls_lies_where_the_bucket_of_the_slow_ones_is(counts: dict[str, int], slow: float) -> None:
    assert Counters(seconds=histogram(**counts)).slow() == pytest.approx(slow)


def test_without_calls_nothing_is_known_of_their_time() -> None:
    assert NOTHING.slow() is None


def test_a_picture_of_any_span_has_at_most_three_hundred_points() -> None:
    for minutes in range(1, KEPT // MINUTE + 1):
        step = step_of(minutes * MINUTE)
        assert minutes * MINUTE <= POINTS_MAX * step
    assert [step_of(timedelta(hours=hours)) // MINUTE for hours in (3, 5, 6, 24, 168)] == [1, 1, 2, 5, 60]


def test_a_point_of_several_minutes_has_the_highest_level_and_all_counts() -> None:
    minutes = [
        (NOON, PastMinute(online=3, rooms=1, codes={"0": 10}, enters=1)),
        (NOON + MINUTE, PastMinute(online=7, codes={"0": 5, "99": 1}, messages=2)),
        (NOON + 5 * MINUTE, PastMinute(online=1)),
    ]
    found = points(minutes, 5 * MINUTE)
    assert [(at, count) for at, _, count in found] == [(NOON, 2), (NOON + 5 * MINUTE, 1)]
    both = found[0][1]
    assert (both.online, both.rooms, both.viewers, both.codes) == (7, 1, None, {"0": 15, "99": 1})
    assert (both.enters, both.messages) == (1, 2)
