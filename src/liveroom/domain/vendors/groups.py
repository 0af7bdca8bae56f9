"""What is to be done about a room's group of messages: a rule of how things stand, what is wanted, and the time."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from liveroom.domain.vendors.model import DOUBT, GUARD, Achieved


class GroupStep(StrEnum):
    """What to do next."""

    NOTHING = "nothing"
    WAIT = "wait"
    MAKE = "make"
    """Make the group; one that is there is named instead."""
    RENAME = "rename"
    DISSOLVE = "dissolve"
    FORGET = "forget"
    """The group is gone for good, and nothing has to be remembered of it."""


class Next(NamedTuple):
    """The next step; ``until`` when to wait."""

    step: GroupStep
    until: datetime | None = None


def next_step(known: Achieved, wanted: Achieved | None, now: datetime) -> Next:
    """Return what is to be done; nothing is wanted of a room that is closed.

    A call that was not answered may have been carried out, or yet be: a group is then made, or ended, as soon as it may
    be, and once more when the unanswered call cannot come any more.
    """
    if wanted is None:
        return _towards_none(known, now)
    is_there = (known.app, known.broadcast) == (wanted.app, wanted.broadcast)
    if not is_there:
        free = _free_from(known)
        return Next(GroupStep.WAIT, free) if free is not None and now < free else Next(GroupStep.MAKE)
    if known.name != wanted.name:
        return Next(GroupStep.RENAME)
    if known.doubt is None:
        return Next(GroupStep.NOTHING)
    return _once_more(GroupStep.MAKE, known.doubt, now)


def after_step(known: Achieved, reached: Achieved, now: datetime) -> Achieved:
    """Return how things stand after a call that was answered: an older one's doubt stays until its time is over."""
    doubt = known.doubt if known.doubt is not None and now < known.doubt + DOUBT else None
    return Achieved(reached.app, reached.broadcast, reached.name, reached.dissolved, doubt)


def _towards_none(known: Achieved, now: datetime) -> Next:
    if known.dissolved is None:
        return Next(GroupStep.DISSOLVE)
    if known.doubt is not None:
        return _once_more(GroupStep.DISSOLVE, known.doubt, now)
    # Until then it is remembered, so that a group made again waits for the guard.
    end = known.dissolved + GUARD
    return Next(GroupStep.WAIT, end) if now < end else Next(GroupStep.FORGET)


def _once_more(step: GroupStep, doubt: datetime, now: datetime) -> Next:
    return Next(GroupStep.WAIT, doubt + DOUBT) if now < doubt + DOUBT else Next(step)


def _free_from(known: Achieved) -> datetime | None:
    """Return from when on the group's id may be used again."""
    ends = [at for at in (known.dissolved, known.doubt) if at is not None]
    return max(ends) + GUARD if ends else None
