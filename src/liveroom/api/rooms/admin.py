"""``admin/*`` about rooms: an operator's server reads, opens, changes, bars and closes any room of its tenant."""

from typing import Annotated

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.envelopes import Page
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.rooms.methods import OneRoom, UpdateRoom
from liveroom.api.shapes import INT32_MAX, RoomObject, Shape, finish_card, still_card
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moderation.room_access import REASON_MAX
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import time_or_empty, wire_time
from liveroom.domain.presence.members import Member
from liveroom.domain.rooms.model import (
    CATEGORY_MAX,
    COVER_MAX,
    DESCRIPTION_MAX,
    KIND_MAX,
    SUBJECT_MAX,
    TITLE_MAX,
    RoomChanges,
)
from liveroom.domain.rooms.placement import Placement
from liveroom.domain.tenants.model import Tenant
from liveroom.usecases.rooms.admin import AdminRooms, OperatorKicks, Overseen
from liveroom.usecases.rooms.listings import Listings

_encode = msgspec.json.Encoder().encode
_Limit = Annotated[int, Whole(1, 500)]


class AdminPlacement(Shape):
    """Where the operator has put a room in the lists. Times are "" for what lasts until it is undone."""

    pin: int
    """Position among the pinned rooms, from 1; 0: not pinned."""
    pinned_until: str
    featured: bool
    featured_until: str
    demoted: bool
    """It is behind all others."""
    demoted_until: str


class AdminRoom(RoomObject, kw_only=True):
    """A room as the operator sees it."""

    state: str
    """``reserved``, ``live`` or ``closed``."""
    hidden: bool
    """Its hosts are away for a moment, and no list shows it."""
    barred: bool
    """The operator keeps it off every list (``bar_room``)."""
    unlisted: bool
    """The operator keeps this broadcast off every list (``hide_room``)."""
    placement: AdminPlacement
    heat: float
    """How much has happened in it lately (docs/heat.md); 0 if it is not live."""
    broadcast_id: str
    """The id of the current broadcast, else of the last one; "" before the first."""
    held_by: str
    """The holder of the id, who may open the room."""
    capacity: int
    """Maximum members; 0 for no limit."""
    type: str
    link_key: str | msgspec.UnsetType = msgspec.UNSET
    """The key in the link of a private room; left out if the room is not private."""


class AdminMember(Shape):
    """A member of a room."""

    user_id: str
    name: str
    avatar: str
    role: str
    """``owner``, ``anchor`` or ``audience``."""
    enter_utc: str


class _Rest(Shape):
    """What an ``AdminRoom`` says beside the room object that is there already."""

    state: str
    hidden: bool
    barred: bool
    unlisted: bool
    placement: AdminPlacement
    heat: float
    broadcast_id: str
    held_by: str
    capacity: int
    type: str
    link_key: str | msgspec.UnsetType = msgspec.UNSET


class ListRooms(Request):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Id = ""
    limit: _Limit = 100


@method(
    "base/v1/admin/list_rooms",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[AdminRoom],
    data=Data.LIST,
)
async def list_rooms(call: ListRooms, operator: Operator, admin_rooms: AdminRooms) -> Page:
    """List the tenant's live rooms by id, including hidden and barred ones."""
    rooms, cursor = await admin_rooms.page(operator.tenant.name, cursor=call.cursor, limit=call.limit)
    return Page(b",".join(written_room(room, operator.tenant) for room in rooms), cursor)


@method(
    "base/v1/admin/get_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=AdminRoom,
    codes=(Code.RoomNotExists,),
)
async def get_room(call: OneRoom, operator: Operator, admin_rooms: AdminRooms) -> msgspec.Raw:
    """Return a room of the tenant, whatever its state."""
    return shown_room(await admin_rooms.get(operator.tenant.name, RoomId(call.room_id)), operator)


class OpenRoom(Request):
    """``ownerId``: the future host. ``roomId``: the owner's, or an unused one; if not given, a new one."""

    owner_id: Id
    room_id: Id | None = None
    category: Annotated[str, Text(CATEGORY_MAX)] | None = None
    title: Annotated[str, Text(TITLE_MAX)] | None = None
    cover: Annotated[str, Text(COVER_MAX)] | None = None
    subject: Annotated[str, Text(SUBJECT_MAX)] | None = None
    description: Annotated[str, Text(DESCRIPTION_MAX)] | None = None
    capacity: Annotated[int, Whole(0, INT32_MAX)] | None = None
    type: Annotated[str, Text(KIND_MAX)] = ""


@method(
    "base/v1/admin/open_room",
    bad_request=Code.RoomCreateParams,
    who=Who.KEY,
    permission="rooms.manage",
    reply=AdminRoom,
    codes=(
        Code.UserNotExists,
        Code.UserBanned,
        Code.PermissionDenied,
        Code.QuotaExceeded,
    ),
)
async def open_room(call: OpenRoom, operator: Operator, admin_rooms: AdminRooms) -> msgspec.Raw:
    """Open a room for its owner, who must enter it within the host's grace (60 s), or it is closed.

    Repeating it with the same ``roomId`` returns the live room as it is. Somebody else's room: 3000.
    """
    room_id = RoomId(call.room_id) if call.room_id else None
    changes = RoomChanges(call.category, call.title, call.cover, call.subject, call.description, call.capacity)
    opened = await admin_rooms.open(operator, room_id, UserId(call.owner_id), changes, call.type)
    return shown_room(opened, operator)


@method(
    "base/v1/admin/update_room",
    bad_request=Code.RoomCreateParams,
    who=Who.KEY,
    permission="rooms.manage",
    reply=AdminRoom,
    codes=(Code.RoomNotExists,),
)
async def update_room(call: UpdateRoom, operator: Operator, admin_rooms: AdminRooms) -> msgspec.Raw:
    """Change a live room on its owner's behalf. A closed room: 2004."""
    changes = RoomChanges(call.category, call.title, call.cover, call.subject, call.description, call.capacity)
    return shown_room(await admin_rooms.update(operator, RoomId(call.room_id), changes), operator)


@method(
    "base/v1/admin/close_room",
    bad_request=Code.RoomDestroyParams,
    who=Who.KEY,
    permission="rooms.moderate",
    codes=(Code.RoomNotExists,),
)
async def close_room(call: OneRoom, operator: Operator, admin_rooms: AdminRooms) -> None:
    """Close a room; its members receive the reason ``closed_by_admin``. Already closed: 0."""
    await admin_rooms.close(operator, RoomId(call.room_id))


@method(
    "base/v1/admin/bar_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=AdminRoom,
    codes=(Code.RoomNotExists,),
)
async def bar_room(call: OneRoom, operator: Operator, admin_rooms: AdminRooms) -> msgspec.Raw:
    """Hide a room from every list, in later broadcasts too. Members stay, and others can still enter by its id."""
    room = await admin_rooms.delist(operator, RoomId(call.room_id), delisted=True)
    return shown_room(room, operator)


@method(
    "base/v1/admin/unbar_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=AdminRoom,
    codes=(Code.RoomNotExists,),
)
async def unbar_room(call: OneRoom, operator: Operator, admin_rooms: AdminRooms) -> msgspec.Raw:
    """Show a room in lists again. Not barred: 0."""
    freed = await admin_rooms.delist(operator, RoomId(call.room_id), delisted=False)
    return shown_room(freed, operator)


class KickUser(OneRoom):
    """The user to remove, and the room. ``reason`` is shown to the user."""

    user_id: Id
    reason: Annotated[str, Text(REASON_MAX)] = ""


class Kicked(Shape):
    """The outcome of a kick."""

    kicked: bool
    """Whether the user was in the room."""


@method(
    "base/v1/admin/kick_user",
    bad_request=Code.RoomLeaveParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=Kicked,
    codes=(
        Code.RoomNotExists,
        Code.UserNotExists,
    ),
)
async def kick_user(call: KickUser, operator: Operator, operator_kicks: OperatorKicks) -> Kicked:
    """Remove a user from a live room and its media, on every device. They may enter again."""
    room, user = RoomId(call.room_id), UserId(call.user_id)
    kicked = await operator_kicks.kick(operator.tenant.name, room, user, reason=call.reason)
    operator.change.note({"inRoom": kicked}, {"inRoom": False})
    return Kicked(kicked=kicked)


class ListMembers(OneRoom):
    """``cursor``: the ``nextCursor`` of the previous page."""

    cursor: Annotated[str, Text(256)] = ""
    limit: _Limit = 100


@method(
    "base/v1/admin/list_members",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=list[AdminMember],
    data=Data.LIST,
    codes=(Code.RoomNotExists,),
)
async def list_members(call: ListMembers, operator: Operator, listings: Listings) -> Page:
    """List a live room's members in the order they joined."""
    members, cursor = await listings.members_of(
        operator.tenant.name, RoomId(call.room_id), cursor=call.cursor, offset=0, limit=call.limit
    )
    return Page.of([_member(member) for member in members], cursor)


def _member(member: Member) -> AdminMember:
    return AdminMember(
        user_id=member.user,
        name=member.name,
        avatar=member.avatar,
        role=member.role,
        enter_utc=wire_time(member.joined),
    )


def _placement(placement: Placement) -> AdminPlacement:
    return AdminPlacement(
        pin=placement.pin,
        pinned_until=time_or_empty(placement.pinned_until),
        featured=placement.featured,
        featured_until=time_or_empty(placement.featured_until),
        demoted=placement.demoted,
        demoted_until=time_or_empty(placement.demoted_until),
    )


def shown_room(room: Overseen, operator: Operator) -> msgspec.Raw:
    """Return a room as the operator sees it."""
    return msgspec.Raw(written_room(room, operator.tenant))


def written_room(seen: Overseen, tenant: Tenant) -> bytes:
    """Return the same as JSON."""
    room, live, _ = seen
    card = still_card(room, tenant) if live is None else finish_card(live)
    rest = _Rest(
        state=room.state,
        hidden=live is not None and live.hidden,
        barred=room.delisted,
        unlisted=room.aside,
        placement=_placement(room.placement),
        heat=round(seen.heat, 3),
        broadcast_id=room.broadcast,
        held_by=room.holder,
        capacity=room.capacity,
        type=room.kind,
        link_key=room.options.link_key or msgspec.UNSET,
    )
    return card[:-1] + b"," + _encode(rest)[1:]
