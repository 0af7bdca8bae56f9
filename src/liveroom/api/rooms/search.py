"""``rooms/*`` for whoever looks for a room: the search, and the list for people who have not signed in."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.identity import Visitor
from liveroom.api.parameters import Request, Text, Whole
from liveroom.api.rooms.methods import read_order
from liveroom.api.shapes import RoomObject
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest
from liveroom.domain.rooms.model import CATEGORY_MAX
from liveroom.domain.rooms.paging import RoomOrder, RoomQuery
from liveroom.domain.rooms.search import LOOKED_AT, TEXT_MAX
from liveroom.usecases.rooms.public import PublicRooms
from liveroom.usecases.rooms.searching import RoomSearch

PAGE_MAX = 50
_Category = Annotated[str, Text(CATEGORY_MAX)]
_Limit = Annotated[int, Whole(1, PAGE_MAX)]
_Cursor = Annotated[str, Text(256)]


class SearchRooms(Request):
    """``text``: each of its words has to begin a word of the title, of the host's name or of the category; in languages
    without spaces, such as Chinese, anywhere. A room's id finds that room.

    ``cursor``: the ``nextCursor`` of the previous page of the same search.
    """

    text: Annotated[str, Text(TEXT_MAX)]
    category: _Category = ""
    limit: _Limit = 20
    cursor: _Cursor = ""


@method(
    "base/v1/rooms/search",
    bad_request=Code.RoomQueryParams,
    reply=list[RoomObject],
    data=Data.LIST,
    codes=(Code.RateLimited,),
)
async def search(call: SearchRooms, actor: Actor, search: RoomSearch) -> Page:
    """Search public live rooms, most watched first. ``nextCursor`` stands beside ``data``, "" at the end.

    A search finds at most 200 rooms. More than 30 in ten seconds: 3004. A new title or name is found within a second.
    """
    offset = _read_cursor(call.cursor)
    page, more = await search.rooms(actor, call.text, category=call.category, offset=offset, limit=call.limit)
    return Page(page.cards, str(offset + call.limit) if more else "")


class BrowseRooms(Request):
    """``order``: as of ``rooms/query_room``. ``cursor``: the ``nextCursor`` of the previous page."""

    category: _Category = ""
    order: Annotated[str, Text(16)] = ""
    limit: _Limit = 20
    cursor: _Cursor = ""


@method(
    "base/v1/rooms/browse",
    bad_request=Code.RoomQueryParams,
    who=Who.ANYONE,
    reply=list[RoomObject],
    data=Data.LIST,
    codes=(Code.NotOffered, Code.RateLimited),
)
async def browse(call: BrowseRooms, visitor: Visitor, public_rooms: PublicRooms) -> Page:
    """List the tenant's live rooms for somebody who has not signed in, as ``rooms/query_room``. Default: newest first.

    If the operator does not allow that: 3008. More than 600 calls a minute from one address: 3004.
    """
    order = read_order(call.order) if call.order else RoomOrder.CREATED
    query = RoomQuery(visitor.tenant.name, call.category, order=order, limit=call.limit, cursor=call.cursor)
    page = await public_rooms.page(query, visitor.address)
    return Page(page.cards, page.cursor)


def _read_cursor(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 3 and int(cursor) <= LOOKED_AT):
        raise BadRequest("cursor: invalid")
    return int(cursor)
