"""Fault points: places where a test lets the process die, to see that what is left behind is put right.

A point does nothing until it is armed, which a test does itself or the setting `fault` for a process of its own.
"""

import os
import time
from collections.abc import Callable
from typing import Final, NoReturn

POINTS: Final[tuple[str, ...]] = (
    "access.committed",
    "activity.committed",
    "activity.counted",
    "goal.counted",
    "agency.closed",
    "alert.recorded",
    "change.committed",
    "charge.answered",
    "charge.asked",
    "charge.reversed",
    "close.committed",
    "close.emptied",
    "connection.committed",
    "connection.half",
    "delete.committed",
    "enter.admitted",
    "enter.claimed",
    "enter.former_left",
    "envelope.ended",
    "envelope.grabbed",
    "envelope.sent",
    "erasure.part",
    "expiry.left",
    "gifts.paid",
    "gifts.published",
    "import.taken",
    "journal.recorded",
    "journal.saved",
    "leave.left",
    "ledger.posted",
    "minors.part",
    "logout.committed",
    "open.committed",
    "orphan.committed",
    "ranks.counted",
    "receipt.credited",
    "receipt.refunded",
    "relay.applied",
    "report.resolved",
    "settlement.counted",
    "settlement.paid",
    "state.shown",
    "stream.committed",
    "talk.saved",
    "upload.claimed",
    "upload.published",
    "upload.settled",
    "upload.withdrawn",
    "webhook.claimed",
    "webhook.sent",
)
"""Every point there is, so that tests can walk them; a promise test compares the list with the code."""

KILLED: Final = 137
"""Exit status of a process that a fault ended: that of SIGKILL."""

_armed: dict[str, Callable[[], object]] = {}


def point(name: str) -> None:
    """Mark a place between two steps; costs one look at an empty dict."""
    if _armed and (action := _armed.get(name)):
        action()


def die() -> NoReturn:
    """End the process as a kill does: nothing is flushed, nothing is closed."""
    os._exit(KILLED)


def arm(name: str, action: Callable[[], object] = die) -> None:
    """Let the action happen each time the point is passed."""
    if name not in POINTS:
        raise ValueError(f"There is no fault point {name!r}; there are: {', '.join(POINTS) or 'none'}.")
    _armed[name] = action


def arm_as_set(setting: str) -> None:
    """Arm the point that the setting names; ``gifts.paid:9`` is deadly once nine seconds are over."""
    name, _, seconds = setting.partition(":")
    due = time.monotonic() + float(seconds or 0)

    def die_in_time() -> None:
        if time.monotonic() >= due:
            die()

    arm(name, die_in_time)


def disarm() -> None:
    """Disarm every point."""
    _armed.clear()
