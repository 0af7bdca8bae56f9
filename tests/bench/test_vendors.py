"""The judgement over calls with vendors up, down, slow and talking nonsense: medians are compared, call by call."""

from tests.bench.vendors import WAYS, judge


def test_a_call_that_is_late_in_most_runs_is_named() -> None:
    fast, late = {"a": 10.0, "b": 10.0}, {"a": 10.0, "b": 15.1}
    found = {way: [fast, fast, fast] for way in WAYS} | {"slow": [fast, late, late]}
    assert judge(found)[1] == ["b"]


def test_one_bad_run_and_five_milliseconds_are_no_matter() -> None:
    fast, late, near = {"a": 10.0}, {"a": 900.0}, {"a": 15.0}
    found = {way: [fast, fast, fast] for way in WAYS} | {"down": [fast, late, fast], "slow": [near, near, near]}
    assert judge(found)[1] == []
