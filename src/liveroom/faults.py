"""Fault points: places where a test lets the process die, to see that what is left behind is put right.

A point does nothing until it is armed, which a test does itself or the setting `fault` for a process of its own.
"""

import os
from collections.abc import Callable
from typing import Final, NoReturn

POINTS: Final[tuple[str, ...]] = (
    "access.committed",
    "alert.recorded",
    "change.committed",
    "close.committed",
    "close.emptied",
    "connection.committed",
    "connection.half",
    "delete.committed",
    "enter.admitted",
    "enter.claimed",
    "enter.former_left",
    "erasure.part",
    "expiry.left",
    "gifts.paid",
    "gifts.published",
    "import.taken",
    "journal.recorded",
    "journal.saved",
    "leave.left",
    "ledger.posted",
    "logout.committed",
    "open.committed",
    "orphan.committed",
    "relay.applied",
    "report.resolved",
    "state.shown",
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


def disarm() -> None:
    """Disarm every point."""
    _armed.clear()
