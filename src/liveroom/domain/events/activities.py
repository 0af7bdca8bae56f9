"""Events of activities, in the stream of the room in which they ran."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

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
    """``poll``, ``prediction``, or what a module has declared."""


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
    """How many have voted."""
    result: dict[str, Any]
    """What came of it, by its type."""


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
