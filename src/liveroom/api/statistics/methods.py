"""``stats/my_*``: figures of the caller's own broadcasts, for hosts."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.api.statistics.shapes import (
    AttendanceRecord,
    BroadcastFiguresShape,
    CursorText,
    attendance_record,
    broadcast_figures,
    page_of,
    read_cursor,
)
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import BroadcastId, RoomId
from liveroom.usecases.statistics.reading import BroadcastStatistics

_Limit = Annotated[int, Whole(1, 100)]
People = Annotated[int, Whole(1, 500)]


class MyBroadcasts(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: CursorText = ""
    limit: _Limit = 20


class OneBroadcast(Request):
    """The broadcast, or ``roomId`` for the last one of a room."""

    broadcast_id: Id = ""
    room_id: Id = ""


class OneAttendance(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    broadcast_id: Id
    cursor: Id = ""
    limit: People = 100


@method(
    "base/v1/stats/my_broadcasts",
    bad_request=Code.RoomQueryParams,
    reply=list[BroadcastFiguresShape],
    data=Data.LIST,
)
async def my_broadcasts(call: MyBroadcasts, actor: Actor, statistics: BroadcastStatistics) -> Page:
    """List the broadcasts that you opened with their figures, newest first."""
    before = read_cursor(call.cursor)
    found = await statistics.own_page(actor, before=before, limit=call.limit)
    return page_of(found, call.limit)


@method(
    "base/v1/stats/my_broadcast",
    bad_request=Code.RoomQueryParams,
    reply=BroadcastFiguresShape,
    codes=(Code.RoomNotExists,),
)
async def my_broadcast(call: OneBroadcast, actor: Actor, statistics: BroadcastStatistics) -> BroadcastFiguresShape:
    """Return the figures of a broadcast that you opened; anybody else's: 2004.

    After its end, ask again every second or two until ``final``.
    """
    broadcast, room = named(call)
    return broadcast_figures(await statistics.own(actor, broadcast, room))


@method(
    "base/v1/stats/my_attendance",
    bad_request=Code.RoomQueryParams,
    reply=list[AttendanceRecord],
    data=Data.LIST,
    codes=(Code.RoomNotExists,),
)
async def my_attendance(call: OneAttendance, actor: Actor, statistics: BroadcastStatistics) -> Page:
    """List who was in a broadcast that you opened, and when, by user id."""
    found = await statistics.own_attendance(actor, BroadcastId(call.broadcast_id), after=call.cursor, limit=call.limit)
    return Page.of([attendance_record(one) for one in found.people], found.after)


def named(call: OneBroadcast) -> tuple[BroadcastId, RoomId]:
    """Return which broadcast is asked for: its id, or its room's. Raises ``BadRequest``."""
    if bool(call.broadcast_id) == bool(call.room_id):
        raise BadRequest("send broadcastId or roomId")
    return BroadcastId(call.broadcast_id), RoomId(call.room_id)
