"""Polls: a question that members answer by choosing."""

from typing import Annotated

from liveroom.api.activities.choosing import STARTING, Lasts, Options, Question, read_lasts
from liveroom.api.activities.shapes import ActivityObject, activity_object
from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.parameters import Id, Request, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.choosing import OPTIONS_MAX
from liveroom.domain.activities.polls import Poll, PollParams
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.activities.hosting import Activities


class StartPoll(Request):
    """``options``: 2 to 10 different texts. ``most``: how many of them one member may choose. ``anonymous``: nobody is
    told who has voted what. ``live``: everybody sees the counts while it runs, not only at its end. ``lasts``: 5 to
    86,400 seconds; 0: until it is ended.
    """

    room_id: Id
    question: Question
    options: Options
    most: Annotated[int, Whole(1, OPTIONS_MAX)] = 1
    anonymous: bool = True
    live: bool = True
    lasts: Lasts = 0


@method(
    "base/v1/activities/start_poll",
    bad_request=Code.RoomQueryParams,
    right=Right.ACTIVITIES,
    reply=ActivityObject,
    codes=STARTING,
)
async def start_poll(call: StartPoll, actor: Actor, activities: Activities) -> ActivityObject:
    """Start a poll in a live room; hosts and moderators only (3000). A room has one at a time: 3131.

    The room receives ``activity.started``, ``activity.tally`` at most five times a second, and ``activity.ended``.
    """
    params = PollParams(
        question=call.question,
        options=call.options,
        most=call.most,
        anonymous=call.anonymous,
        live=call.live,
        lasts=read_lasts(call.lasts),
    )
    return activity_object(await activities.start(actor, RoomId(call.room_id), Poll.type, params))
