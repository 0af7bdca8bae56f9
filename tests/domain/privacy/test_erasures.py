"""Erasing a deleted user: the rounds, the pseudonym, and events that do not say any more who somebody was."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.privacy.erasures import PREFIX, ROUNDS, erasure_of, without

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ANN = UserId("40000001")


def test_a_pseudonym_leads_nowhere_and_is_known_as_one() -> None:
    drawn = {erasure_of(ANN, TenantName(""), NOW).pseudonym for _ in range(100)}
    assert len(drawn) == 100
    assert all(one.startswith(PREFIX) and len(one) == 17 and ANN not in one for one in drawn)
    assert not ANN.startswith(PREFIX)


def test_rounds_follow_each_other_from_the_deletion_on() -> None:
    erasure, begins = erasure_of(ANN, TenantName(""), NOW), []
    while True:
        begins.append(erasure.due - NOW)
        if erasure.is_last:
            break
        erasure = erasure.after_round()
    assert begins == list(ROUNDS)
    assert ROUNDS[0] == timedelta(0), "the first is at once"
    assert timedelta(minutes=10) in ROUNDS


@pytest.mark.parametrize(
    ("kind", "payload", "left"),
    [
        (
            "user.registered",
            {"userId": ANN, "name": "Ann", "avatar": "a.png", "tag": "x", "tag2": "", "username": "ann", "door": "own"},
            {"userId": ANN, "name": "", "avatar": "", "tag": "", "tag2": "", "username": "", "door": "own"},
        ),
        ("user.banned", {"userId": ANN, "until": None, "reason": "Ann!"}, {"userId": ANN, "until": None, "reason": ""}),
        (
            "member.left",
            {"roomId": "7", "userId": ANN, "name": "Ann", "reason": "left", "role": "audience"},
            {"roomId": "7", "userId": ANN, "name": "", "reason": "left", "role": "audience"},
        ),
        (
            "room.closed",
            {"roomId": ANN, "ownerId": "8", "holderId": ANN, "title": "Ann's", "cover": "c", "reason": "destroyed"},
            {"roomId": ANN, "ownerId": "8", "holderId": ANN, "title": "", "cover": "", "reason": "destroyed"},
        ),
        (
            "report.filed",
            {"targetId": ANN, "reporterId": "8", "reason": "spam", "words": "call Ann", "note": "she"},
            {"targetId": ANN, "reporterId": "8", "reason": "spam", "words": "", "note": ""},
        ),
        (
            "report.filed",
            {"targetId": "8", "reporterId": ANN, "reason": "spam", "words": "hi", "note": "call me Ann"},
            {"targetId": "8", "reporterId": ANN, "reason": "spam", "words": "", "note": ""},
        ),
        (
            "quiz.won",
            {"best": [{"userId": ANN, "name": "Ann", "points": 3}, {"userId": "8", "name": "Bob", "points": 2}]},
            {"best": [{"userId": ANN, "name": "", "points": 3}, {"userId": "8", "name": "Bob", "points": 2}]},
        ),
    ],
)
def test_what_was_told_says_no_more_who_it_was(kind: str, payload: Any, left: Any) -> None:
    assert without(ANN, kind, payload) == left


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("member.entered", {"userId": "8", "name": "Bob"}),
        ("member.banned", {"userId": "8", "by": ANN, "reason": "spam"}),
        ("room.updated", {"roomId": "7", "ownerId": "8", "updatedBy": ANN, "title": "Bob's"}),
        ("user.deleted", {"userId": ANN}),
        ("poll.opened", ["text", 1, None, {"name": ANN}]),
    ],
)
def test_what_is_somebody_elses_is_left_as_it_is(kind: str, payload: Any) -> None:
    assert without(ANN, kind, payload) == payload


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(ANN),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["userId", "targetId", "name", "text", "ownerId", "title", "x"]), inner)
    ),
    max_leaves=8,
)


@given(_JSON, st.sampled_from(["member.left", "user.updated", "any.kind"]))
def test_any_event_can_be_told_without_somebody_and_again(payload: Any, kind: str) -> None:
    once = without(ANN, kind, payload)
    assert without(ANN, kind, once) == once
    assert json.dumps(once).count(ANN) <= json.dumps(payload).count(ANN)
