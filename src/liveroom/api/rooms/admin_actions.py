"""``admin/*`` that change what a room shows, beside its texts: whether lists show this broadcast."""

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.rooms.admin import AdminRoom, shown_room
from liveroom.api.rooms.methods import OneRoom
from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.rooms.admin import AdminRooms


@method(
    "base/v1/admin/hide_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=AdminRoom,
    codes=(Code.RoomNotExists,),
)
async def hide_room(call: OneRoom, operator: Operator, admin_rooms: AdminRooms) -> msgspec.Raw:
    """Hide a live room from every list, for this broadcast only; ``bar_room`` hides later ones too.

    Members stay and are told nothing, and others can still enter by its id. Already hidden: 0.
    """
    return shown_room(await admin_rooms.hide(operator, RoomId(call.room_id), hidden=True), operator)


@method(
    "base/v1/admin/unhide_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=AdminRoom,
    codes=(Code.RoomNotExists,),
)
async def unhide_room(call: OneRoom, operator: Operator, admin_rooms: AdminRooms) -> msgspec.Raw:
    """Show a live room in lists again, unless it is barred. Not hidden: 0."""
    return shown_room(await admin_rooms.hide(operator, RoomId(call.room_id), hidden=False), operator)
