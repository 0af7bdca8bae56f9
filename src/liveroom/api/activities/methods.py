"""``activities/*``: what all types of activities have in common."""

from typing import Annotated, Final

from liveroom.api.activities.choosing import STEERING, OneActivity
from liveroom.api.activities.shapes import (
    ActivityObject,
    BallotObject,
    OwnActivityObject,
    VotedObject,
    activity_object,
    ballot_object,
    own_object,
    past_object,
    voted_object,
)
from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Many, Request, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.activities.hosting import Activities
from liveroom.usecases.activities.reading import ActivityReading
from liveroom.usecases.activities.voting import Votes

PAGE_MAX: Final = 100
CHOICES_MAX: Final = 10


class ActivitiesOfRoom(Request):
    """The room."""

    room_id: Id


@method(
    "base/v1/activities/current",
    bad_request=Code.RoomQueryParams,
    reply=list[OwnActivityObject],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def current(call: ActivitiesOfRoom, actor: Actor, activity_reading: ActivityReading) -> Page:
    """List what runs in a room, with the caller's ballots, to its members: for who comes in or reloads the page."""
    found = await activity_reading.current(actor, RoomId(call.room_id))
    return Page.of([own_object(one.view, one.ballots) for one in found])


class Choose(Request):
    """``choices``: of a poll or prediction, the numbers of options, from 0."""

    activity_id: Id
    choices: Annotated[tuple[str, ...], Many(CHOICES_MAX, ",")]


@method(
    "base/v1/activities/vote",
    bad_request=Code.RoomQueryParams,
    reply=VotedObject,
    codes=(Code.ActivityNotExists, Code.ActivityOver, Code.ActivityRefuses, Code.NotInRoom),
)
async def vote(call: Choose, actor: Actor, votes: Votes) -> VotedObject:
    """Vote in an activity, as a member of its room. The first vote of each user counts, once: a second call answers
    what they have chosen.

    It is over, or takes no more votes: 3132. Its rules refuse it, such as more options than may be chosen: 3133.
    """
    return voted_object(await votes.vote(actor, call.activity_id, call.choices))


@method(
    "base/v1/activities/end",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=ActivityObject,
    codes=STEERING,
)
async def end(call: OneActivity, actor: Actor, activities: Activities) -> ActivityObject:
    """End an activity, and tell the room what came of it; hosts and moderators only (3000).

    It is over already: 3132. A prediction that is ended is called off: nobody gets points.
    """
    return activity_object(await activities.end(actor, call.activity_id))


class PastActivities(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 20


@method(
    "base/v1/activities/past",
    bad_request=Code.RoomQueryParams,
    reply=list[ActivityObject],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def past(call: PastActivities, actor: Actor, activity_reading: ActivityReading) -> Page:
    """List a room's activities that are over, newest first, with their results, to members of the room."""
    room = RoomId(call.room_id)
    found, cursor = await activity_reading.past(actor, room, cursor=call.cursor, limit=call.limit)
    return Page.of([past_object(activity) for activity in found], cursor)


class BallotsOfActivity(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    activity_id: Id
    cursor: Id = ""
    limit: Annotated[int, Whole(1, PAGE_MAX)] = 50


@method(
    "base/v1/activities/ballots",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=list[BallotObject],
    data=Data.LIST,
    codes=(Code.ActivityNotExists, Code.ActivityRefuses, Code.RoomNotExists, Code.PermissionDenied),
)
async def ballots(call: BallotsOfActivity, actor: Actor, activity_reading: ActivityReading) -> Page:
    """List who has chosen what, ordered by user id; hosts and moderators only. Of an anonymous one nobody: 3133."""
    id = call.activity_id
    found, cursor = await activity_reading.ballots(actor, id, cursor=call.cursor, limit=call.limit)
    return Page.of([ballot_object(cast) for cast in found], cursor)
