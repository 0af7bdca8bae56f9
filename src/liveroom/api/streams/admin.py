"""``admin/*`` about pushed streams: an operator sees them, and stops one."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.api.streams.methods import OneStream
from liveroom.api.streams.shapes import OwnStream, own_stream
from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.streams.admin import AdminStreams


class ListStreams(Request):
    """``roomId``: only this room's. ``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id = ""
    cursor: Id = ""
    limit: Annotated[int, Whole(1, 500)] = 100


@method(
    "base/v1/admin/list_streams",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[OwnStream],
    data=Data.LIST,
    needs="streams",
)
async def list_streams(call: ListStreams, operator: Operator, streams: AdminStreams) -> Page:
    """List the tenant's streams, or a room's, the oldest first."""
    room = RoomId(call.room_id) if call.room_id else None
    found, cursor = await streams.page(operator.tenant.name, room, cursor=call.cursor, limit=call.limit)
    return Page.of([own_stream(one) for one in found], cursor)


@method(
    "base/v1/admin/stop_stream",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=OwnStream,
    needs="streams",
    codes=(Code.StreamNotExists,),
)
async def stop_stream(call: OneStream, operator: Operator, streams: AdminStreams) -> OwnStream:
    """Cut a stream's encoder off, and let none in until its host starts it again."""
    return own_stream(await streams.stop(operator, call.stream_id))
