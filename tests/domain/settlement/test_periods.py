"""Periods of a calendar: months and weeks follow each other without gaps, in any time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.errors import BadRequest
from liveroom.domain.settlement.periods import Calendar, PeriodUnit

ZONES = ("UTC", "Asia/Shanghai", "America/New_York", "Asia/Kolkata")
MONTHS = Calendar(PeriodUnit.MONTH, UTC)
WEEKS = Calendar(PeriodUnit.WEEK, UTC)


@given(st.integers(0, 2 * 10**9), st.sampled_from(ZONES), st.sampled_from(list(PeriodUnit)))
def test_each_time_is_in_one_period_which_its_key_leads_back_to(second: int, zone: str, unit: PeriodUnit) -> None:
    calendar, now = Calendar(unit, ZoneInfo(zone)), datetime(2020, 1, 10, tzinfo=UTC) + timedelta(seconds=second)
    period = calendar.at(now)
    assert period.begins <= now < period.ends
    assert calendar.read(period.id) == period
    before = calendar.before(period)
    assert before.ends == period.begins
    assert before.id < period.id


def test_a_month_begins_at_midnight_of_the_operators_time_zone_also_when_the_clocks_change() -> None:
    shanghai = Calendar(PeriodUnit.MONTH, ZoneInfo("Asia/Shanghai")).read("2026-11")
    assert shanghai.begins == datetime(2026, 10, 31, 16, tzinfo=UTC)
    york = Calendar(PeriodUnit.MONTH, ZoneInfo("America/New_York")).read("2026-11")
    assert (york.begins, york.ends) == (datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 12, 1, 5, tzinfo=UTC))
    assert york.settles == york.ends + timedelta(seconds=60)


def test_a_week_is_that_of_its_thursday() -> None:
    assert WEEKS.at(datetime(2027, 1, 3, tzinfo=UTC)).id == "2026-W53"
    assert WEEKS.read("2027-W01").begins == datetime(2027, 1, 4, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-W48", "2026-11-01", "1999-01", "²026-11", "2026-11\n"])
def test_what_is_no_month_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadRequest, match="2026-11"):
        MONTHS.read(text)


@pytest.mark.parametrize("text", ["2026-11", "2025-W53", "2026-W00", "2026-W54"])
def test_what_is_no_week_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadRequest, match="2026-W48"):
        WEEKS.read(text)
