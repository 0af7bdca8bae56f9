"""``stats/*`` for operators: broadcasts of their tenant, and who was in them."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.api.statistics.methods import OneAttendance, OneBroadcast, named
from liveroom.api.statistics.periods import DayText, read_days
from liveroom.api.statistics.shapes import (
    AttendanceRecord,
    BroadcastFiguresShape,
    CursorText,
    attendance_record,
    broadcast_figures,
    page_of,
    read_cursor,
)
from liveroom.domain.ids import BroadcastId, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.ports.statistics import BroadcastQuery
from liveroom.usecases.statistics.reading import BroadcastStatistics

_Limit = Annotated[int, Whole(1, 500)]


class BroadcastsOfDays(Request):
    """Those opened from one day (UTC, ``YYYY-MM-DD``) to another, both included; the last 30 days by default.

    ``hostId``: only those of one host. ``cursor``: the ``nextCursor`` of the previous page.
    """

    host_id: Id = ""
    from_day: DayText = ""
    to_day: DayText = ""
    cursor: CursorText = ""
    limit: _Limit = 100


@method(
    "base/v1/stats/broadcasts",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="statistics.view",
    reply=list[BroadcastFiguresShape],
    data=Data.LIST,
)
async def broadcasts(call: BroadcastsOfDays, operator: Operator, statistics: BroadcastStatistics) -> Page:
    """List the tenant's broadcasts with their figures, newest first."""
    begin, end = read_days(call.from_day, call.to_day, operator.now)
    host = UserId(call.host_id) if call.host_id else None
    query = BroadcastQuery(operator.tenant.name, host, begin, end, call.limit, read_cursor(call.cursor))
    found = await statistics.page(query)
    return page_of(found, call.limit)


@method(
    "base/v1/stats/broadcast",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="statistics.view",
    reply=BroadcastFiguresShape,
    codes=(Code.RoomNotExists,),
)
async def broadcast(call: OneBroadcast, operator: Operator, statistics: BroadcastStatistics) -> BroadcastFiguresShape:
    """Return a broadcast's figures."""
    broadcast, room = named(call)
    return broadcast_figures(await statistics.get(operator.tenant.name, broadcast, room))


@method(
    "base/v1/stats/attendance",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="statistics.view",
    reply=list[AttendanceRecord],
    data=Data.LIST,
    codes=(Code.RoomNotExists,),
)
async def attendance(call: OneAttendance, operator: Operator, statistics: BroadcastStatistics) -> Page:
    """List who was in a broadcast, and when, by user id."""
    broadcast = BroadcastId(call.broadcast_id)
    found = await statistics.attendance(operator.tenant.name, broadcast, after=call.cursor, limit=call.limit)
    return Page.of([attendance_record(one) for one in found.people], found.after)
