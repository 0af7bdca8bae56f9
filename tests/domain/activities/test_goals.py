"""The rules of goals: what they begin with, how far they are, and which targets are reached."""

from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.activities.failures import ActivityRefuses
from liveroom.domain.activities.goals import (
    TARGET_MAX,
    TARGETS_MAX,
    TITLE_MAX,
    Goal,
    GoalMeasure,
    GoalParams,
    GoalState,
    count_of,
    is_step,
    stepped,
)
from liveroom.domain.errors import BadRequest
from tests.store.sql.samples import NOW

RULES = Goal()


def goal(**given: Any) -> GoalState:
    return RULES.start(GoalParams(**{"measure": GoalMeasure.LIKES, "targets": (10, 20), **given}), NOW)


@pytest.mark.parametrize("targets", [(), (0,), (5, 5), (6, 5), (TARGET_MAX + 1,), tuple(range(1, TARGETS_MAX + 2))])
def test_targets_ascend_within_bounds(targets: tuple[int, ...]) -> None:
    with pytest.raises(BadRequest):
        goal(targets=targets)


def test_a_gift_is_named_where_its_pieces_are_counted_and_nowhere_else() -> None:
    assert goal(measure=GoalMeasure.GIFT, gift_id="rose").gift_id == "rose"
    for given in ({"measure": GoalMeasure.GIFT}, {"measure": GoalMeasure.COINS, "gift_id": "rose"}):
        with pytest.raises(BadRequest):
            goal(**given)


def test_a_title_has_a_bound() -> None:
    assert goal(title="x" * TITLE_MAX).title
    with pytest.raises(BadRequest):
        goal(title="x" * (TITLE_MAX + 1))


def test_likes_and_gifts_count_from_the_beginning_of_the_goal_or_of_the_broadcast() -> None:
    for measure, gift in ((GoalMeasure.LIKES, ""), (GoalMeasure.COINS, ""), (GoalMeasure.GIFT, "rose")):
        new = goal(measure=measure, gift_id=gift, figure=7)
        whole = goal(measure=measure, gift_id=gift, figure=7, whole=True)
        assert (RULES.counts_from(new), count_of(new, 9)) == (0, 2)
        assert (RULES.counts_from(whole), count_of(whole, 9)) == (7, 9)


@pytest.mark.parametrize("measure", [GoalMeasure.VIEWERS, GoalMeasure.FOLLOWERS])
def test_viewers_and_followers_are_all_that_there_are(measure: GoalMeasure) -> None:
    assert RULES.counts_from(goal(measure=measure, figure=7)) == 7
    with pytest.raises(ActivityRefuses, match="above 10"):
        goal(measure=measure, figure=10)


def test_a_count_below_what_there_was_is_none() -> None:
    assert count_of(goal(figure=7), 3) == 0


def test_targets_are_reached_in_order_and_the_last_one_ends_it() -> None:
    state = goal()
    assert not is_step(state, 9)
    assert is_step(state, 10)
    first = stepped(state, 19)
    assert (first.state.reached, first.is_over) == (1, False)
    assert not is_step(first.state, 19)
    assert stepped(first.state, 3).state.reached == 1, "what is reached stays so"
    both = stepped(state, 25)
    assert (both.state.reached, both.is_over) == (2, True)
    assert not is_step(both.state, 99)


def test_a_goal_may_be_limited_in_time() -> None:
    assert RULES.due(goal()) is None
    assert RULES.due(goal(lasts=60)) == NOW + timedelta(seconds=60)


def test_a_title_is_screened_where_there_is_one() -> None:
    params = GoalParams(measure=GoalMeasure.LIKES, targets=(1,), title="bad")
    assert RULES.with_texts(params, {"title": "***"}).title == "***"
    assert RULES.texts(GoalParams(measure=GoalMeasure.LIKES, targets=(1,))) == {}
