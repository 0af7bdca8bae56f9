"""Rules of drift: what counts as gone, when repairs are tried, and when much is too much. Every order of looks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.drift.model import CASES, KINDS, Drift, DriftCase, DriftKind, DriftSource, KnownDrift
from liveroom.domain.drift.rules import APART, HELD_FROM, KEPT, JudgedLook, is_too_much, judged, next_look, next_try

NOW: Final = datetime(2026, 12, 1, tzinfo=UTC)
GONE: Final = DriftCase.PARTICIPANT_GONE


def drift(number: int, case: DriftCase = GONE) -> Drift:
    return Drift(DriftSource.LIVEKIT, case, f"user {number}")


class Looks:
    """What follows from looks, one after the other, of which each is as late as it likes."""

    def __init__(self) -> None:
        self.known: dict[str, KnownDrift] = {}
        self.at = NOW

    def look(
        self, found: Sequence[Drift], items: int = 1000, *, later: timedelta = APART, allowed: bool = False
    ) -> JudgedLook:
        self.at += later
        judgement = judged(self.known, found, items, self.at, is_allowed=allowed)
        repaired = {one.drift.id for one in judgement.repairs}
        self.known = {
            one.drift.id: one._replace(tries=one.tries + (one.drift.id in repaired)) for one in judgement.known
        }
        return judgement


def test_every_case_is_explained() -> None:
    assert set(CASES) == set(DriftCase)
    assert {facts.kind for facts in CASES.values()} == set(DriftKind)
    assert all(facts.says.endswith(".") and facts.does.endswith(".") for facts in CASES.values())


def test_what_is_gone_once_is_not_repaired_and_gone_twice_is() -> None:
    looks = Looks()
    assert looks.look([drift(1)]).repairs == []
    assert [one.drift for one in looks.look([drift(1)]).repairs] == [drift(1)]


def test_two_looks_at_the_same_moment_count_as_one() -> None:
    looks = Looks()
    looks.look([drift(1)])
    assert looks.look([drift(1)], later=APART - timedelta(milliseconds=1)).repairs == []
    assert looks.look([drift(1)], later=APART).repairs != []


def test_what_was_there_again_in_between_counts_from_the_beginning() -> None:
    looks = Looks()
    looks.look([drift(1)])
    assert looks.look([]).gone == [drift(1).id]
    assert looks.look([drift(1)]).repairs == []


def test_what_only_adds_evidence_is_noted_at_the_first_look() -> None:
    unseen = drift(1, DriftCase.PARTICIPANT_UNSEEN)
    assert [one.drift for one in Looks().look([unseen]).repairs] == [unseen]


def test_a_repair_that_does_not_help_is_tried_more_and_more_seldom() -> None:
    looks = Looks()
    tried = [number for number in range(1, 40) if looks.look([drift(1)]).repairs]
    assert tried == [2, 3, 4, 6, 10, 18, 34]


def test_what_is_explained_only_is_never_repaired() -> None:
    looks = Looks()
    unknown = drift(1, DriftCase.MEDIA_ROOM_UNKNOWN)
    assert all(looks.look([unknown], allowed=True).repairs == [] for _ in range(9))


@pytest.mark.parametrize(
    ("differing", "items", "held"),
    [(49, 49, False), (50, 250, False), (50, 249, True), (51, 255, False), (10_000, 10_000, True), (0, 0, False)],
)
def test_more_than_a_fifth_and_fifty_at_least_is_too_much(differing: int, items: int, held: bool) -> None:
    assert is_too_much(differing, items) is held


def test_where_too_much_differs_nothing_is_repaired_until_an_operator_says_so() -> None:
    looks, many = Looks(), [drift(number) for number in range(HELD_FROM)]
    assert [looks.look(many, 100).is_held for _ in range(5)] == [True] * 5
    assert not any(one.tries for one in looks.known.values())
    allowed = looks.look(many, 100, allowed=True)
    assert (allowed.is_held, len(allowed.repairs)) == (False, HELD_FROM)


def test_what_is_not_ours_does_not_hold_the_rest() -> None:
    looks, gone = Looks(), drift(0)
    others = [drift(number, DriftCase.MEDIA_ROOM_UNKNOWN) for number in range(1, 500)]
    looks.look([gone, *others], 10)
    assert [one.drift for one in looks.look([gone, *others], 10).repairs] == [gone]


def test_of_very_many_some_are_kept_and_those_that_were_known_first() -> None:
    looks = Looks()
    known = looks.look([drift(number) for number in range(10)])
    more = looks.look([drift(number) for number in range(KEPT + 10)], 10**6)
    assert len(more.known) == KEPT
    assert {one.drift.id for one in known.known} <= {one.drift.id for one in more.known}


def test_what_waits_to_be_found_again_is_looked_at_soon_and_a_source_that_fails_more_and_more_seldom() -> None:
    once, twice = KnownDrift(drift(1), NOW, NOW), KnownDrift(drift(1), NOW, NOW, looks=2)
    assert next_look(DriftSource.LIVEKIT, [once], 0) < next_look(DriftSource.LIVEKIT, [twice], 0)
    assert next_look(DriftSource.LIVEKIT, [], 10_000) < timedelta(seconds=75)
    assert next_look(DriftSource.LIVEKIT, [], 100_000) > timedelta(minutes=6)
    waits = [next_try(DriftSource.LIVEKIT, failures) for failures in (1, 2, 3, 100)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=10)


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 120)), st.integers(0, 400), st.integers(0, 20), st.booleans())),
)
def test_nothing_is_ever_repaired_that_was_not_found_in_two_looks_one_after_the_other(
    given_looks: list[tuple[set[int], int, int, bool]],
) -> None:
    """The same rule, said over the whole history: each repair has two sightings apart, and no look without between."""
    looks, since = Looks(), dict[str, datetime]()
    for found, items, seconds, allowed in given_looks:
        drifts = [drift(number) for number in sorted(found)]
        judgement = looks.look(drifts, items, later=timedelta(seconds=seconds), allowed=allowed)
        since = {one.id: since.get(one.id, looks.at) for one in drifts}
        for one in judgement.repairs:
            assert looks.at - since[one.drift.id] >= APART
        if judgement.is_held:
            assert not judgement.repairs
            assert len(drifts) >= HELD_FROM
            assert len(drifts) * 5 > items
            assert not allowed
        assert {one.drift for one in judgement.known} == set(drifts)


def test_each_case_is_found_by_some_source() -> None:
    assert {kind for kinds in KINDS.values() for kind in kinds} == set(DriftKind)
    assert set(KINDS) == set(DriftSource)
