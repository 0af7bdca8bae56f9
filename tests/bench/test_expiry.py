"""What is measured of users who fall silent at once is what is written."""

import pytest

from tests.bench.expiry import Expiry, figures, measure_expiry
from tests.bench.setups import Setup


def test_the_figures_tell_calls_before_from_calls_meanwhile() -> None:
    found = Expiry(10_000, before=[0.001, 0.002, 0.009], during=[0.003, 0.004, 0.0451], lasted=9.67, cpu=0.58)
    page = figures([("memory", found), ("Redis", Expiry(10_000, [0.001], [0.002], 9.0, 0.5, 0.00427))])
    assert "| 10,000 users of one room expire | memory | Redis |" in page
    assert "| seconds from the first gone to the last | 9.7 | 9.0 |" in page
    assert "| median meanwhile | 4.0 | 2.0 |" in page
    assert "| slowest meanwhile | 45.1 | 2.0 |" in page
    assert "| longest command of Redis in ms |  | 4.3 |" in page


@pytest.mark.long
async def test_all_who_fall_silent_are_gone_and_calls_of_others_are_timed_meanwhile() -> None:
    found = await measure_expiry(Setup("memory"), 20, lease=5)
    assert 0 <= found.lasted < 5
    assert found.before
    assert found.during
