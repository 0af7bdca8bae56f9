"""Scheduled broadcasts: rooms that are reserved until their owner opens them, for a time that everybody may know.

A broadcast is held if it opens at any time before its start, or within ``HELD_WITHIN`` after it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.model import Room, RoomChanges
from liveroom.domain.rooms.options import OptionChanges, RoomOptions

SCHEDULED_MAX: Final = 20
"""Broadcasts that one user may have scheduled at a time."""
AHEAD_MAX: Final = timedelta(days=365)
"""How long before its start a broadcast may be scheduled."""
LISTED_AHEAD: Final = timedelta(days=30)
"""How long before its start it is listed."""
HELD_WITHIN: Final = timedelta(hours=1)
"""After its start; one that nobody has opened by then is called off."""


class Plan(NamedTuple):
    """What is said of a broadcast that is to come; None leaves it as it is."""

    starts: datetime | None
    changes: RoomChanges
    options: OptionChanges


class Mark(NamedTuple):
    """A place in the list of scheduled rooms: they are ordered by their start, and those of one start by their id."""

    starts: datetime
    room: RoomId


def schedule(room: Room, plan: Plan, *, by: UserId, now: datetime) -> Room:
    """Return a reserved room as it is planned. Raises ``BadRequest``.

    A broadcast that is put off lasts as long as before.
    """
    starts, length = _start(room.options, plan.starts, now), length_of(room.options)
    put_off = replace(room.options, starts=starts, ends=starts + length if length else None)
    return replace(plan.changes.apply(room, by=by, now=now), options=plan.options.apply(put_off, starts))


def length_of(options: RoomOptions) -> timedelta:
    """Return how long a scheduled broadcast is to last; zero: until its people close it."""
    if options.starts is None or options.ends is None:
        return timedelta(0)
    return options.ends - options.starts


def _start(options: RoomOptions, wanted: datetime | None, now: datetime) -> datetime:
    if wanted is None or wanted == options.starts:
        if options.starts is None:
            raise BadRequest("startUtc: required")
        return options.starts
    if not now < wanted <= now + AHEAD_MAX:
        raise BadRequest("startUtc: must be in the future, within a year")
    return wanted
