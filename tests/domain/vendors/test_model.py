"""What is done about a group, how long is waited, and when a breaker lets calls through: rules, told the time."""

from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.vendors.groups import GroupStep, Next, after_step, next_step
from liveroom.domain.vendors.model import (
    DOUBT,
    GUARD,
    LONGEST_WAIT,
    NOTHING,
    Achieved,
    Breaker,
    BreakerState,
    Trouble,
    Vendor,
    VendorFailure,
    partition_of,
    read_partition,
    wait_before,
)

NOW = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WANTED = Achieved(7, "b2", "Karaoke")
FORMER = Achieved(7, "b1", "Karaoke")
BUSY = VendorFailure(Trouble.BUSY, "busy")
REFUSED = VendorFailure(Trouble.ACCESS, "wrong key")


def gone(seconds: float, *, doubt: datetime | None = None) -> Achieved:
    return Achieved(7, dissolved=NOW - timedelta(seconds=seconds), doubt=doubt)


@pytest.mark.parametrize(
    ("known", "wanted", "following"),
    [
        (NOTHING, WANTED, Next(GroupStep.MAKE)),
        (FORMER, WANTED, Next(GroupStep.MAKE)),
        (Achieved(8, "b2", "Karaoke"), WANTED, Next(GroupStep.MAKE)),
        (WANTED, WANTED, Next(GroupStep.NOTHING)),
        (Achieved(7, "b2", "Old"), WANTED, Next(GroupStep.RENAME)),
        (gone(1), WANTED, Next(GroupStep.WAIT, NOW - SECOND + GUARD)),
        (gone(7), WANTED, Next(GroupStep.MAKE)),
        (Achieved(7, "b1", doubt=NOW - SECOND), WANTED, Next(GroupStep.WAIT, NOW - SECOND + GUARD)),
        (Achieved(7, "b1", doubt=NOW - 7 * SECOND), WANTED, Next(GroupStep.MAKE)),
        (Achieved(7, "b2", "Karaoke", doubt=NOW - SECOND), WANTED, Next(GroupStep.WAIT, NOW - SECOND + DOUBT)),
        (Achieved(7, "b2", "Karaoke", doubt=NOW - DOUBT), WANTED, Next(GroupStep.MAKE)),
        (NOTHING, None, Next(GroupStep.DISSOLVE)),
        (FORMER, None, Next(GroupStep.DISSOLVE)),
        (gone(1), None, Next(GroupStep.WAIT, NOW - SECOND + GUARD)),
        (gone(7), None, Next(GroupStep.FORGET)),
        (gone(7, doubt=NOW - SECOND), None, Next(GroupStep.WAIT, NOW - SECOND + DOUBT)),
        (gone(7, doubt=NOW - DOUBT), None, Next(GroupStep.DISSOLVE)),
    ],
)
def test_the_next_step_follows_from_what_is_known_and_wanted(
    known: Achieved, wanted: Achieved | None, following: Next
) -> None:
    assert next_step(known, wanted, NOW) == following


def test_a_call_in_doubt_is_remembered_until_it_cannot_come_any_more() -> None:
    known = Achieved(7, "b1", doubt=NOW)
    assert after_step(known, WANTED, NOW + DOUBT - SECOND).doubt == NOW
    assert after_step(known, WANTED, NOW + DOUBT) == WANTED


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_waits_grow_and_stay_bounded(chance: float) -> None:
    waits = [wait_before(tries, chance) for tries in range(50)]
    assert waits == sorted(waits)
    assert SECOND / 2 <= waits[0] <= SECOND
    assert LONGEST_WAIT / 2 <= waits[-1] <= LONGEST_WAIT


def test_a_breaker_opens_after_five_failures_in_a_row_and_closes_with_an_answer() -> None:
    breaker = Breaker()
    for _ in range(4):
        assert not breaker.failed(BUSY, NOW)
    assert not breaker.succeeded(), "it was not open"
    for _ in range(4):
        breaker.failed(BUSY, NOW)
    assert breaker.state(NOW) is BreakerState.CLOSED
    assert breaker.failed(BUSY, NOW)
    assert (breaker.state(NOW), breaker.reason) == (BreakerState.OPEN, "busy")
    assert breaker.state(NOW + 10 * SECOND) is BreakerState.TRYING
    assert breaker.succeeded()
    assert breaker.state(NOW) is BreakerState.CLOSED


def test_a_breaker_that_tries_in_vain_stays_open_for_longer_but_not_for_ever() -> None:
    breaker, now, opens = Breaker(), NOW, []
    for _ in range(5):
        breaker.failed(BUSY, now)
    for _ in range(6):
        since = now
        while breaker.state(now) is BreakerState.OPEN:
            now += SECOND
        opens.append(int((now - since).total_seconds()))
        assert not breaker.failed(BUSY, now), "an outage is told once"
    assert opens == [10, 20, 40, 60, 60, 60]


def test_a_refusal_of_our_keys_opens_it_at_once_and_for_longer() -> None:
    breaker, now = Breaker(), NOW
    assert breaker.failed(REFUSED, now)
    for _ in range(10):
        while breaker.state(now) is BreakerState.OPEN:
            now += SECOND
        breaker.failed(REFUSED, now)
    assert breaker.state(now + timedelta(minutes=9)) is BreakerState.OPEN


def test_failures_of_calls_that_were_under_way_do_not_keep_an_open_breaker_open() -> None:
    breaker = Breaker()
    for _ in range(9):
        breaker.failed(BUSY, NOW)
    assert breaker.state(NOW + 10 * SECOND) is BreakerState.TRYING


@pytest.mark.parametrize("tenant", [DEFAULT_TENANT, TenantName("shop")])
def test_a_partition_says_whose_it_is(tenant: TenantName) -> None:
    assert read_partition(partition_of(Vendor.TRTC, tenant)) == (Vendor.TRTC, tenant)
