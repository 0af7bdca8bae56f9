"""``rooms/*`` about broadcasts that are to come."""

from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.dispatch import Page
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.room_options import AccessName, Minutes, Password, read_access
from liveroom.api.services import Services
from liveroom.api.shapes import INT32_MAX, ScheduledRoom, scheduled_card
from liveroom.domain.ids import RoomId
from liveroom.domain.options import OptionChanges
from liveroom.domain.rooms import CATEGORY_MAX, COVER_MAX, DESCRIPTION_MAX, SUBJECT_MAX, TITLE_MAX, RoomChanges
from liveroom.domain.schedules import Plan
from liveroom.domain.sessions import Actor

MINUTE: Final = timedelta(minutes=1)


class Schedule(Request):
    """``roomId``: one that the caller has reserved or scheduled; without it a fresh one is.

    An absent field stays as it is. ``startUtc`` is needed the first time: to come, and within a year. ``minutes``: how
    long the broadcast lasts from its opening, 0 for no end. ``access`` and ``password``: as in ``rooms/set_options``.
    """

    room_id: Id | None = None
    start_utc: datetime | None = None
    title: Annotated[str, Text(TITLE_MAX, keep=True)] | None = None
    category: Annotated[str, Text(CATEGORY_MAX)] | None = None
    cover: Annotated[str, Text(COVER_MAX, keep=True)] | None = None
    subject: Annotated[str, Text(SUBJECT_MAX, keep=True)] | None = None
    description: Annotated[str, Text(DESCRIPTION_MAX, keep=True)] | None = None
    capacity: Annotated[int, Whole(0, INT32_MAX)] | None = None
    access: AccessName | None = None
    password: Password | None = None
    minutes: Minutes | None = None


@method(
    "base/v1/rooms/schedule",
    bad_request=Code.RoomCreateParams,
    reply=ScheduledRoom,
    codes=(
        Code.RoomNotExists,
        Code.QuotaExceeded,
        Code.ContentRefused,
    ),
)
async def schedule(call: Schedule, actor: Actor, services: Services) -> msgspec.Raw:
    """Announce a broadcast that the caller will open by entering its room as host; or change what was announced.

    It may open at any time, also before its start. One that nobody has opened within an hour after it is called off.
    ``rooms/destroy_room`` calls it off before.
    """
    room_id = RoomId(call.room_id) if call.room_id else None
    changes = RoomChanges(call.category, call.title, call.cover, call.subject, call.description, call.capacity)
    lasts = None if call.minutes is None else call.minutes * MINUTE
    options = OptionChanges(access=read_access(call.access), lasts=lasts)
    plan = Plan(call.start_utc, changes, options)
    room = await services.schedules.schedule(actor, room_id, plan, password=call.password)
    return msgspec.Raw(scheduled_card(room, actor.tenant))


class ListScheduled(Request):
    """``category``: of these rooms alone. ``cursor`` is the ``nextCursor`` of the page before."""

    category: Annotated[str, Text(CATEGORY_MAX)] = ""
    limit: Annotated[int, Whole(1, 100)] = 20
    cursor: Annotated[str, Text(96)] = ""


@method("base/v1/rooms/scheduled", bad_request=Code.RoomQueryParams, reply=list[ScheduledRoom], data=Data.LIST)
async def scheduled(call: ListScheduled, actor: Actor, services: Services) -> Page:
    """List public broadcasts that are to begin within 30 days, soonest first.

    One whose time has come stays as long as it may still be opened.
    """
    rooms, cursor = await services.schedules.page(
        actor.tenant.name, category=call.category, cursor=call.cursor, limit=call.limit
    )
    return Page(b",".join(scheduled_card(room, actor.tenant) for room in rooms), cursor)
