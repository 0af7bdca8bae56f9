"""Turns to write a room's likes, and how many of one user count."""

import pytest

from liveroom.domain.errors import RateLimited
from liveroom.domain.rooms.likes import MOST, LikeWindow, WriteTurns

NOW = 1_000_000


def test_the_first_writer_has_its_turn_now_and_its_next_a_step_later() -> None:
    turn, turns = WriteTurns().asked(0, NOW)
    assert turn == NOW
    assert turns.written(NOW) == (NOW + 210, 210, WriteTurns(NOW, NOW + 420))


def test_writers_have_turns_one_after_another_and_none_too_far_ahead() -> None:
    turns, given = WriteTurns(last=NOW), []
    for _ in range(8):
        turn, turns = turns.asked(0, NOW)
        given.append(turn - NOW)
    assert given == [202, *range(412, 412 + 7 * 210, 210)]
    with pytest.raises(RateLimited):
        turns.asked(0, NOW)


def test_no_two_writes_are_closer_than_the_least_time_between_them() -> None:
    turn, _ = WriteTurns(last=NOW - 50, free=NOW).asked(NOW, NOW)
    assert turn == NOW + 152


def test_turns_of_a_clock_that_was_ahead_are_forgotten() -> None:
    assert WriteTurns(NOW + 1, NOW + 2).at(NOW) == WriteTurns()
    assert WriteTurns().asked(NOW + 100_000, NOW) == (NOW, WriteTurns())


def test_likes_of_a_user_count_up_to_the_most_of_a_window() -> None:
    full = LikeWindow(NOW).plus(MOST, NOW)
    assert full == LikeWindow(NOW, MOST)
    assert full.plus(1, NOW + 9_999) is None
    assert full.plus(1, NOW + 10_000) == LikeWindow(NOW + 10_000, 1)
    assert full.plus(1, NOW - 1) == LikeWindow(NOW - 1, 1), "the clock was put back"
