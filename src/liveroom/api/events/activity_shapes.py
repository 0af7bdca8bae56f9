"""Events of activities as clients read them."""

from liveroom.api.events.shapes import EventShape
from liveroom.domain.activities.goals import ReachedGoal
from liveroom.domain.activities.payloads import (
    ActivityChange,
    ActivityState,
    ActivityTally,
    ArrivingRaid,
    EndedActivity,
)
from liveroom.domain.events.model import EventKind


class ActivityStarted(EventShape, kw_only=True, tag=EventKind.ACTIVITY_STARTED.value):
    """An activity, such as a poll, has begun. After a failure it may be told twice, with the same ``activityId``."""

    data: ActivityState
    """The activity."""


class ActivityChanged(EventShape, kw_only=True, tag=EventKind.ACTIVITY_CHANGED.value):
    """Something was done in an activity, or its time came."""

    data: ActivityChange
    """The activity after it. Ignore one whose ``version`` is not higher than the one that you have."""


class ActivityTallied(EventShape, kw_only=True, tag=EventKind.ACTIVITY_TALLY.value):
    """What is counted in an activity, at most five times a second."""

    data: ActivityTally
    """All that is counted so far."""


class ActivityEnded(EventShape, kw_only=True, tag=EventKind.ACTIVITY_ENDED.value):
    """An activity is over."""

    data: EndedActivity
    """Why, and what came of it."""


class RaidArrived(EventShape, kw_only=True, tag=EventKind.RAID_ARRIVED.value):
    """The hosts of another room have sent its audience here: who wants to come enters as ever."""

    data: ArrivingRaid
    """From where."""


class GoalReached(EventShape, kw_only=True, tag=EventKind.GOAL_REACHED.value):
    """A target of a goal is reached: told once for each. Whoever comes later celebrates it no more."""

    data: ReachedGoal
    """The target."""


ActivityEvent = ActivityStarted | ActivityChanged | ActivityTallied | ActivityEnded | RaidArrived | GoalReached
