"""The rules of polls."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from liveroom.domain.activities.failures import ActivityOver, ActivityRefuses
from liveroom.domain.activities.polls import Poll, PollParams
from liveroom.domain.errors import BadRequest

NOW = datetime(2026, 12, 1, 20, tzinfo=UTC)
RULES = Poll()


def params(**given: Any) -> PollParams:
    return PollParams(**{"question": "Which song?", "options": ("One", "Two", "Three"), **given})


def test_a_poll_that_lasts_closes_by_itself_and_takes_no_ballot_from_then_on() -> None:
    state = RULES.start(params(lasts=30), NOW)
    assert RULES.due(state) == NOW + timedelta(seconds=30)
    assert RULES.ballot(state, ["2"], NOW + timedelta(seconds=29.999)).choices == ("2",)
    with pytest.raises(ActivityOver):
        RULES.ballot(state, ["2"], NOW + timedelta(seconds=30))
    assert RULES.when_due(state, NOW).is_over
    assert RULES.due(RULES.start(params(), NOW)) is None


@pytest.mark.parametrize(
    "given",
    [
        {"question": " "},
        {"question": "q" * 201},
        {"options": ("One",)},
        {"options": tuple(map(str, range(11)))},
        {"options": ("One", "One")},
        {"options": ("One", " ")},
        {"options": ("One", "o" * 65)},
        {"most": 0},
        {"most": 4},
    ],
)
def test_a_question_that_nobody_can_answer_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        RULES.start(params(**given), NOW)


@pytest.mark.parametrize("choices", [(), ("3",), ("-1",), ("01",), ("one",), ("1", "1"), ("0", "1", "2")])
def test_what_is_no_ballot_is_refused(choices: tuple[str, ...]) -> None:
    with pytest.raises(ActivityRefuses):
        RULES.ballot(RULES.start(params(most=2), NOW), choices, NOW)


def test_the_same_choice_is_the_same_ballot_in_any_order() -> None:
    state = RULES.start(params(most=2), NOW)
    assert RULES.ballot(state, ["2", "0"], NOW) == RULES.ballot(state, ["0", "2"], NOW)


def test_a_result_has_the_counts_of_all_options_also_of_those_that_nobody_chose() -> None:
    state = RULES.start(params(), NOW)
    result = RULES.result(state, 5, {"1": 5})
    assert (result.votes, result.counts) == (5, [0, 5, 0])
    assert msgspec.json.decode(msgspec.json.encode(RULES.shown(state)))["options"] == ["One", "Two", "Three"]


def test_texts_come_back_as_they_were_screened() -> None:
    asked = params()
    texts = {name: text.upper() for name, text in RULES.texts(asked).items()}
    assert RULES.with_texts(asked, texts) == params(question="WHICH SONG?", options=("ONE", "TWO", "THREE"))
