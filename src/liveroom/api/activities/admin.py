"""``admin/*`` about activities: an operator sees those of a room, and ends one."""

from typing import Annotated

from liveroom.api.activities.choosing import OneActivity
from liveroom.api.activities.shapes import ActivityObject, activity_object
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.activities.admin import AdminActivities


class FindActivities(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id
    limit: Annotated[int, Whole(1, 500)] = 100
    cursor: Id = ""


@method(
    "base/v1/admin/list_activities",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[ActivityObject],
    data=Data.LIST,
)
async def list_activities(call: FindActivities, operator: Operator, admin_activities: AdminActivities) -> Page:
    """List a room's activities, such as polls, the newest first: those that run, and those that are over."""
    tenant, room = operator.tenant.name, RoomId(call.room_id)
    found, cursor = await admin_activities.page(tenant, room, cursor=call.cursor, limit=call.limit)
    return Page.of([activity_object(view) for view in found], cursor)


@method(
    "base/v1/admin/end_activity",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=ActivityObject,
    codes=(Code.ActivityNotExists, Code.ActivityOver),
)
async def end_activity(call: OneActivity, operator: Operator, admin_activities: AdminActivities) -> ActivityObject:
    """End an activity, and tell the room what came of it. It is over already: 3132."""
    return activity_object(await admin_activities.end(operator, call.activity_id))
