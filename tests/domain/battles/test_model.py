"""Who wins a battle, and what leaving does: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.battles.model import (
    DRAW,
    BattleRoom,
    BattleState,
    EndReason,
    LeftWhy,
    RoomBattle,
    decided,
    left,
    read_sides,
    sides_inside,
    winner_of,
)
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, UserId

NOW = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)


def battle(*rooms: tuple[int, int], gone: tuple[int, ...] = ()) -> RoomBattle:
    """Return a battle of rooms 0, 1, … with these sides and scores."""
    whose = UserId("ann")
    found = [
        BattleRoom(RoomId(str(at)), whose, "", "", side, score, left=LeftWhy.CLOSED if at in gone else None)
        for at, (side, score) in enumerate(rooms)
    ]
    return RoomBattle("b", 1, BattleState.RUNNING, NOW, NOW + timedelta(minutes=5), None, tuple(found))


@pytest.mark.parametrize(
    ("rooms", "gone", "winner"),
    [
        (((1, 5), (2, 4)), (), 1),
        (((1, 5), (2, 5)), (), DRAW),
        (((1, 0), (2, 0)), (), DRAW),
        (((1, 5), (2, 4)), (0,), 2),
        (((1, 5), (2, 4), (2, 2)), (), 2),
        (((1, 5), (2, 4), (2, 2)), (2,), 2),
        (((1, 9), (2, 4), (3, 4)), (0,), DRAW),
        (((1, 9), (2, 4), (3, 5)), (0,), 3),
        (((1, 9), (2, 4)), (0, 1), 1),
        (((1, -3), (2, 0)), (), 2),
    ],
)
def test_the_side_that_is_left_with_the_highest_sum_wins(
    rooms: tuple[tuple[int, int], ...], gone: tuple[int, ...], winner: int
) -> None:
    assert winner_of(battle(*rooms, gone=gone)) == winner


def test_leaving_is_noted_once_with_its_reason() -> None:
    first = left(battle((1, 0), (2, 0), (2, 0)), [RoomId("1")], LeftWhy.GAVE_UP)
    again = left(first, [RoomId("1"), RoomId("2")], LeftWhy.CLOSED)
    assert sides_inside(first) == [1, 2]
    assert sides_inside(again) == [1]
    assert [one.left for one in again.rooms] == [None, LeftWhy.GAVE_UP, LeftWhy.CLOSED]
    assert (first.version, again.version) == (2, 3)


def test_a_decision_has_scores_winner_and_how_long_it_is_shown() -> None:
    running = battle((1, 0), (2, 0))
    result = decided(running, {RoomId("1"): 7}, {RoomId("0"): 3}, EndReason.TIME_OVER, NOW, timedelta(seconds=10))
    assert [(one.score, one.likes) for one in result.rooms] == [(0, 3), (7, 0)]
    assert (result.winner, result.state, result.closes) == (2, BattleState.RESULT, NOW + timedelta(seconds=10))
    assert not result.counts_at(NOW)
    assert running.counts_at(running.ends - timedelta(milliseconds=1))
    assert not running.counts_at(running.ends)


def test_without_sides_each_room_is_one_of_its_own() -> None:
    rooms = [RoomId("a"), RoomId("b")]
    assert list(read_sides(rooms, [])) == [2, 3]
    assert read_sides(rooms, [1, 2]) == [1, 2]
    for wrong in ([2], [1, 1], [1, 2, 3]):
        with pytest.raises(BadRequest):
            read_sides(rooms, wrong)
