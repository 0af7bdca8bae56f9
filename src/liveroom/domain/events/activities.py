"""Events of activities, in the stream of the room in which they ran."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from liveroom.domain.activities.goals import MeasureText, ReachedGoal
from liveroom.domain.activities.model import Activity, RunningActivity
from liveroom.domain.activities.payloads import EndText
from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.payloads import Counter


class ActivityEventPayload(EventPayload):
    """An activity, and in which broadcast it is."""

    activity_id: str
    room_id: str
    broadcast_id: str
    user_id: str
    """Who has started it."""
    type: str
    """``poll``, ``prediction``, ``goal``, or what a module has declared."""


class StartedActivityEvent(ActivityEventPayload):
    """An activity has begun in a room."""

    kind: ClassVar[str] = "activity.started"
    shown: dict[str, Any]
    """What its type shows: docs/activities.md."""


class EndedActivityEvent(ActivityEventPayload):
    """An activity is over."""

    kind: ClassVar[str] = "activity.ended"
    reason: EndText
    votes: Counter
    """How many have voted; of a goal, how far it came."""
    result: dict[str, Any]
    """What came of it, by its type."""


class ReachedGoalEvent(EventPayload):
    """A target of a goal is reached: recorded once for each."""

    kind: ClassVar[str] = "goal.reached"
    activity_id: str
    room_id: str
    broadcast_id: str
    user_id: str
    """Who has set the goal."""
    title: str
    measure: MeasureText
    gift_id: str
    """Of the measure ``gift``; else empty."""
    target: Counter
    """The one that is reached."""
    step: int
    """Its number among the goal's targets, from 1."""
    steps: int
    """How many targets there are: the last one is the goal, and ends it."""


def goal_reached(activity: Activity, reached: ReachedGoal, at: datetime, category: str) -> NewEvent:
    """Return the event of a target that is reached."""
    payload = ReachedGoalEvent(
        room_id=activity.room,
        broadcast_id=activity.broadcast,
        user_id=activity.by,
        **msgspec.structs.asdict(reached),
    )
    return NewEvent(payload.kind, category, at, payload)


def started(activity: Activity, shown: RunningActivity, category: str) -> NewEvent:
    """Return the event of a new activity."""
    payload = StartedActivityEvent(**_fields(activity), shown=_raw(shown.shown))
    return NewEvent(payload.kind, category, activity.began, payload)


def ended(activity: Activity, at: datetime, category: str) -> NewEvent:
    """Return the event of an activity that is over."""
    payload = EndedActivityEvent(
        **_fields(activity),
        reason="" if activity.end is None else activity.end.value,
        votes=activity.votes,
        result=_raw(activity.result),
    )
    return NewEvent(payload.kind, category, at, payload)


def _fields(activity: Activity) -> dict[str, Any]:
    return {
        "activity_id": activity.id,
        "room_id": activity.room,
        "broadcast_id": activity.broadcast,
        "user_id": activity.by,
        "type": activity.type,
    }


def _raw(written: str) -> Any:
    """Return JSON as what msgspec writes as it is."""
    return msgspec.Raw(written.encode())
