"""``admin/*`` about what a room has beside its texts: whether lists show this broadcast, its options and seats."""

from typing import Annotated

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.parameters import Text, Whole
from liveroom.api.rooms.admin import AdminRoom, shown_room
from liveroom.api.rooms.methods import OneRoom
from liveroom.api.rooms.option_shapes import OptionsWithLink, options_with_link
from liveroom.api.rooms.options import MINUTE, SECOND, SetOptions, read_access
from liveroom.api.seats.shapes import seats_in
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.options import SEATS_MAX, OptionChanges, SeatMode
from liveroom.domain.seats.payloads import SeatList
from liveroom.usecases.rooms.admin import AdminRooms
from liveroom.usecases.seats.operator_options import OperatorOptions, OptionUpdate

_MODES = {mode.value: mode for mode in SeatMode}


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


class UpdateOptions(SetOptions):
    """The fields of ``rooms/set_options``, and ``seats`` and ``seatMode`` (``free``, ``apply`` or ``invite``)."""

    seats: Annotated[int, Whole(0, SEATS_MAX)] | None = None
    seat_mode: Annotated[str, Text(16)] | None = None


@method(
    "base/v1/admin/update_options",
    bad_request=Code.RoomCreateParams,
    who=Who.KEY,
    permission="rooms.manage",
    reply=OptionsWithLink,
    codes=(Code.RoomNotExists,),
)
async def update_options(call: UpdateOptions, operator: Operator, operator_options: OperatorOptions) -> OptionsWithLink:
    """Change options of a live or reserved room in its owner's name, and return all of them; without any field: as they
    are.

    Users in seats above ``seats`` leave them. The room is told: ``room.options_changed``.
    """
    mode = _MODES.get(call.seat_mode) if call.seat_mode is not None else None
    if call.seat_mode is not None and mode is None:
        raise BadRequest("seatMode: must be free, apply or invite")
    changes = OptionChanges(
        access=read_access(call.access),
        slow=None if call.slow_mode is None else call.slow_mode * SECOND,
        muted=call.muted,
        lasts=None if call.minutes is None else call.minutes * MINUTE,
        new_link=call.new_link,
        gifts=call.gifts,
        open_battles=call.open_battles,
        followers_chat=call.followers_chat,
        followers_seats=call.followers_seats,
        recorded=call.recorded,
        live_cover=call.live_cover,
    )
    wanted = OptionUpdate(changes, call.password, call.seats, mode)
    return options_with_link(await operator_options.update(operator, RoomId(call.room_id), wanted))


@method(
    "base/v1/admin/room_seats",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.view",
    reply=SeatList,
    codes=(Code.RoomNotExists,),
)
async def room_seats(call: OneRoom, operator: Operator, operator_options: OperatorOptions) -> SeatList:
    """Return a live room's seats and the open requests for them."""
    return seats_in(await operator_options.seats(operator, RoomId(call.room_id)))
