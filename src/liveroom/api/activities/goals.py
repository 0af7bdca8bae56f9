"""Goals: what a room wants to reach, counted by the service."""

from typing import Annotated, Final

from liveroom.api.activities.choosing import STARTING, Lasts, read_lasts
from liveroom.api.activities.shapes import ActivityObject, activity_object
from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.parameters import Id, Many, Request, Text
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.goals import TARGET_MAX, TARGETS_MAX, TITLE_MAX, GoalMeasure, GoalParams
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.activities.goals import Goals

_DIGITS: Final = len(str(TARGET_MAX))


class StartGoal(Request):
    """``measure``: what is counted: ``likes``, ``viewers`` (people in the room at once, at most), ``followers`` (all of
    the room's owner), ``newFollowers``, ``coins`` (what gifts cost), or ``gift``: pieces of the gift ``giftId``.

    ``targets``: 1 to 10 whole numbers, each above the one before it: the last one is the goal, those before it are
    steps on the way. ``whole``: what the broadcast had before counts too; else likes, gifts and new followers count
    from now on. ``lasts``: 5 to 86,400 seconds; 0: until it is reached or ended.
    """

    room_id: Id
    measure: Annotated[str, Text(16)]
    targets: Annotated[tuple[str, ...], Many(TARGETS_MAX, ",")]
    title: Annotated[str, Text(TITLE_MAX)] = ""
    gift_id: Id = ""
    whole: bool = False
    lasts: Lasts = 0


@method(
    "base/v1/activities/start_goal",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=ActivityObject,
    codes=(*STARTING, Code.ActivityRefuses, Code.GiftNotOffered),
)
async def start_goal(call: StartGoal, actor: Actor, goals: Goals) -> ActivityObject:
    """Set a goal in a live room; hosts and moderators only (3000). A room has at most four at a time: 3131.

    The service counts. The room receives ``activity.tally`` at most twice a second, whose ``votes`` say how far the
    goal is, and ``goal.reached`` once for each target. The last one ends it. The first target is reached already: 3133.
    Gifts are counted, and there are none here, or not this one: 3052.
    """
    params = GoalParams(
        measure=_read_measure(call.measure),
        targets=tuple(map(_read_target, call.targets)),
        title=call.title.strip(),
        gift_id=call.gift_id,
        whole=call.whole,
        lasts=read_lasts(call.lasts),
    )
    return activity_object(await goals.start(actor, RoomId(call.room_id), params))


def _read_measure(text: str) -> GoalMeasure:
    try:
        return GoalMeasure(text)
    except ValueError:
        raise BadRequest(f"measure: {', '.join(GoalMeasure)}") from None


def _read_target(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadRequest(f"targets: whole numbers from 1 to {TARGET_MAX}")
    return int(text)
