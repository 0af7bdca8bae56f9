"""``admin/pin_room``, ``feature_room`` and ``demote_room``: where operators put rooms in the lists."""

from datetime import datetime
from typing import Annotated

import msgspec

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.parameters import Whole
from liveroom.api.rooms.admin import AdminRoom, shown_room
from liveroom.api.rooms.methods import OneRoom
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.placement import PINS
from liveroom.usecases.rooms.placements import Placements


class PinRoom(OneRoom):
    """``position``: 1 is the top; 0 unpins the room. ``until``: when that ends by itself; if not given, never."""

    position: Annotated[int, Whole(0, PINS)] = 1
    until: datetime | None = None


@method(
    "base/v1/admin/pin_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=AdminRoom,
    codes=(Code.RoomNotExists,),
)
async def pin_room(call: PinRoom, operator: Operator, placements: Placements) -> msgspec.Raw:
    """Put a room above all others in every list that is asked for with ``order``, in later broadcasts too.

    Of rooms with the same position, the order of the list decides. A demoted room is not demoted any more.
    """
    until = _checked(call.until, operator)
    room = await placements.change(operator, RoomId(call.room_id), lambda now: now.pinned(call.position, until))
    return shown_room(room, operator)


class FeatureRoom(OneRoom):
    """``featured``: false takes the mark away. ``until``: when that happens by itself; if not given, never."""

    featured: bool = True
    until: datetime | None = None


@method(
    "base/v1/admin/feature_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=AdminRoom,
    codes=(Code.RoomNotExists,),
)
async def feature_room(call: FeatureRoom, operator: Operator, placements: Placements) -> msgspec.Raw:
    """Mark a room as featured, in later broadcasts too: its room object has ``featured``, and its place stays."""
    until = _checked(call.until, operator)
    room = await placements.change(operator, RoomId(call.room_id), lambda now: now.marked(call.featured, until))
    return shown_room(room, operator)


class DemoteRoom(OneRoom):
    """``demoted``: false undoes it. ``until``: when that happens by itself; if not given, never."""

    demoted: bool = True
    until: datetime | None = None


@method(
    "base/v1/admin/demote_room",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="rooms.moderate",
    reply=AdminRoom,
    codes=(Code.RoomNotExists,),
)
async def demote_room(call: DemoteRoom, operator: Operator, placements: Placements) -> msgspec.Raw:
    """Put a room behind all others in every list that is asked for with ``order``, in later broadcasts too.

    A pinned room is not pinned any more. ``bar_room`` takes a room off all lists.
    """
    until = _checked(call.until, operator)
    room = await placements.change(operator, RoomId(call.room_id), lambda now: now.put_behind(call.demoted, until))
    return shown_room(room, operator)


def _checked(until: datetime | None, operator: Operator) -> datetime | None:
    if until is not None and until <= operator.now:
        raise BadRequest("until: must lie in the future")
    return until
