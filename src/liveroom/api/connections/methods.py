"""``connections/*``: hosts ask each other to connect their rooms, and answer."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Many, Request, Text, Whole
from liveroom.api.shapes import RoomObject, Shape, finish_card
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.connections.model import ROOMS_MAX, AskOutcome, ConnectionRequest
from liveroom.domain.connections.payloads import ConnectionState, connection_state
from liveroom.domain.ids import RoomId
from liveroom.domain.payloads import wire_time
from liveroom.domain.rooms.model import CATEGORY_MAX
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.connections.current import RoomConnections
from liveroom.usecases.connections.requests import Asked, ConnectionRequests

_CALL = (Code.RoomNotExists, Code.PermissionDenied, Code.RateLimited)
_Outcome = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(AskOutcome)})]


class AskedRoom(Shape):
    """What became of a request to one room."""

    room_id: str
    result: _Outcome
    """``requested``: it waits for an answer. ``connected``: that room had asked this one. ``roomNotExists``: not live,
    its host is away, or the caller is banned or muted there. ``connecting``: connected with this one already.
    ``connectingOtherRoom``: connected with others. ``connectionFull``: the connection has nine rooms."""
    request_id: str | msgspec.UnsetType = msgspec.UNSET
    """With ``requested``: for ``connections/cancel``."""
    expire_utc: str | msgspec.UnsetType = msgspec.UNSET
    """With ``requested``: until when it can be accepted."""


class WaitingRequest(Shape):
    """An open request."""

    request_id: str
    room_id: str
    """The room that asks."""
    asked_room_id: str
    """The room that is asked."""
    user_id: str
    """Who asks."""
    expire_utc: str
    """Until when it can be accepted."""


class CurrentConnection(Shape):
    """With what a room is connected, and which requests wait."""

    connection: ConnectionState | None
    """Null: with none."""
    requests: list[WaitingRequest]
    """Open requests of the room and to it, for those who may answer them; empty for all others."""


class AskRooms(Request):
    """``roomId``: the caller's live room. ``roomIds``: one to eight other live rooms of the tenant."""

    room_id: Id
    room_ids: Annotated[tuple[str, ...], Many(ROOMS_MAX - 1, ",")]


@method(
    "base/v1/connections/request",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    reply=list[AskedRoom],
    data=Data.LIST,
    codes=(*_CALL, Code.UserMuted),
)
async def request(call: AskRooms, actor: Actor, connection_requests: ConnectionRequests) -> list[AskedRoom]:
    """Ask other rooms to connect; owner or admin only (3000). ``data`` says of each room what became of it.

    Their owners receive ``connection.requested``. A request is open for at most 30 seconds; repeating it returns the
    open one. A room that has asked this one is connected at once. A connected room can ask, and cannot be asked. More
    than 60 requests and answers a minute: 3004.
    """
    rooms = [RoomId(room) for room in call.room_ids]
    return [_asked(asked) for asked in await connection_requests.ask(actor, RoomId(call.room_id), rooms)]


class AnswerConnection(Request):
    """``roomId``: the room that was asked."""

    room_id: Id
    request_id: Id


@method(
    "base/v1/connections/accept",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    reply=ConnectionState,
    codes=(*_CALL, Code.UserMuted, Code.RequestNotExists, Code.RoomConnected, Code.ConnectionFull),
)
async def accept(call: AnswerConnection, actor: Actor, connection_requests: ConnectionRequests) -> ConnectionState:
    """Accept a request: the room joins the connection of the one that asked. Owner or admin only (3000).

    No longer open: 3012. The room is connected with others by now: 3040; the connection has nine rooms: 3041.
    """
    return connection_state(await connection_requests.accept(actor, RoomId(call.room_id), call.request_id))


@method(
    "base/v1/connections/refuse",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    codes=(*_CALL, Code.RequestNotExists),
)
async def refuse(call: AnswerConnection, actor: Actor, connection_requests: ConnectionRequests) -> None:
    """Refuse a request; owner or admin only (3000). No longer open: 3012."""
    await connection_requests.refuse(actor, RoomId(call.room_id), call.request_id)


class WithdrawRequest(Request):
    """``roomId``: the room that has asked. ``requestId``: which request; if not given, all of the room's."""

    room_id: Id
    request_id: Id = ""


@method(
    "base/v1/connections/cancel",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    codes=(*_CALL, Code.RequestNotExists),
)
async def cancel(call: WithdrawRequest, actor: Actor, connection_requests: ConnectionRequests) -> None:
    """Withdraw a request; owner or admin only (3000). No longer open: 3012."""
    await connection_requests.cancel(actor, RoomId(call.room_id), call.request_id)


class RoomToConnect(Request):
    """The room."""

    room_id: Id


@method(
    "base/v1/connections/leave",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    codes=(*_CALL, Code.NotConnected),
)
async def leave(call: RoomToConnect, actor: Actor, connections: RoomConnections) -> None:
    """Take the room out of its connection; owner or admin only (3000). Not connected: 3042.

    The others stay connected, unless only one is left.
    """
    await connections.leave(actor, RoomId(call.room_id))


@method(
    "base/v1/connections/current",
    bad_request=Code.RoomQueryParams,
    reply=CurrentConnection,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def current(call: RoomToConnect, actor: Actor, connections: RoomConnections) -> CurrentConnection:
    """Return with what a room is connected, for its members (else 3007), and for its owner and admins open requests."""
    found = await connections.current(actor, RoomId(call.room_id))
    return CurrentConnection(
        connection=None if found.connection is None else connection_state(found.connection),
        requests=_waiting(found.requests),
    )


class ListCandidates(Request):
    """``roomId``: the caller's room. ``category``: only rooms of this category. ``cursor``: the ``nextCursor`` of the
    previous page.
    """

    room_id: Id
    category: Annotated[str, Text(CATEGORY_MAX)] = ""
    limit: Annotated[int, Whole(1, 100)] = 20
    cursor: Annotated[str, Text(256)] = ""


@method(
    "base/v1/connections/candidates",
    bad_request=Code.RoomQueryParams,
    right=Right.CONNECT,
    reply=list[RoomObject],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.PermissionDenied),
)
async def candidates(call: ListCandidates, actor: Actor, connections: RoomConnections) -> Page:
    """List rooms that can be asked, hottest first: listed ones that are not connected. Owner or admin only (3000).

    A page may have fewer rooms than ``limit``; ``nextCursor`` leads on.
    """
    rooms, cursor = await connections.candidates(
        actor, RoomId(call.room_id), category=call.category, cursor=call.cursor, limit=call.limit
    )
    return Page(b",".join(finish_card(room) for room in rooms), cursor)


def _asked(asked: Asked) -> AskedRoom:
    waits = asked.request if asked.outcome is AskOutcome.REQUESTED else None
    return AskedRoom(
        room_id=asked.room,
        result=asked.outcome.value,
        request_id=msgspec.UNSET if waits is None else waits.id,
        expire_utc=msgspec.UNSET if waits is None else wire_time(waits.expires),
    )


def _waiting(requests: Sequence[ConnectionRequest]) -> list[WaitingRequest]:
    return [
        WaitingRequest(
            request_id=request.id,
            room_id=request.room,
            asked_room_id=request.asked,
            user_id=request.by,
            expire_utc=wire_time(request.expires),
        )
        for request in requests
    ]
