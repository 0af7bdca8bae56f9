"""The rules of predictions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liveroom.domain.activities.failures import ActivityOver, ActivityRefuses
from liveroom.domain.activities.model import NO_AWARD, Award
from liveroom.domain.activities.predictions import LOCK, RESOLVE, Prediction, PredictionParams
from liveroom.domain.activities.rules import ActivityMember
from liveroom.domain.errors import BadRequest, PermissionDenied
from liveroom.domain.ids import UserId

NOW = datetime(2026, 12, 1, 20, tzinfo=UTC)
RULES = Prediction()
HOST, FAN = ActivityMember(UserId("ann"), True), ActivityMember(UserId("bob"), False)


def params(**given: Any) -> PredictionParams:
    return PredictionParams(**{"question": "Who wins?", "options": ("Red", "Blue"), **given})


def test_a_prediction_locks_by_itself_once_and_waits_for_its_outcome() -> None:
    state = RULES.start(params(lasts=30), NOW)
    due = RULES.due(state)
    assert due == NOW + timedelta(seconds=30)
    step = RULES.when_due(state, due)
    assert (step.is_over, step.state.locked, RULES.due(step.state)) == (False, True, None)
    for late in (state, step.state):
        with pytest.raises(ActivityOver):
            RULES.ballot(late, ["0"], due)


def test_an_outcome_ends_it_and_awards_those_who_were_right() -> None:
    state = RULES.start(params(points=25), NOW)
    assert RULES.award(state) == NO_AWARD
    step = RULES.act(state, RESOLVE, {"outcome": 1}, HOST, NOW)
    assert step.is_over
    assert RULES.award(step.state) == Award("1", 25)
    result = RULES.result(step.state, 3, {"0": 1, "1": 2})
    assert (result.outcome, result.counts) == (1, [1, 2])


def test_only_hosts_steer_it_and_only_to_what_is_there() -> None:
    state = RULES.start(params(), NOW)
    assert RULES.act(state, LOCK, {}, HOST, NOW).state.locked
    steering: list[tuple[str, dict[str, Any]]] = [(LOCK, {}), (RESOLVE, {"outcome": 0})]
    for action, data in steering:
        with pytest.raises(PermissionDenied):
            RULES.act(state, action, data, FAN, NOW)
    wrong: list[tuple[str, dict[str, Any]]] = [(RESOLVE, {"outcome": 2}), (RESOLVE, {"outcome": True}), ("dance", {})]
    for action, given in wrong:
        with pytest.raises(ActivityRefuses):
            RULES.act(state, action, given, HOST, NOW)
    for points in (0, 1001):
        with pytest.raises(BadRequest):
            RULES.start(params(points=points), NOW)


def test_one_option_is_chosen() -> None:
    with pytest.raises(ActivityRefuses):
        RULES.ballot(RULES.start(params(), NOW), ["0", "1"], NOW)
