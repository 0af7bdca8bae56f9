"""Raids: hosts send their audience to another live room that agrees."""

from typing import Annotated

from liveroom.api.activities.choosing import STARTING
from liveroom.api.activities.shapes import ActivityObject, activity_object
from liveroom.api.codes import Code
from liveroom.api.declare import method
from liveroom.api.parameters import Id, Request, Whole
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.raids import COUNTDOWN_MAX, COUNTDOWN_MIN
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.activities.raids import Raids


class StartRaid(Request):
    """``targetRoomId``: a live room that the caller may see.

    ``countdown``: seconds from its consent until people go, 5 to 120.
    """

    room_id: Id
    target_room_id: Id
    countdown: Annotated[int, Whole(COUNTDOWN_MIN, COUNTDOWN_MAX)] = 30


@method(
    "base/v1/activities/start_raid",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    reply=ActivityObject,
    codes=STARTING,
)
async def start_raid(call: StartRaid, actor: Actor, raids: Raids) -> ActivityObject:
    """Ask another live room whether the audience may come; the owner only (3000). A room has one raid at a time: 3131.

    The other room's owner receives ``raid.requested``; its hosts and moderators have 30 seconds to answer. Once they
    agree, the room receives ``activity.changed`` and counts down. At the end ``activity.ended`` says ``gone``: whoever
    wants to go enters the other room as ever, so that its capacity, password and bans hold. That room receives
    ``raid.arrived``. ``activities/end`` calls a raid off.
    """
    room, target = RoomId(call.room_id), RoomId(call.target_room_id)
    return activity_object(await raids.start(actor, room, target, call.countdown))


class AnswerRaid(Request):
    """``activityId``: from ``raid.requested``."""

    activity_id: Id
    accepted: bool


@method(
    "base/v1/activities/answer_raid",
    bad_request=Code.RoomQueryParams,
    reply=ActivityObject,
    codes=(Code.ActivityNotExists, Code.ActivityOver, Code.PermissionDenied),
)
async def answer_raid(call: AnswerRaid, actor: Actor, raids: Raids) -> ActivityObject:
    """Let the audience of another room come, or not; hosts and moderators of the room that is asked (3000).

    They may refuse until people go, also after they have agreed. It is over, or agreed to already: 3132.
    """
    return activity_object(await raids.answer(actor, call.activity_id, accepted=call.accepted))
