"""``admin/*`` that look rooms up: by words, host or state, and their broadcasts."""

from typing import Annotated, Final

from liveroom.api.admin_requests import OneUser
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.rooms.admin import AdminRoom, written_room
from liveroom.api.shapes import Shape
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import time_or_empty, wire_time
from liveroom.domain.rooms.model import CATEGORY_MAX, Broadcast
from liveroom.domain.rooms.search import TEXT_MAX
from liveroom.usecases.rooms.overseeing import RoomFilter, RoomOversight, RoomSought

_Limit = Annotated[int, Whole(1, 100)]
_STATES: Final = {state.value: state for state in RoomFilter}


class FindRooms(Request):
    """``text``: an id, or words of title, host's name and category, each the beginning of a word. ``hostId``: who owns
    or holds the room. ``state``: ``live``, ``closed``, ``reserved``, ``hidden`` or ``barred``. ``cursor``: the
    ``nextCursor`` of the previous page.
    """

    text: Annotated[str, Text(TEXT_MAX)] = ""
    host_id: Id = ""
    category: Annotated[str, Text(CATEGORY_MAX)] = ""
    state: Annotated[str, Text(16)] = ""
    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/search_rooms",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[AdminRoom],
    data=Data.LIST,
)
async def search_rooms(call: FindRooms, operator: Operator, oversight: RoomOversight) -> Page:
    """Find rooms of the tenant in any state. Without ``text`` and ``hostId``: all of a state (live ones by default), by
    id.

    By words, at most 200 rooms are found; closed ones if they have been live since the update to this release. A page
    may be short before the last one.
    """
    state = _STATES.get(call.state)
    if state is None:
        raise BadRequest("state: must be live, closed, reserved, hidden or barred")
    sought = RoomSought(call.text, call.host_id, call.category, state)
    found, cursor = await oversight.search(operator.tenant.name, sought, cursor=call.cursor, limit=call.limit)
    return Page(b",".join(written_room(room, operator.tenant) for room in found), cursor)


class AdminBroadcast(Shape):
    """A broadcast, running or over."""

    broadcast_id: str
    room_id: str
    owner_id: str
    """Who opened it."""
    title: str
    """As it was opened; empty if the owner was deleted."""
    category: str
    open_utc: str
    close_utc: str
    """Empty while it runs."""
    reason: str
    """Why it was closed: ``destroyed`` by its owner, ``owner_gone``, ``owner_deleted``, ``closed_by_admin``,
    ``time_over``; empty while it runs."""
    likes: int


class ListBroadcasts(Request):
    """``roomId`` or ``ownerId``. ``cursor``: the ``nextCursor`` of the previous page."""

    room_id: Id | None = None
    owner_id: Id | None = None
    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/list_broadcasts",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[AdminBroadcast],
    data=Data.LIST,
)
async def list_broadcasts(call: ListBroadcasts, operator: Operator, oversight: RoomOversight) -> Page:
    """List the broadcasts of a room, or those that a user has opened, newest first."""
    if (call.room_id is None) == (call.owner_id is None):
        raise BadRequest("roomId, ownerId: exactly one of them is required")
    room = RoomId(call.room_id) if call.room_id is not None else None
    owner = UserId(call.owner_id) if call.owner_id is not None else None
    found, cursor = await oversight.broadcasts(
        operator.tenant.name, room=room, owner=owner, cursor=call.cursor, limit=call.limit
    )
    return Page.of([_broadcast_row(one) for one in found], cursor)


class RoomsOfUser(OneUser):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: _Limit = 50


@method(
    "base/v1/admin/user_rooms",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[AdminRoom],
    data=Data.LIST,
)
async def user_rooms(call: RoomsOfUser, operator: Operator, oversight: RoomOversight) -> Page:
    """List the rooms that a user owns or may open, in any state, by id."""
    found, cursor = await oversight.of_user(
        operator.tenant.name, UserId(call.user_id), cursor=call.cursor, limit=call.limit
    )
    return Page(b",".join(written_room(room, operator.tenant) for room in found), cursor)


def _broadcast_row(one: Broadcast) -> AdminBroadcast:
    """Return a broadcast as the operator sees it."""
    return AdminBroadcast(
        broadcast_id=one.id,
        room_id=one.room,
        owner_id=one.owner,
        title=one.title,
        category=one.category,
        open_utc=wire_time(one.opened),
        close_utc=time_or_empty(one.closed),
        reason=one.reason,
        likes=one.likes,
    )
