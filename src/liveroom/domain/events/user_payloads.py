"""What events of single users say."""

from typing import Annotated

import msgspec

from liveroom.domain.payloads import Payload, wire_time
from liveroom.domain.seats.model import SeatRequest

_Where = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["room", "seat"]})]
_Removed = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["kicked", "banned"]})]


class Invitation(Payload):
    """An invitation."""

    room_id: str
    """The room."""
    kind: _Where
    """``room``: they may enter it. ``seat``: they may take a seat in the room they are in."""
    by: str
    """Who invited them."""
    title: str | msgspec.UnsetType = ""
    """The room's title, with ``room``."""
    request_id: str | msgspec.UnsetType = ""
    """With ``seat``: the id for ``seats/accept`` and ``seats/refuse``."""
    seat: int | msgspec.UnsetType = 0
    """With ``seat``: its number, from 1; 0 for any."""
    expire_utc: str | msgspec.UnsetType = ""
    """With ``seat``: until when it can be accepted."""


class Removal(Payload):
    """A removal from a room."""

    room_id: str
    """The room; empty: banned from the tenant, and so from all rooms."""
    reason: _Removed
    """``kicked``: they may enter again. ``banned``: not before ``untilUtc``."""
    text: str = ""
    """Why, for people."""
    until_utc: str = ""
    """The end of a ban; empty: permanent."""


def room_invitation(room: str, by: str, title: str) -> Invitation:
    """Return an invitation to enter a room."""
    unset = msgspec.UNSET
    return Invitation(room_id=room, kind="room", by=by, title=title, request_id=unset, seat=unset, expire_utc=unset)


def seat_invitation(room: str, request: SeatRequest) -> Invitation:
    """Return an invitation to a seat."""
    return Invitation(
        room_id=room,
        kind="seat",
        by=request.by,
        title=msgspec.UNSET,
        request_id=request.id,
        seat=request.seat,
        expire_utc=wire_time(request.expires),
    )
