"""docs/capacity.md is what docs/performance.md and the mix of the apps make it, and its arithmetic is right."""

import re

import pytest

from liveroom.bench.mix import KEEPALIVE, Share
from tests.docs import capacity
from tests.docs.pages import ROOT


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [capacity.ENGLISH, capacity.CHINESE], ids=lambda words: str(words.page))
def test_the_tables_are_those_of_the_figures_measured_last(words: capacity.Words) -> None:
    assert _page(words.page) == capacity.page(words), "run `python -m tests.docs.capacity`"


def test_every_call_of_the_tables_has_a_figure_on_every_setup() -> None:
    for setup in capacity.SETUPS:
        cost = capacity.costs(setup)
        assert len(cost) >= 7
        assert all(0 < seconds < 10 for seconds in cost.values())


def test_a_thousand_users_cost_a_hundred_keepalives_a_second() -> None:
    assert capacity.used(KEEPALIVE, {"user_keepalive": 0.05}) == pytest.approx(0.005)


def test_a_call_that_is_not_measured_counts_as_much_as_the_dearest() -> None:
    cost = {"user_keepalive": 0.05, "enter_room": 0.2, "leave_room": 0.1}
    assert capacity.used(Share("oauth/register", 2.0), cost) == pytest.approx(0.0004)


def test_the_sum_of_the_calls_is_what_users_cost() -> None:
    table = _page("docs/capacity.md").partition("<!-- computed: calls -->")[2].partition("<!-- end -->")[0]
    *parts, total = [float(found) for found in re.findall(r"([\d.]+) %", table)]
    assert total == pytest.approx(sum(parts), abs=0.005 * len(parts))
    assert total == pytest.approx(100 * capacity.used_by_users(capacity.SHOWN), abs=0.006)
