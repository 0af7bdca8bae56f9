"""Activities: a room has some that run, each of a type with rules of its own (``domain.activities.rules``).

What runs is in the room's row, as everybody in the room is shown it; all of an activity is in its own row, which stays.
Ballots are what is counted once for each user. They are rows too, and their sums are in the activity's row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.moments import moment

RUNNING_MAX: Final = 8
"""Activities of all types that a room has at once."""
SHOWN_MAX: Final = 6 * 1024
"""Bytes of JSON that an activity shows: an event, and each snapshot of the room, carries all of it."""
TYPE_MAX: Final = 32


class ActivityEnd(StrEnum):
    """Why an activity is over."""

    FINISHED = "finished"
    """By its own rules."""
    ENDED = "ended"
    """By a host or moderator."""
    TIME_OVER = "timeOver"
    CLOSED = "closed"
    """The broadcast is over."""
    WITHDRAWN = "withdrawn"
    """The service offers its type no longer."""


Tally = Mapping[str, int]
"""How many ballots have each choice."""


class Ballot(NamedTuple):
    """What one user has chosen: counted once for each subject of an activity ("": it has one only)."""

    choices: tuple[str, ...]
    subject: str = ""


class Award(NamedTuple):
    """What everybody gets whose ballot has this choice, in points of the room."""

    choice: str
    points: int


NO_AWARD: Final = Award("", 0)


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity, as its own row has it."""

    id: str
    tenant: TenantName
    room: RoomId
    broadcast: BroadcastId
    type: str
    by: UserId
    """Who has begun it."""
    version: int
    """Grows with each change: of two, the higher one is the newer one."""
    state: str
    """What its rules keep, as JSON."""
    began: datetime
    due: datetime | None
    """When something is to be done about it; None: never."""
    votes: int = 0
    """Ballots that are counted."""
    tally: Tally = field(default_factory=dict)
    award: Award = NO_AWARD
    secret: bool = False
    """Nobody is told who has chosen what, and its ballots are dropped once it is over."""
    ended: datetime | None = None
    end: ActivityEnd | None = None
    result: str = ""
    """What its rules say of it at the end, as JSON."""

    @property
    def is_over(self) -> bool:
        """Say whether it has ended."""
        return self.ended is not None


class RunningActivity(NamedTuple):
    """An activity that runs, as its room's row has it and everybody is shown it."""

    id: str
    type: str
    version: int
    by: UserId
    began: int
    """Milliseconds since 1970, as ``due``."""
    due: int
    """0: it is not limited in time."""
    shown: str
    """What its rules show, as JSON."""
    tallied: bool
    """Everybody sees how many ballots have each choice, not only how many there are."""


Running = tuple[RunningActivity, ...]
_decode: Final = msgspec.json.Decoder(Running).decode


def write_running(activities: Running) -> str:
    """Return the activities of a room as its row and the live store keep them; "": none."""
    return msgspec.json.encode(activities).decode() if activities else ""


def read_running(stored: str | None) -> Running:
    """Return the activities that ``write_running`` wrote."""
    return _decode(stored) if stored else ()


def running(activity: Activity, shown: str, *, tallied: bool) -> RunningActivity:
    """Return an activity as its room has it."""
    due = 0 if activity.due is None else moment(activity.due)
    began = moment(activity.began)
    return RunningActivity(
        activity.id, activity.type, activity.version, activity.by, began, due, shown, tallied
    )  # fmt: skip


def with_running(activities: Running, changed: RunningActivity) -> Running:
    """Return the activities of a room with one that is new or has changed."""
    if all(one.id != changed.id for one in activities):
        return (*activities, changed)
    return tuple(changed if one.id == changed.id else one for one in activities)


def without(activities: Running, id: str) -> Running:
    """Return the activities of a room without one."""
    return tuple(one for one in activities if one.id != id)


def counted(activity: Activity, cast: Sequence[Ballot], taken_back: Sequence[Ballot] = ()) -> Activity:
    """Return an activity with more ballots, of users whose ballots it did not have, and without those taken back.

    ``votes`` grows with either: of two tallies the newer one has more.
    """
    tally = dict(activity.tally)
    for ballots, by in ((cast, 1), (taken_back, -1)):
        for ballot in ballots:
            for choice in ballot.choices:
                tally[choice] = tally.get(choice, 0) + by
    return replace(activity, votes=activity.votes + len(cast) + len(taken_back), tally=tally)
