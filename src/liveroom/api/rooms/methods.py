"""``rooms/*``: reserving, entering, listing, changing, leaving and closing rooms."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Annotated, Final

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, method
from liveroom.api.envelopes import Page
from liveroom.api.events.rooms import StateReply, listed_member, room_state, state_reply
from liveroom.api.offer import Offer
from liveroom.api.parameters import Id, Many, Request, Text, Whole
from liveroom.api.shapes import (
    INT32_MAX,
    EnteredRoom,
    ListedUser,
    RoomId,
    RoomObject,
    ShownRoom,
    finish_card,
    scheduled_card,
    shown_live,
    with_recording,
    with_role,
    with_streams,
)
from liveroom.caches import ByteCache
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import NAME_MAX
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId as Key
from liveroom.domain.presence.members import Member
from liveroom.domain.rooms.model import (
    CATEGORY_MAX,
    COVER_MAX,
    DESCRIPTION_MAX,
    KIND_MAX,
    SUBJECT_MAX,
    TITLE_MAX,
    LiveRoom,
    RoomChanges,
)
from liveroom.domain.rooms.options import LINK_KEY_MAX, PASSWORD_MAX
from liveroom.domain.rooms.paging import RoomOrder, RoomPage, RoomQuery
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.follows.rooms import FollowedRooms
from liveroom.usecases.presence.sockets import Sync
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rooms.entering import Entering
from liveroom.usecases.rooms.leaving import Departures
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.rooms.openings import OwnedRooms
from liveroom.usecases.rooms.searching import RoomSearch
from liveroom.usecases.streams.playing import StreamPlayback

PAGE_MAX = 100
OFFSET_MAX = 1_000_000
_Category = Annotated[str, Text(CATEGORY_MAX)]
_Title = Annotated[str, Text(TITLE_MAX)]
_Capacity = Annotated[int, Whole(0, INT32_MAX)]
_Limit = Annotated[int, Whole(1, PAGE_MAX)]
_Offset = Annotated[int, Whole(0, OFFSET_MAX)]
_Cursor = Annotated[str, Text(256)]
_LinkKey = Annotated[str, Text(LINK_KEY_MAX)]


class GenerateRoomId(Request):
    """``category`` and ``title`` are kept for when the room is opened."""

    category: _Category | None = None
    title: _Title | None = None


@method("base/v1/rooms/generate_roomid", bad_request=Code.RoomCreateParams, reply=RoomId, codes=(Code.ContentRefused,))
async def generate_roomid(call: GenerateRoomId, actor: Actor, rooms: OwnedRooms) -> RoomId:
    """Reserve a room id for the caller. Nobody else can open it, and it is not listed until opened."""
    room = await rooms.reserve(actor, RoomChanges(category=call.category, title=call.title))
    return RoomId(room_id=room.id)


class EnterRoom(Request):
    """``role``: ``anchor``, ``owner`` or none enters as host, ``audience`` watches; any other text is a label.

    ``category``, ``title``, ``type`` and ``capacity`` (0: unlimited) apply when the room is opened; one of the type
    ``TIMER_ROOM`` is closed after a time that the operator sets. ``password``: required if the room has one.
    ``linkKey``: from the link of a private room (``rooms/options``). ``appId`` is ignored.
    """

    room_id: Id | None = None
    role: Annotated[str, Text(32)] | None = None
    category: _Category | None = None
    title: _Title | None = None
    type: Annotated[str, Text(KIND_MAX)] = ""
    capacity: _Capacity | None = None
    password: Annotated[str, Text(PASSWORD_MAX)] = ""
    link_key: _LinkKey = ""


@method(
    "base/v1/rooms/enter_room",
    bad_request=Code.RoomCreateParams,
    reply=EnteredRoom,
    codes=(
        Code.RoomNotExists,
        Code.PermissionDenied,
        Code.RoomFull,
        Code.UserBanned,
        Code.RateLimited,
        Code.QuotaExceeded,
        Code.RoomPasswordInvalid,
        Code.RoomPasswordRequired,
        Code.ContentRefused,
    ),
)
async def enter_room(call: EnterRoom, actor: Actor, entering: Entering, playback: StreamPlayback) -> msgspec.Raw:
    """Enter a room; its host opens it. Entering twice has the same effect as once; entering another room leaves this
    one, except as a host.

    The operator's server may be asked first and refuse with 3000 and a message of its own. A private room without its
    link, and an invitation room without an invitation: 2004, as if they did not exist. No password: 3015; a wrong one:
    3006; ten wrong ones in ten minutes: 3004.
    """
    changes = RoomChanges(category=call.category, title=call.title, capacity=call.capacity)
    room_id = Key(call.room_id) if call.room_id else None
    entered = await entering.enter(
        actor, room_id, role=call.role, changes=changes, kind=call.type, password=call.password, link=call.link_key
    )
    card, room = finish_card(entered.room), entered.room
    card = with_recording(card, room.options.recording)
    return with_role(with_streams(card, playback.of(actor, room)) if room.options.streams else card, entered.role)


class QueryRoom(Request):
    """All are optional; ``appId`` is ignored. ``orderBy``: ``createUtc`` (newest first) or ``totalJoined`` (most
    first). With ``order``, the operator's pinned rooms come first and demoted ones last: ``newest``, ``people`` (most
    members now), ``likes`` (of the broadcast) or ``heat`` (what happened lately, docs/heat.md); ``orderBy`` is ignored.

    ``followed``: ``only`` rooms of hosts whom the caller follows, or these ``first`` and then all others, each in the
    order asked for; not together with ``roomIds`` and ``offset``. More than 60 such calls in ten seconds: 3004.

    ``cursor``: the ``nextCursor`` of the previous page. ``startUtc``, ``endUtc``: opened at or after, and before.
    """

    category: _Category = ""
    room_ids: Annotated[tuple[str, ...], Many(PAGE_MAX, ",")] = ()
    start_utc: datetime | None = None
    end_utc: datetime | None = None
    order_by: Annotated[str, Text(32)] = "createUtc"
    order: Annotated[str, Text(16)] = ""
    followed: Annotated[str, Text(16)] = ""
    offset: _Offset = 0
    limit: _Limit | None = None
    cursor: _Cursor = ""


_ORDERS = {"createUtc": RoomOrder.CREATED, "totalJoined": RoomOrder.JOINED}
_PLACED = {order.value: order for order in RoomOrder if order.is_placed}


def read_order(order: str) -> RoomOrder:
    """Return the order that ``order`` names. Raises ``BadRequest``."""
    found = _PLACED.get(order)
    if found is None:
        raise BadRequest(f"order: must be one of {', '.join(_PLACED)}")
    return found


@method(
    "base/v1/rooms/query_room",
    bad_request=Code.RoomQueryParams,
    reply=list[RoomObject],
    data=Data.LIST,
    codes=(Code.RateLimited,),
)
async def query_room(call: QueryRoom, actor: Actor, listings: Listings, offer: Offer, followed: FollowedRooms) -> Page:
    """List the tenant's live rooms: an array in ``data``, with ``nextCursor`` beside it ("" at the end)."""
    order = read_order(call.order) if call.order else _ORDERS.get(call.order_by)
    if order is None:
        raise BadRequest("orderBy: must be createUtc or totalJoined")
    query = RoomQuery(
        tenant=actor.tenant.name,
        category=call.category,
        rooms=tuple(Key(room) for room in call.room_ids),
        since=call.start_utc,
        until=call.end_utc,
        order=order,
        offset=call.offset,
        limit=call.limit or offer.query_limit,
        cursor=call.cursor,
    )
    page = await (_followed(call, actor, query, followed) if call.followed else listings.rooms(query))
    return Page(page.cards, page.cursor)


def _followed(call: QueryRoom, actor: Actor, query: RoomQuery, followed: FollowedRooms) -> Awaitable[RoomPage]:
    if call.followed not in ("first", "only"):
        raise BadRequest("followed: must be first or only")
    if call.room_ids or call.offset:
        raise BadRequest("followed: not together with roomIds or offset")
    return followed.first(actor, query) if call.followed == "first" else followed.only(actor, query)


class OneRoom(Request):
    """The room."""

    room_id: Id


class RoomDetail(OneRoom):
    """``linkKey``: from the link of a private room, for callers who are not in it."""

    link_key: _LinkKey = ""


@method("base/v1/rooms/room_detail", bad_request=Code.RoomQueryParams, reply=ShownRoom, codes=(Code.RoomNotExists,))
async def room_detail(call: RoomDetail, actor: Actor, privacy: Privacy, playback: StreamPlayback) -> msgspec.Raw:
    """Return one room: live, hidden, scheduled, or reserved for the caller; any other is 2004.

    2004 also hides a private room from callers without its link, an invitation room from those without an invitation,
    and any room from those banned from it.
    """
    room = await privacy.room(actor, Key(call.room_id), call.link_key)
    if isinstance(room, LiveRoom):
        card = shown_live(room, privacy.clock.now())
        return msgspec.Raw(with_streams(card, await playback.shown(actor, room)) if room.options.streams else card)
    return msgspec.Raw(scheduled_card(room, actor.tenant))


class ListUsers(Request):
    """``cursor``: the ``nextCursor`` of the previous page; ``offset`` counts from it.

    ``name``: only members whose name contains it (not together with ``offset``); a page may have fewer of them than
    asked for, and ``nextCursor`` leads on.
    """

    room_id: Id
    limit: _Limit = 10
    offset: _Offset = 0
    cursor: _Cursor = ""
    name: Annotated[str, Text(NAME_MAX)] = ""


@method(
    "base/v1/rooms/list_users",
    bad_request=Code.RoomQueryParams,
    reply=list[ListedUser],
    data=Data.LIST,
    codes=(Code.RoomNotExists, Code.NotInRoom, Code.RateLimited),
)
async def list_users(call: ListUsers, actor: Actor, listings: Listings, search: RoomSearch) -> Page:
    """List a room's members in the order of joining; if the room has a password, only its members may (else 3007).

    The owner and admins see every list. Private and invitation rooms are 2004 to others, as in ``rooms/room_detail``.
    With ``name``, a call looks at up to 1,000 members; more than 30 such calls in ten seconds: 3004.
    """
    if call.name:
        if call.offset:
            raise BadRequest("offset: not together with name")
        members, cursor = await search.members(
            actor, Key(call.room_id), call.name, cursor=call.cursor, limit=call.limit
        )
        return Page(_listed(tuple(members)), cursor)
    members, cursor = await listings.members(
        actor, Key(call.room_id), cursor=call.cursor, offset=call.offset, limit=call.limit
    )
    return Page(_listed(tuple(members)), cursor)


_pages: Final[ByteCache[tuple[Member, ...], bytes]] = ByteCache(16 * 1024 * 1024)


def _listed(members: tuple[Member, ...]) -> bytes:
    """Return members as items of a page. A page that has not changed is asked for again and again."""
    page = _pages.get(members)
    if page is None:
        page = Page.of([listed_member(member) for member in members]).items
        _pages.put(members, page, 3 * len(page))  # the members take twice as much
    return page


class UpdateRoom(Request):
    """Absent fields stay as they are; ``""`` clears one (not ``category``). ``role`` is ignored."""

    room_id: Id
    category: _Category | None = None
    title: Annotated[str, Text(TITLE_MAX, keep=True)] | None = None
    cover: Annotated[str, Text(COVER_MAX, keep=True)] | None = None
    subject: Annotated[str, Text(SUBJECT_MAX, keep=True)] | None = None
    description: Annotated[str, Text(DESCRIPTION_MAX, keep=True)] | None = None
    capacity: _Capacity | None = None


@method(
    "base/v1/rooms/update_room",
    bad_request=Code.RoomCreateParams,
    right=Right.CONFIGURE,
    reply=RoomObject,
    success="update ok",
    codes=(
        Code.RoomNotExists,
        Code.PermissionDenied,
        Code.ContentRefused,
    ),
)
async def update_room(call: UpdateRoom, actor: Actor, rooms: OwnedRooms) -> msgspec.Raw:
    """Change a room; owner or admin only (3000). A closed room: 2004."""
    changes = RoomChanges(call.category, call.title, call.cover, call.subject, call.description, call.capacity)
    return msgspec.Raw(finish_card(await rooms.update(actor, Key(call.room_id), changes)))


@method("base/v1/rooms/leave_room", bad_request=Code.RoomLeaveParams)
async def leave_room(call: OneRoom, actor: Actor, departures: Departures) -> None:
    """Leave a room. If it is unknown or closed, or the caller is not in it: 0, and nothing changes."""
    await departures.leave(actor, Key(call.room_id))


@method(
    "base/v1/rooms/destroy_room",
    bad_request=Code.RoomDestroyParams,
    right=Right.CONFIGURE,
    codes=(Code.PermissionDenied,),
)
async def destroy_room(call: OneRoom, actor: Actor, rooms: OwnedRooms) -> None:
    """Close a room; owner or admin only (3000). Already closed: 0."""
    await rooms.destroy(actor, Key(call.room_id))


@method(
    "base/v1/rooms/state",
    bad_request=Code.RoomQueryParams,
    reply=StateReply,
    codes=(
        Code.RoomNotExists,
        Code.NotInRoom,
    ),
)
async def state(call: OneRoom, actor: Actor, sync: Sync) -> msgspec.Raw:
    """Return a room's state with its position in the room's channel; members only (3007)."""
    snapshot = await sync.state(actor, Key(call.room_id))
    return state_reply(room_state(snapshot), snapshot.position)
