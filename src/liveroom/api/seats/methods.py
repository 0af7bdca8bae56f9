"""``seats/*``: who has which seat of a room, and who asks whom for one."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Need, method
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.seats.shapes import seat_at, seat_of, seats_in
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, SeatModeUnknown
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.options import SEATS_MAX, SeatMode
from liveroom.domain.rooms.permissions import Right
from liveroom.domain.seats.payloads import Seat, SeatAsked, SeatList, seat_asked
from liveroom.domain.seats.requests import REASON_MAX
from liveroom.usecases.seats.maps import SeatPlans
from liveroom.usecases.seats.taking import SeatRequests, Seats

_Number = Annotated[int, Whole(1, SEATS_MAX)]
_AnyNumber = Annotated[int, Whole(0, SEATS_MAX)]
_MODES = {mode.value: mode for mode in SeatMode}
_CALL = (Code.RoomNotExists, Code.RateLimited)
_MOVING = (*_CALL, Code.PermissionDenied, Code.NotInRoom, Code.UserNotExists, Code.NotSeated)
_GRANT = (Code.SeatNotExists, Code.SeatIdNotExists, Code.SeatOccupied, Code.SeatLocked)


class SeatsOfRoom(Request):
    """The room."""

    room_id: Id


@method(
    "base/v1/seats/list",
    bad_request=Code.RoomQueryParams,
    reply=SeatList,
    codes=(Code.RoomNotExists, Code.NotInRoom),
)
async def list_seats(call: SeatsOfRoom, actor: Actor, seats: Seats) -> SeatList:
    """Return a room's seats and open requests for them; for its members and owner (else 3007)."""
    return seats_in(await seats.list(actor, RoomId(call.room_id)))


class Configure(Request):
    """Absent fields stay as they are. ``mode``: ``free``, ``apply`` or ``invite``; any other: 4100."""

    room_id: Id
    seats: Annotated[int, Whole(0, SEATS_MAX)] | None = None
    mode: Annotated[str, Text(16)] | None = None


@method(
    "base/v1/seats/configure",
    bad_request=Code.SeatNumInvalid,
    right=Right.ARRANGE,
    reply=SeatList,
    codes=(*_CALL, Code.PermissionDenied, Code.SeatModeInvalid),
)
async def configure(call: Configure, actor: Actor, seat_plans: SeatPlans) -> SeatList:
    """Change the number of seats, or how the audience gets one; owner and moderators only (3000).

    Users in seats above that number leave them.
    """
    mode = _MODES.get(call.mode) if call.mode is not None else None
    if call.mode is not None and mode is None:
        raise SeatModeUnknown(", ".join(_MODES))
    return seats_in(await seat_plans.configure(actor, RoomId(call.room_id), call.seats, mode))


class TakeSeat(Request):
    """``seat``: its number, from 1; if not given, the first free one."""

    room_id: Id
    seat: _AnyNumber = 0


@method(
    "base/v1/seats/take",
    bad_request=Code.SeatIdNotExists,
    sometimes=(Need(Right.SEAT, "modes other than ``free`` (hosts always may)"),),
    reply=Seat,
    codes=(*_CALL, Code.NotInRoom, Code.FollowersOnly, Code.SeatModeInvalid, *_GRANT),
)
async def take(call: TakeSeat, actor: Actor, seats: Seats) -> Seat:
    """Take a seat: anyone in mode ``free``, hosts and moderators always; others: 4100.

    Where seats are for followers of the room's owner: 3019 for the rest of the audience.
    A user in a seat moves to the given one. Then ask for a new ``rtc/credential``.
    """
    return seat_of(await seats.take(actor, RoomId(call.room_id), call.seat), actor.user)


@method(
    "base/v1/seats/apply",
    bad_request=Code.SeatIdNotExists,
    reply=SeatAsked,
    codes=(*_CALL, Code.NotInRoom, Code.FollowersOnly, Code.SeatModeInvalid, Code.QuotaExceeded, *_GRANT),
)
async def apply(call: TakeSeat, actor: Actor, seat_requests: SeatRequests) -> SeatAsked:
    """Apply for a seat (any, if ``seat`` is not given) in mode ``apply`` (else 4100). It waits 15 seconds for a host.

    Repeating it returns the open application; for another seat it replaces it. Already in a seat: 4200. More than 100
    applications and invitations in a room: 3005. Where seats are for followers of the room's owner: 3019 for others.
    """
    return seat_asked(await seat_requests.apply(actor, RoomId(call.room_id), call.seat))


class CancelRequest(Request):
    """``requestId``: which; if not given, all of the caller's."""

    room_id: Id
    request_id: Id = ""


@method(
    "base/v1/seats/cancel",
    bad_request=Code.RoomQueryParams,
    codes=(*_CALL, Code.PermissionDenied, Code.RequestNotExists),
)
async def cancel(call: CancelRequest, actor: Actor, seat_requests: SeatRequests) -> None:
    """Withdraw the caller's application or invitation. No longer open: 3012."""
    await seat_requests.cancel(actor, RoomId(call.room_id), call.request_id)


class Invite(Request):
    """``targetId``: a member of the room. ``seat``: its number; if not given, any."""

    room_id: Id
    target_id: Id
    seat: _AnyNumber = 0


@method(
    "base/v1/seats/invite",
    bad_request=Code.SeatIdNotExists,
    right=Right.SEAT,
    reply=SeatAsked,
    codes=(*_CALL, Code.PermissionDenied, Code.UserNotExists, Code.QuotaExceeded, *_GRANT),
)
async def invite(call: Invite, actor: Actor, seat_requests: SeatRequests) -> SeatAsked:
    """Invite a member to a seat; appointed anchors and moderators only (3000). The user receives ``user.invited``.

    Not in the room: 206. Already in a seat: 4200.
    """
    return seat_asked(await seat_requests.invite(actor, RoomId(call.room_id), UserId(call.target_id), call.seat))


class AnswerRequest(Request):
    """The application or invitation."""

    room_id: Id
    request_id: Id


@method(
    "base/v1/seats/approve",
    bad_request=Code.RoomQueryParams,
    right=Right.SEAT,
    reply=Seat,
    codes=(*_CALL, Code.PermissionDenied, Code.RequestNotExists, *_GRANT),
)
async def approve(call: AnswerRequest, actor: Actor, seat_requests: SeatRequests) -> Seat:
    """Approve an application; appointed anchors and moderators only (3000). No longer open: 3012.

    If the seat is taken by now: 4200, and the application stays open.
    """
    context, user = await seat_requests.approve(actor, RoomId(call.room_id), call.request_id)
    return seat_of(context, user)


@method(
    "base/v1/seats/accept",
    bad_request=Code.RoomQueryParams,
    reply=Seat,
    codes=(*_CALL, Code.PermissionDenied, Code.RequestNotExists, *_GRANT),
)
async def accept(call: AnswerRequest, actor: Actor, seat_requests: SeatRequests) -> Seat:
    """Accept an invitation to a seat. No longer open: 3012; somebody else's: 3000."""
    return seat_of(await seat_requests.accept(actor, RoomId(call.room_id), call.request_id), actor.user)


class RefuseRequest(AnswerRequest):
    """``reason``: for people, at most 100 characters."""

    reason: Annotated[str, Text(REASON_MAX)] = ""


@method(
    "base/v1/seats/refuse",
    bad_request=Code.RoomQueryParams,
    sometimes=(Need(Right.SEAT, "applications"),),
    codes=(*_CALL, Code.PermissionDenied, Code.RequestNotExists),
)
async def refuse(call: RefuseRequest, actor: Actor, seat_requests: SeatRequests) -> None:
    """Decline an application as a host or moderator, or the caller's own invitation (else 3000). No longer open:
    3012."""
    await seat_requests.refuse(actor, RoomId(call.room_id), call.request_id, call.reason)


@method(
    "base/v1/seats/leave",
    bad_request=Code.RoomQueryParams,
    codes=(*_CALL, Code.NotInRoom, Code.NotSeated),
)
async def leave(call: SeatsOfRoom, actor: Actor, seats: Seats) -> None:
    """Leave the caller's seat; leaving the room, or going offline, does so too. Not in a seat: 3013."""
    await seats.leave(actor, RoomId(call.room_id))


class MoveSeat(Request):
    """``seat``: the new seat. ``targetId``: whom; if not given, the caller."""

    room_id: Id
    seat: _Number
    target_id: Id | None = None


@method(
    "base/v1/seats/move",
    bad_request=Code.SeatIdNotExists,
    sometimes=(Need(Right.SEAT, "somebody else; for oneself, as in ``seats/take``"),),
    reply=Seat,
    codes=(*_MOVING, Code.SeatModeInvalid, *_GRANT),
)
async def move(call: MoveSeat, actor: Actor, seats: Seats) -> Seat:
    """Move to another seat, as with ``seats/take``; appointed anchors and moderators may move others (else 3000).

    ``targetId`` not in the room: 206; not in a seat: 3013.
    """
    target = UserId(call.target_id) if call.target_id else None
    return seat_at(await seats.move(actor, RoomId(call.room_id), call.seat, target), call.seat)


class KickFromSeat(Request):
    """``targetId``: the user, who stays in the room."""

    room_id: Id
    target_id: Id


@method(
    "base/v1/seats/kick",
    bad_request=Code.RoomQueryParams,
    right=Right.SEAT,
    codes=(*_CALL, Code.PermissionDenied, Code.UserNotExists, Code.NotSeated),
)
async def kick(call: KickFromSeat, actor: Actor, seats: Seats) -> None:
    """Remove a user of lower rank from their seat; appointed anchors and moderators only (3000).

    The media provider also stops their stream. Not in the room: 206; not in a seat: 3013.
    """
    await seats.kick(actor, RoomId(call.room_id), UserId(call.target_id))


class LockSeat(Request):
    """``locked``: true or false."""

    room_id: Id
    seat: _Number
    locked: bool


@method(
    "base/v1/seats/lock",
    bad_request=Code.SeatLockInvalid,
    right=Right.SEAT,
    reply=Seat,
    codes=(*_CALL, Code.PermissionDenied, Code.SeatNotExists, Code.SeatIdNotExists),
)
async def lock(call: LockSeat, actor: Actor, seat_plans: SeatPlans) -> Seat:
    """Lock or unlock a seat; appointed anchors and moderators only (3000).

    A user in it is removed, unless their rank is the caller's or higher (3000). Locks last for the broadcast.
    """
    context = await seat_plans.lock(actor, RoomId(call.room_id), call.seat, locked=call.locked)
    return seat_at(context, call.seat)


class MuteSeat(Request):
    """``targetId``: whose seat; if not given, the caller's. ``audio``, ``video``: true mutes, false unmutes; give at
    least one.
    """

    room_id: Id
    target_id: Id | None = None
    audio: bool | None = None
    video: bool | None = None


@method(
    "base/v1/seats/mute",
    bad_request=Code.SeatMuteInvalid,
    sometimes=(Need(Right.SEAT, "somebody else's seat"),),
    reply=Seat,
    codes=_MOVING,
)
async def mute(call: MuteSeat, actor: Actor, seats: Seats) -> Seat:
    """Mute or unmute a seat: the caller's own or, for appointed anchors and moderators, a lower rank's (else 3000).

    Only a host can undo a host's mute (4102), and the media provider enforces it. Not in the room: 206; not in a seat:
    3013.
    """
    if call.audio is None and call.video is None:
        raise BadRequest("audio, video: at least one is required")
    target = UserId(call.target_id) if call.target_id else None
    context = await seats.mute(actor, RoomId(call.room_id), target, audio=call.audio, video=call.video)
    return seat_of(context, target or actor.user)
