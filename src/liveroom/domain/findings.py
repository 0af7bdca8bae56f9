"""A finding: what was looked at, how it stands, and what to do where it does not stand well."""

from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple

_NOTICEABLE: Final = timedelta(seconds=1)
_HARMFUL: Final = timedelta(seconds=10)


class Level(StrEnum):
    """How it stands."""

    OK = "ok"
    WARN = "warn"
    """The service works, and the operator may want to know."""
    FAIL = "fail"
    """The service does not start, does not work, or can be misused."""


class Finding(NamedTuple):
    """One line. ``remedy`` is empty where nothing has to be done."""

    level: Level
    subject: str
    fact: str
    remedy: str = ""


def ok(subject: str, fact: str) -> Finding:
    return Finding(Level.OK, subject, fact)


def warn(subject: str, fact: str, remedy: str) -> Finding:
    return Finding(Level.WARN, subject, fact, remedy)


def fail(subject: str, fact: str, remedy: str) -> Finding:
    return Finding(Level.FAIL, subject, fact, remedy)


def clock_finding(whose: str, ahead: timedelta) -> Finding:
    """Judge how far this machine's clock is ahead of another's."""
    subject, apart = "clock", abs(ahead)
    fact = f"{apart.total_seconds():.1f} s {'ahead of' if ahead > timedelta(0) else 'behind'} the clock of {whose}"
    remedy = "synchronize both machines with a time server (chrony, systemd-timesyncd)"
    if apart < _NOTICEABLE:
        return ok(subject, f"agrees with the clock of {whose}")
    return fail(subject, fact, remedy) if apart >= _HARMFUL else warn(subject, fact, remedy)
