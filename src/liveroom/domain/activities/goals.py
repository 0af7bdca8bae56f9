"""Goals: a number of the broadcast that the room wants to reach, perhaps in steps, and that is celebrated once.

What is counted is read from what the service counts anyway (``usecases.activities.goal_figures``). A goal's count is
kept as its activity's ``votes`` and never falls, whatever becomes of the figure: gifts that are taken back, followers
who go and likes that a lost live store has forgotten stay counted.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar, Final

import msgspec

from liveroom.domain.activities.failures import ActivityRefuses
from liveroom.domain.activities.model import Activity, Tally
from liveroom.domain.activities.rules import ActivityRules, ActivityStep
from liveroom.domain.errors import BadRequest
from liveroom.domain.payloads import Counter, Payload

TARGETS_MAX: Final = 10
TARGET_MAX: Final = 1_000_000_000_000
TITLE_MAX: Final = 60
GOALS_MAX: Final = 4
"""Goals that a room has at once."""
REACHED: Final = "reached"
"""The action by which a room is told that a step is reached."""


class GoalMeasure(StrEnum):
    """What is counted."""

    LIKES = "likes"
    VIEWERS = "viewers"
    """People in the room at once, hosts too: the most that there were since the goal began."""
    FOLLOWERS = "followers"
    """All who follow the room's owner."""
    NEW_FOLLOWERS = "newFollowers"
    """Those of them who have come in this broadcast."""
    COINS = "coins"
    """What all gifts cost."""
    GIFT = "gift"
    """Pieces of one gift."""


OF_GIFTS: Final = frozenset({GoalMeasure.COINS, GoalMeasure.GIFT})
_ONLY_NEW: Final = frozenset({GoalMeasure.LIKES, *OF_GIFTS})
"""Of these, what there was before the goal began does not count, unless the host wants it to."""
MeasureText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(GoalMeasure)})]


class GoalParams(Payload, kw_only=True):
    """What a goal is begun with."""

    measure: GoalMeasure
    targets: tuple[int, ...]
    """Ascending: the last one is the goal, those before it are steps on the way."""
    title: str = ""
    gift_id: str = ""
    whole: bool = False
    """What the broadcast had before the goal began counts too."""
    lasts: int = 0
    """Seconds; 0: until it is reached or ended."""
    figure: int = 0
    """What the measure is as the goal begins."""
    since: int = 0
    """Followers from then on are new, in milliseconds since 1970."""


class GoalState(msgspec.Struct, frozen=True, kw_only=True):
    """A goal that runs."""

    measure: GoalMeasure
    targets: tuple[int, ...]
    title: str
    gift_id: str
    base: int
    """What is taken off the figure."""
    figure: int
    """What it was as the goal began."""
    since: int
    closes: datetime | None
    reached: int = 0
    """How many of the targets."""


class ShownGoal(Payload, kw_only=True):
    """A goal as members see it. How far it is, is the ``votes`` of its tally."""

    title: str
    measure: MeasureText
    gift_id: str
    targets: tuple[int, ...]
    reached: int
    """How many of the targets are reached."""


class GoalOutcome(ShownGoal, kw_only=True):
    """A goal that is over."""

    count: Counter
    """How far it came."""


class ReachedGoal(Payload, kw_only=True):
    """A target of a goal is reached."""

    activity_id: str
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


class Goal(ActivityRules[GoalParams, GoalState]):
    """The rules."""

    type: ClassVar[str] = "goal"
    params = GoalParams
    state = GoalState
    at_once: ClassVar[int] = GOALS_MAX

    def start(self, params: GoalParams, now: datetime) -> GoalState:
        _check_targets(params.targets)
        if len(params.title) > TITLE_MAX:
            raise BadRequest(f"title: at most {TITLE_MAX} characters")
        if (params.measure is GoalMeasure.GIFT) != bool(params.gift_id):
            raise BadRequest("giftId: of the measure gift, and of no other")
        is_new = params.measure in _ONLY_NEW and not params.whole
        state = GoalState(
            measure=params.measure,
            targets=params.targets,
            title=params.title,
            gift_id=params.gift_id,
            base=params.figure if is_new else 0,
            figure=params.figure,
            since=params.since,
            closes=now + timedelta(seconds=params.lasts) if params.lasts else None,
        )
        if self.counts_from(state) >= params.targets[0]:
            raise ActivityRefuses(f"targets: above {self.counts_from(state)}, which there are already")
        return state

    def due(self, state: GoalState) -> datetime | None:
        return state.closes

    def counts_from(self, state: GoalState) -> int:
        return count_of(state, state.figure)

    def shown(self, state: GoalState) -> ShownGoal:
        return ShownGoal(
            title=state.title,
            measure=state.measure.value,
            gift_id=state.gift_id,
            targets=state.targets,
            reached=state.reached,
        )

    def result(self, state: GoalState, votes: int, tally: Tally) -> GoalOutcome:
        return GoalOutcome(**msgspec.structs.asdict(self.shown(state)), count=votes)

    def texts(self, params: GoalParams) -> Mapping[str, str]:
        return {"title": params.title} if params.title else {}

    def with_texts(self, params: GoalParams, texts: Mapping[str, str]) -> GoalParams:
        return msgspec.structs.replace(params, title=texts.get("title", ""))


def count_of(state: GoalState, figure: int) -> int:
    """Return how far a goal is when its measure is this."""
    return max(figure - state.base, 0)


def is_step(state: GoalState, count: int) -> bool:
    """Say whether a goal that is so far has reached a target that is not noted yet."""
    return state.reached < len(state.targets) and count >= state.targets[state.reached]


def stepped(state: GoalState, count: int) -> ActivityStep[GoalState]:
    """Return what becomes of a goal that is so far: it is over with its last target."""
    reached = max(state.reached, sum(target <= count for target in state.targets))
    return ActivityStep(msgspec.structs.replace(state, reached=reached), is_over=reached == len(state.targets))


def reached_goals(activity: Activity, before: GoalState, after: GoalState) -> Sequence[ReachedGoal]:
    """Return what a room is told of the targets that a step has reached, the lowest first."""
    return [
        ReachedGoal(
            activity_id=activity.id,
            title=after.title,
            measure=after.measure.value,
            gift_id=after.gift_id,
            target=after.targets[number],
            step=number + 1,
            steps=len(after.targets),
        )
        for number in range(before.reached, after.reached)
    ]


def _check_targets(targets: Sequence[int]) -> None:
    if not 1 <= len(targets) <= TARGETS_MAX or list(targets) != sorted(set(targets)):
        raise BadRequest(f"targets: 1 to {TARGETS_MAX}, each above the one before it")
    if targets[0] < 1 or targets[-1] > TARGET_MAX:
        raise BadRequest(f"targets: 1 to {TARGET_MAX}")
