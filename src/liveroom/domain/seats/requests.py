"""Applications for seats, and invitations to them: each waits for a while for its answer (``seats``)."""

from collections.abc import Container
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.errors import AlreadySeated, PermissionDenied, QuotaExceeded, RequestNotFound, SeatModeWrong
from liveroom.domain.ids import UserId
from liveroom.domain.rooms.options import RoomOptions, SeatMode
from liveroom.domain.seats.model import (
    RequestAnswer,
    RequestKind,
    RequestOutcome,
    SeatDecision,
    SeatMap,
    SeatRequest,
    check_number,
    open_seat,
    sit,
)

WAIT: Final = timedelta(seconds=15)
"""How long a request waits: what shipped apps wait for an answer (CLIENTS.md 8)."""
WAITING_MAX: Final = 100
"""Requests that wait in one room."""
REASON_MAX: Final = 100


def expire_requests(seat_map: SeatMap, members: Container[UserId], now: datetime) -> SeatDecision:
    """End requests that are over, and those of people who are not in the room any more."""
    answered: list[RequestAnswer] = []
    for request in seat_map.requests:
        if request.expires <= now:
            answered.append(RequestAnswer(request, RequestOutcome.EXPIRED, None))
        elif request.user not in members:
            answered.append(RequestAnswer(request, RequestOutcome.CANCELLED, None))
    over = {answer.request.id for answer in answered}
    left = tuple(request for request in seat_map.requests if request.id not in over)
    return SeatDecision(seat_map._replace(requests=left), answered=tuple(answered))


def expiry(now: datetime, wait: timedelta) -> datetime:
    """Return when a request of now is over, as exactly as it is kept."""
    end = now + wait
    return end.replace(microsecond=end.microsecond // 1000 * 1000)


def ask(seat_map: SeatMap, options: RoomOptions, request: SeatRequest) -> SeatDecision:
    """Let somebody apply, or be invited. The same once more is the request that waits; for another seat it takes the
    place of that.

    Raises ``SeatsMissing``, ``SeatModeWrong`` for an application where one does not apply, ``SeatNotFound``,
    ``SeatLocked``, ``SeatOccupied`` (``AlreadySeated`` for who has a seat), ``QuotaExceeded``.
    """
    check_number(options, request.seat)
    if request.kind is RequestKind.APPLY and options.seat_mode is not SeatMode.APPLY:
        raise SeatModeWrong
    if seat_map.seat_of(request.user) is not None:
        raise AlreadySeated
    if request.seat:
        open_seat(seat_map, options, request.seat)
    former = waiting(seat_map, request.kind, request.user)
    if former is not None and former.seat == request.seat:
        return SeatDecision(seat_map)
    left = tuple(one for one in seat_map.requests if one is not former)
    if len(left) >= WAITING_MAX:
        raise QuotaExceeded(f"at most {WAITING_MAX} open applications and invitations per room")
    over = () if former is None else (RequestAnswer(former, RequestOutcome.CANCELLED, request.by),)
    return SeatDecision(seat_map._replace(requests=(*left, request)), (request,), over)


def waiting(seat_map: SeatMap, kind: RequestKind, user: UserId) -> SeatRequest | None:
    """Return the application, or the invitation, of a user that waits."""
    return next((one for one in seat_map.requests if one.kind is kind and one.user == user), None)


def approve(seat_map: SeatMap, options: RoomOptions, id: str, *, by: UserId) -> SeatDecision:
    """Give an applicant the seat. Raises ``RequestNotFound``, and what ``open_seat`` does."""
    return _grant(seat_map, options, find(seat_map, id, RequestKind.APPLY), RequestOutcome.APPROVED, by=by)


def accept(seat_map: SeatMap, options: RoomOptions, id: str, *, by: UserId) -> SeatDecision:
    """Give whoever is invited the seat. Raises ``RequestNotFound``, ``PermissionDenied`` for anybody else, and what
    ``open_seat`` does.
    """
    request = find(seat_map, id, RequestKind.INVITE)
    if request.user != by:
        raise PermissionDenied
    return _grant(seat_map, options, request, RequestOutcome.ACCEPTED, by=by)


def refuse(seat_map: SeatMap, id: str, *, by: UserId, reason: str) -> SeatDecision:
    """Refuse what one is asked: an invitation is refused by whom it is for. Raises as ``accept``."""
    request = find(seat_map, id)
    if request.kind is RequestKind.INVITE and request.user != by:
        raise PermissionDenied
    return _end(seat_map, RequestAnswer(request, RequestOutcome.REFUSED, by, reason=reason))


def cancel(seat_map: SeatMap, id: str, *, by: UserId) -> SeatDecision:
    """Take back a request that one has made, or for "" all of them.

    Raises ``RequestNotFound``, ``PermissionDenied`` for somebody else's.
    """
    if id and find(seat_map, id).by != by:
        raise PermissionDenied
    mine = [one for one in seat_map.requests if one.by == by and id in ("", one.id)]
    return _end(seat_map, *(RequestAnswer(one, RequestOutcome.CANCELLED, by) for one in mine))


def find(seat_map: SeatMap, id: str, kind: RequestKind | None = None) -> SeatRequest:
    """Return a request that waits. Raises ``RequestNotFound``."""
    for request in seat_map.requests:
        if request.id == id and kind in (None, request.kind):
            return request
    raise RequestNotFound


def _grant(
    seat_map: SeatMap, options: RoomOptions, request: SeatRequest, outcome: RequestOutcome, *, by: UserId
) -> SeatDecision:
    number = open_seat(seat_map, options, request.seat)
    granted = RequestAnswer(request, outcome, by, number)
    seated = sit(_end(seat_map, granted).seat_map, request.user, number)
    return seated._replace(answered=(granted, *seated.answered))


def _end(seat_map: SeatMap, *answers: RequestAnswer) -> SeatDecision:
    over = {answer.request.id for answer in answers}
    left = tuple(request for request in seat_map.requests if request.id not in over)
    return SeatDecision(seat_map._replace(requests=left), answered=answers)
