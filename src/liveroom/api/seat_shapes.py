"""Seats, and applications and invitations for them, as clients read them: in answers and in events alike."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.options import RoomOptions, SeatMode
from liveroom.domain.seats import RequestKind, RequestOutcome, SeatMap, SeatRequest
from liveroom.domain.told_seats import Names, told_request, told_seat, told_seats
from liveroom.usecases.seat_maps import SeatContext

_encode: Final = msgspec.json.Encoder().encode
_Mode = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SeatMode)})]
_Kind = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(RequestKind)})]
_Outcome = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(RequestOutcome)})]


class Seat(Shape):
    """A seat of a room."""

    seat: int
    """Its number, from 1."""
    user_id: str
    """The user in it; empty: nobody."""
    name: str
    avatar: str
    locked: bool
    """A host has locked it: nobody can take it."""
    audio_muted: bool
    """A host has muted it, and only a host can undo that; likewise ``videoMuted``."""
    video_muted: bool
    audio_off: bool
    """The user in it has muted it; likewise ``videoOff``."""
    video_off: bool


class SeatAsked(Shape):
    """An open application for a seat, or an open invitation to one."""

    request_id: str
    kind: _Kind
    """``apply``: ``userId`` asks the hosts. ``invite``: ``by`` asks ``userId``."""
    user_id: str
    """Who would get the seat."""
    name: str
    avatar: str
    seat: int
    """Its number, from 1; 0: any."""
    by: str
    """Who asks."""
    expire_utc: str
    """When it expires."""


class AllSeats(Shape):
    """Every seat of a room, and how the audience gets one."""

    mode: _Mode
    """How the audience gets a seat. ``free``: by taking it. ``apply``: a host approves. ``invite``: a host invites."""
    seats: list[Seat]
    """In order."""


class SeatList(AllSeats):
    """Every seat of a room, and open requests for them."""

    requests: list[SeatAsked]
    """Oldest first."""


class SeatAnswer(Shape):
    """The outcome of an application or invitation."""

    request_id: str
    kind: _Kind
    user_id: str
    """Who would have got the seat."""
    seat: int
    """The seat they got; 0: none."""
    outcome: _Outcome
    """``approved`` by a host, ``accepted`` by the invited user, ``refused``, ``cancelled``, or ``expired``."""
    reason: str
    """The reason for a refusal, for people."""
    by: str
    """Who caused it; empty: it expired, or its user left."""


def seat_list(context: SeatContext) -> msgspec.Raw:
    """Return the answer that shows a whole seat map."""
    return seats_shown(context.options, context.seat_map, context.names())


def seats_shown(options: RoomOptions, seat_map: SeatMap, names: Names) -> msgspec.Raw:
    """Return a seat map as finished JSON."""
    requests = [told_request(request) for request in seat_map.requests]
    return _raw({**told_seats(options, seat_map.seated, names), "requests": requests})


def seat_at(context: SeatContext, number: int) -> msgspec.Raw:
    """Return the answer that shows one seat."""
    seated = {one.number: one for one in context.seat_map.seated}
    return _raw(told_seat(context.options, number, seated.get(number), context.names()))


def seat_of(context: SeatContext, user: str) -> msgspec.Raw:
    """Return the answer that shows the seat that a user has."""
    return seat_at(context, next((one.number for one in context.seat_map.seated if one.user == user), 0))


def asked(request: SeatRequest) -> msgspec.Raw:
    """Return the answer that shows an application or invitation."""
    return _raw(told_request(request))


def _raw(told: Mapping[str, Any]) -> msgspec.Raw:
    return msgspec.Raw(_encode(told))
