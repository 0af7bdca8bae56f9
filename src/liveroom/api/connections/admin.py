"""``admin/*`` about connected rooms: an operator sees all connections, and ends one."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Whole
from liveroom.api.rooms.methods import OneRoom
from liveroom.domain.connections.payloads import ConnectionState, connection_state
from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.connections.current import RoomConnections


class ListConnections(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: Annotated[int, Whole(1, 500)] = 100


@method(
    "base/v1/admin/list_connections",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[ConnectionState],
    data=Data.LIST,
)
async def list_connections(call: ListConnections, operator: Operator, connections: RoomConnections) -> Page:
    """List the tenant's connections between rooms, the oldest first."""
    found, cursor = await connections.page(operator.tenant.name, cursor=call.cursor, limit=call.limit)
    return Page.of([connection_state(connection) for connection in found], cursor)


@method(
    "base/v1/admin/room_connection",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=ConnectionState,
    codes=(Code.RoomNotExists, Code.NotConnected),
)
async def room_connection(call: OneRoom, operator: Operator, connections: RoomConnections) -> ConnectionState:
    """Return the connection that a room is in. Not connected: 3042."""
    return connection_state(await connections.of(operator.tenant.name, RoomId(call.room_id)))


@method(
    "base/v1/admin/end_connection",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    codes=(Code.RoomNotExists, Code.NotConnected),
)
async def end_connection(call: OneRoom, operator: Operator, connections: RoomConnections) -> None:
    """End the connection that a room is in, for all its rooms. They may connect again. Not connected: 3042."""
    await connections.end(operator, RoomId(call.room_id))
