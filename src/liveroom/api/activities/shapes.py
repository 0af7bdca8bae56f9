"""What methods of activities answer."""

from collections.abc import Sequence
from typing import Any

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.activities.model import Activity, Ballot
from liveroom.domain.activities.payloads import EndText
from liveroom.domain.payloads import Counter, Instant, instant_text
from liveroom.ports import CastBallot
from liveroom.usecases.activities.changes import ActivityView
from liveroom.usecases.activities.reading import RankedPoints
from liveroom.usecases.activities.voting import Voted

NOT_SAID: Any = msgspec.UNSET


class ActivityObject(Shape, kw_only=True):
    """An activity."""

    activity_id: str
    type: str
    """``poll``, ``prediction``, ``goal``, or what a module has declared."""
    version: int
    """Increases with each change: of two answers or events, the one with the higher version is the newer one."""
    room_id: str
    user_id: str
    """Who has started it."""
    start_at: Instant
    end_at: Instant | msgspec.UnsetType = msgspec.UNSET
    """When it ends or something happens in it by itself, or when it has ended; left out if neither is known."""
    votes: Counter
    """How many have voted; of a goal, how far it is."""
    counts: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    """How many ballots have each choice; left out if that is told at the end only, which has it in ``result``."""
    state: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    """What its type shows while it runs: docs/activities.md."""
    reason: EndText | msgspec.UnsetType = msgspec.UNSET
    """Why it is over: ``finished`` by its rules, ``ended`` by a host or moderator, ``timeOver``, ``closed`` with the
    broadcast, or ``withdrawn``. Left out while it runs.
    """
    result: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    """What came of it, by its type; left out while it runs."""


class OwnActivityObject(ActivityObject, kw_only=True):
    """An activity that runs, and what the caller has chosen in it."""

    choices: list[str]
    """The caller's ballot; empty: they have not voted."""


class VotedObject(ActivityObject, kw_only=True):
    """An activity after a vote."""

    choices: list[str]
    """The caller's ballot that counts: the first one."""
    repeated: bool
    """An earlier call had cast it: this one has changed nothing."""


class BallotObject(Shape):
    """Who has chosen what."""

    user_id: str
    choices: list[str]
    time_at: Instant


class PointsObject(Shape):
    """Somebody with their points."""

    user_id: str
    name: str
    avatar: str
    points: int
    right: int
    """How often they were right."""


def activity_object(view: ActivityView) -> ActivityObject:
    """Return an activity as it is answered."""
    return ActivityObject(**_fields(view))


def own_object(view: ActivityView, ballots: Sequence[Ballot]) -> OwnActivityObject:
    """Return one that runs, with what the caller has chosen."""
    return OwnActivityObject(**_fields(view), choices=[choice for ballot in ballots for choice in ballot.choices])


def voted_object(voted: Voted) -> VotedObject:
    """Return one after a vote."""
    choices = list(voted.ballot.choices)
    return VotedObject(**_fields(voted.view), choices=choices, repeated=voted.is_repeated)


def past_object(activity: Activity) -> ActivityObject:
    """Return one that is over."""
    return activity_object(ActivityView(activity))


def ballot_object(cast: CastBallot) -> BallotObject:
    """Return who has chosen what."""
    return BallotObject(user_id=cast.user, choices=list(cast.ballot.choices), time_at=instant_text(cast.at))


def points_object(ranked: RankedPoints) -> PointsObject:
    """Return somebody with their points."""
    points, user = ranked
    name, avatar = ("", "") if user is None else (user.name, user.avatar)
    return PointsObject(user_id=points.user, name=name, avatar=avatar, points=points.points, right=points.right)


def _fields(view: ActivityView) -> dict[str, Any]:
    activity, running = view
    end = activity.ended or activity.due
    is_tallied = running is not None and running.tallied
    return {
        "activity_id": activity.id,
        "type": activity.type,
        "version": activity.version,
        "room_id": activity.room,
        "user_id": activity.by,
        "start_at": instant_text(activity.began),
        "end_at": NOT_SAID if end is None else instant_text(end),
        "votes": activity.votes,
        "counts": dict(activity.tally) if is_tallied else NOT_SAID,
        "state": NOT_SAID if running is None else msgspec.Raw(running.shown.encode()),
        "reason": NOT_SAID if activity.end is None else activity.end.value,
        "result": msgspec.Raw(activity.result.encode()) if activity.is_over else NOT_SAID,
    }
