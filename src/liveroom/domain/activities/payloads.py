"""Activities as clients read them: in a room's state, in its events, and in answers."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from liveroom.domain.activities.model import Activity, ActivityEnd, Running, RunningActivity
from liveroom.domain.activities.rules import Destination
from liveroom.domain.moments import at
from liveroom.domain.payloads import Counter, Instant, Payload, instant_text

EndText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(ActivityEnd)})]


class ActivityTally(Payload, kw_only=True):
    """What is counted in an activity."""

    activity_id: str
    votes: Counter
    """How many have voted; of a goal, how far it is. Show the highest that was received."""
    counts: dict[str, int] | msgspec.UnsetType = msgspec.UNSET
    """How many ballots have each choice; left out if that is told at the end only."""


class ActivityState(Payload, kw_only=True):
    """An activity that runs."""

    activity_id: str
    type: str
    """``poll``, ``prediction``, ``goal``, or what a module has declared."""
    version: int
    """Increases with each change: of two states, the one with the higher version is the newer one."""
    user_id: str
    """Who has started it."""
    start_at: Instant
    end_at: Instant | msgspec.UnsetType = msgspec.UNSET
    """When something happens in it by itself; left out if nothing does."""
    state: dict[str, Any]
    """What its type shows: docs/activities.md."""
    tally: ActivityTally | msgspec.UnsetType = msgspec.UNSET
    """What is counted so far; left out while nothing is."""


class ActivityChange(ActivityState, kw_only=True):
    """An activity after a change."""

    action: str
    """What was done; empty: its time came."""


class EndedActivity(Payload):
    """An activity that is over."""

    activity_id: str
    type: str
    version: int
    reason: EndText
    """``finished`` by its rules, ``ended`` by a host or moderator, ``timeOver``, ``closed`` with the broadcast, or
    ``withdrawn``: the service does not offer it any more."""
    votes: Counter
    result: dict[str, Any]
    """What came of it, by its type."""


class ArrivingRaid(Payload):
    """The audience of another room may come now."""

    activity_id: str
    room_id: str
    """The room that they come from."""
    user_id: str
    """Who sends them."""
    name: str
    avatar: str


def tally_of(activity: Activity, *, tallied: bool) -> ActivityTally:
    """Return what everybody is told of what is counted."""
    counts: Any = dict(activity.tally) if tallied else msgspec.UNSET
    return ActivityTally(activity_id=activity.id, votes=activity.votes, counts=counts)


def activity_state(one: RunningActivity, tally: bytes | None = None) -> ActivityState:
    """Return an activity that runs. ``tally``: an ``ActivityTally`` as JSON."""
    return ActivityState(**_fields(one), tally=_raw(tally) if tally else msgspec.UNSET)


def activity_states(activities: Running, tallies: Mapping[str, bytes]) -> list[ActivityState]:
    """Return the activities of a room. ``tallies``: what is counted in each, as JSON."""
    return [activity_state(one, tallies.get(one.id)) for one in activities]


def activity_change(one: RunningActivity, action: str) -> ActivityChange:
    """Return what a room is told of a change."""
    return ActivityChange(**_fields(one), action=action)


def arriving_raid(activity: Activity, destination: Destination) -> ArrivingRaid:
    """Return what the other room is told at the end."""
    return ArrivingRaid(
        activity_id=activity.id,
        room_id=activity.room,
        user_id=activity.by,
        name=destination.name,
        avatar=destination.avatar,
    )


def ended_activity(activity: Activity) -> EndedActivity:
    """Return what a room is told at the end."""
    return EndedActivity(
        activity_id=activity.id,
        type=activity.type,
        version=activity.version,
        reason="" if activity.end is None else activity.end.value,
        votes=activity.votes,
        result=_raw(activity.result.encode()),
    )


def _fields(one: RunningActivity) -> dict[str, Any]:
    return {
        "activity_id": one.id,
        "type": one.type,
        "version": one.version,
        "user_id": one.by,
        "start_at": instant_text(at(one.began)),
        "end_at": instant_text(at(one.due)) if one.due else msgspec.UNSET,
        "state": _raw(one.shown.encode()),
    }


def _raw(written: bytes) -> Any:
    """Return JSON as what msgspec writes as it is."""
    return msgspec.Raw(written)
