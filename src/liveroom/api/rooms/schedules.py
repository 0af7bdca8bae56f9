"""``rooms/*`` about broadcasts that are to come."""

from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.rooms.options import AccessName, Minutes, Password, read_access
from liveroom.api.shapes import INT32_MAX, ScheduledRoom, scheduled_card
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import CATEGORY_MAX, COVER_MAX, DESCRIPTION_MAX, SUBJECT_MAX, TITLE_MAX, RoomChanges
from liveroom.domain.rooms.options import OptionChanges
from liveroom.domain.rooms.schedules import Plan
from liveroom.usecases.rooms.schedules import Schedules

MINUTE: Final = timedelta(minutes=1)


class Schedule(Request):
    """``roomId``: one that the caller has reserved or scheduled; if not given, a new one.

    Absent fields stay as they are. ``startUtc``: required the first time, in the future and within a year.
    ``minutes``: how long the broadcast lasts from its opening, 0 for no end. ``access``, ``password``: as in
    ``rooms/set_options``.
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
async def schedule(call: Schedule, actor: Actor, schedules: Schedules) -> msgspec.Raw:
    """Schedule a broadcast, which the caller opens by entering its room as host; or change one.

    It may be opened at any time, even before its start. If it is not opened within an hour after its start, it is
    cancelled; ``rooms/destroy_room`` cancels it earlier.
    """
    room_id = RoomId(call.room_id) if call.room_id else None
    changes = RoomChanges(call.category, call.title, call.cover, call.subject, call.description, call.capacity)
    lasts = None if call.minutes is None else call.minutes * MINUTE
    options = OptionChanges(access=read_access(call.access), lasts=lasts)
    plan = Plan(call.start_utc, changes, options)
    room = await schedules.schedule(actor, room_id, plan, password=call.password)
    return msgspec.Raw(scheduled_card(room, actor.tenant))


class ListScheduled(Request):
    """``category``: only rooms of this category. ``cursor``: the ``nextCursor`` of the previous page."""

    category: Annotated[str, Text(CATEGORY_MAX)] = ""
    limit: Annotated[int, Whole(1, 100)] = 20
    cursor: Annotated[str, Text(96)] = ""


@method("base/v1/rooms/scheduled", bad_request=Code.RoomQueryParams, reply=list[ScheduledRoom], data=Data.LIST)
async def scheduled(call: ListScheduled, actor: Actor, schedules: Schedules) -> Page:
    """List public broadcasts scheduled for the next 30 days, soonest first.

    An overdue one stays listed for as long as it may still be opened.
    """
    rooms, cursor = await schedules.page(
        actor.tenant.name, category=call.category, cursor=call.cursor, limit=call.limit
    )
    return Page(b",".join(scheduled_card(room, actor.tenant) for room in rooms), cursor)
