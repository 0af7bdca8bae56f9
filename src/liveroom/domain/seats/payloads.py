"""Seats, and applications and invitations for them, as clients read them: in answers and in events alike."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from liveroom.domain.ids import UserId
from liveroom.domain.payloads import Payload, wire_time
from liveroom.domain.rooms.options import RoomOptions, SeatMode
from liveroom.domain.seats.model import Mutes, RequestAnswer, RequestKind, RequestOutcome, Seated, SeatMap, SeatRequest

Names = Mapping[UserId, tuple[str, str]]
"""The name and picture of each user who has a seat."""
_Mode = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SeatMode)})]
_Kind = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(RequestKind)})]
_Outcome = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(RequestOutcome)})]


class Seat(Payload):
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


class SeatAsked(Payload):
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


class AllSeats(Payload):
    """Every seat of a room, and how the audience gets one."""

    mode: _Mode
    """How the audience gets a seat. ``free``: by taking it. ``apply``: a host approves. ``invite``: a host invites."""
    seats: list[Seat]
    """In order."""


class SeatList(AllSeats):
    """Every seat of a room, and open requests for them."""

    requests: list[SeatAsked]
    """Oldest first."""


class SeatAnswer(Payload):
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


def all_seats(options: RoomOptions, seated: Sequence[Seated], names: Names) -> AllSeats:
    """Return every seat of a room, and how the audience gets one."""
    return AllSeats(mode=options.seat_mode.value, seats=_seats(options, seated, names))


def seat_list(options: RoomOptions, seat_map: SeatMap, names: Names) -> SeatList:
    """Return every seat of a room, and open requests for them."""
    requests = [seat_asked(request) for request in seat_map.requests]
    return SeatList(mode=options.seat_mode.value, seats=_seats(options, seat_map.seated, names), requests=requests)


def seat_shown(options: RoomOptions, number: int, seated: Seated | None, names: Names) -> Seat:
    """Return one seat; without anybody in it the user is ""."""
    mutes = seated.mutes if seated is not None else 0
    name, avatar = names.get(seated.user, ("", "")) if seated is not None else ("", "")
    return Seat(
        seat=number,
        user_id=seated.user if seated is not None else "",
        name=name,
        avatar=avatar,
        locked=options.is_locked(number),
        audio_muted=bool(mutes & Mutes.AUDIO),
        video_muted=bool(mutes & Mutes.VIDEO),
        audio_off=bool(mutes & Mutes.AUDIO_OFF),
        video_off=bool(mutes & Mutes.VIDEO_OFF),
    )


def seat_asked(request: SeatRequest) -> SeatAsked:
    """Return an application or invitation."""
    return SeatAsked(
        request_id=request.id,
        kind=request.kind.value,
        user_id=request.user,
        name=request.name,
        avatar=request.avatar,
        seat=request.seat,
        by=request.by,
        expire_utc=wire_time(request.expires),
    )


def seat_answer(answer: RequestAnswer) -> SeatAnswer:
    """Return the outcome of one."""
    return SeatAnswer(
        request_id=answer.request.id,
        kind=answer.request.kind.value,
        user_id=answer.request.user,
        seat=answer.seat,
        outcome=answer.outcome.value,
        reason=answer.reason,
        by=answer.by or "",
    )


def _seats(options: RoomOptions, seated: Sequence[Seated], names: Names) -> list[Seat]:
    taken = {one.number: one for one in seated}
    return [seat_shown(options, number, taken.get(number), names) for number in range(1, options.seats + 1)]
