"""Fault points and the clock: the two places where tests may reach into time and death."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest

from liveroom import faults
from liveroom.clock import SystemClock

HERE, THERE = faults.POINTS[:2]


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    faults.disarm()


class Hit(Exception):
    """The fault of these tests."""


def hit() -> None:
    raise Hit


def test_a_point_does_nothing_until_it_is_armed_and_only_that_one_acts() -> None:
    faults.point(HERE)
    faults.arm(HERE, hit)
    faults.point(THERE)
    with pytest.raises(Hit):
        faults.point(HERE)
    faults.disarm()
    faults.point(HERE)


def test_a_point_that_is_not_listed_cannot_be_armed() -> None:
    with pytest.raises(ValueError, match=f"there are: {HERE}, "):
        faults.arm("elsewhere")


def test_a_fault_ends_the_process_as_a_kill_does_and_not_before_its_time() -> None:
    program = (
        "from liveroom import faults\n"
        f"faults.arm_as_set('{HERE}:3600')\n"
        f"faults.point({HERE!r})\n"
        f"faults.arm_as_set({HERE!r})\n"
        f"try:\n    faults.point({HERE!r})\nfinally:\n    print('closed')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (faults.KILLED, "")


def test_the_systems_clock_is_aware_and_adds_nothing() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.offset == timedelta(0)
    assert clock.monotonic() <= clock.monotonic()
