"""Predictions: members say what will come, and those who were right get points of the room."""

from typing import Annotated, Final

from liveroom.api.activities.choosing import STARTING, STEERING, Lasts, OneActivity, Options, Question, read_lasts
from liveroom.api.activities.methods import ActivitiesOfRoom
from liveroom.api.activities.shapes import ActivityObject, PointsObject, activity_object, points_object
from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.choosing import OPTIONS_MAX
from liveroom.domain.activities.predictions import LOCK, POINTS_MAX, RESOLVE, Prediction, PredictionParams
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.activities.hosting import Activities
from liveroom.usecases.activities.reading import ActivityReading

_STEERING: Final = (*STEERING, Code.NotInRoom)


class StartPrediction(Request):
    """``options``: 2 to 10 different texts. ``lasts``: 5 to 86,400 seconds until it is locked; 0: until somebody locks
    it. ``points``: what everybody gets who was right.
    """

    room_id: Id
    question: Question
    options: Options
    lasts: Lasts = 0
    points: Annotated[int, Whole(1, POINTS_MAX)] = 10


@method(
    "base/v1/activities/start_prediction",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=ActivityObject,
    codes=STARTING,
)
async def start_prediction(call: StartPrediction, actor: Actor, activities: Activities) -> ActivityObject:
    """Start a prediction in a live room; hosts and moderators only (3000). A room has one at a time: 3131.

    Nobody stakes anything: points buy nothing, and are the room's. ``activities/end`` calls it off.
    """
    params = PredictionParams(
        question=call.question, options=call.options, lasts=read_lasts(call.lasts), points=call.points
    )
    return activity_object(await activities.start(actor, RoomId(call.room_id), Prediction.type, params))


@method(
    "base/v1/activities/lock_prediction",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=ActivityObject,
    codes=_STEERING,
)
async def lock_prediction(call: OneActivity, actor: Actor, activities: Activities) -> ActivityObject:
    """Let nobody choose any more; hosts and moderators only (3000). The room receives ``activity.changed``."""
    return activity_object(await activities.act(actor, call.activity_id, Prediction.type, LOCK, {}))


class ResolvePrediction(Request):
    """``outcome``: the number of the option that came, from 0."""

    activity_id: Id
    outcome: Annotated[int, Whole(0, OPTIONS_MAX - 1)]


@method(
    "base/v1/activities/resolve_prediction",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=ActivityObject,
    codes=(*_STEERING, Code.ActivityRefuses),
)
async def resolve_prediction(call: ResolvePrediction, actor: Actor, activities: Activities) -> ActivityObject:
    """Say what came: the prediction is over, and who was right has the points. Hosts and moderators only (3000)."""
    data = {"outcome": call.outcome}
    return activity_object(await activities.act(actor, call.activity_id, Prediction.type, RESOLVE, data))


@method(
    "base/v1/activities/points",
    bad_request=Code.RoomQueryParams,
    reply=list[PointsObject],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def points(call: ActivitiesOfRoom, actor: Actor, activity_reading: ActivityReading) -> Page:
    """List the 20 members with most points in the running broadcast, to members of the room."""
    found = await activity_reading.points(actor, RoomId(call.room_id))
    return Page.of([points_object(one) for one in found])
