"""Seats: who has which, who waits for one, and what may be done about it (link-mic).

A seat map is what is so now; how many seats there are, which are locked and how one comes to one are the room's
options. A rule takes the seat map and returns it as it is afterwards, with what is told of it; who may call a rule is
decided by whoever calls it (``permissions``). Rules about applications and invitations stand in ``seat_requests``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import IntFlag, StrEnum
from typing import Final, NamedTuple

from liveroom.domain.errors import (
    NotSeated,
    SeatLocked,
    SeatModeWrong,
    SeatMuteInvalid,
    SeatNotFound,
    SeatOccupied,
    SeatsMissing,
)
from liveroom.domain.ids import UserId
from liveroom.domain.rooms.options import RoomOptions, SeatMode

REMEMBERED: Final = 100
"""How many people without a seat a seat map remembers as muted by a host."""


class Mutes(IntFlag):
    """How a seat is muted."""

    AUDIO = 1
    """By a host, as ``VIDEO``."""
    VIDEO = 2
    AUDIO_OFF = 4
    """By whoever has the seat, as ``VIDEO_OFF``."""
    VIDEO_OFF = 8


BY_HOST: Final = Mutes.AUDIO | Mutes.VIDEO


class RequestKind(StrEnum):
    """Who asks whom."""

    APPLY = "apply"
    """An audience asks the hosts for a seat."""
    INVITE = "invite"
    """A host asks an audience to take one."""


class RequestOutcome(StrEnum):
    """What became of an application or invitation."""

    APPROVED = "approved"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    """By whoever had made it, or because its user came to a seat otherwise, or left the room."""
    EXPIRED = "expired"


class Seated(NamedTuple):
    """A seat that is taken."""

    number: int
    """Counted from 1."""
    user: UserId
    mutes: int = 0
    """``Mutes``."""


class SeatRequest(NamedTuple):
    """An application, or an invitation, that waits for its answer."""

    id: str
    kind: RequestKind
    user: UserId
    """Who is to have the seat."""
    name: str
    avatar: str
    seat: int
    """0: any."""
    by: UserId
    """Who asks."""
    expires: datetime


class RequestAnswer(NamedTuple):
    """What became of a request."""

    request: SeatRequest
    outcome: RequestOutcome
    by: UserId | None
    """Who brought it about; None: time, or that its user left."""
    seat: int = 0
    """The seat that its user has by it."""
    reason: str = ""


class Silenced(NamedTuple):
    """Somebody who has left a seat that a host had muted."""

    user: UserId
    mutes: int
    """Of ``BY_HOST``."""


class SeatMap(NamedTuple):
    """The seats that are taken, by their numbers, and the requests that wait, by their age."""

    seated: tuple[Seated, ...] = ()
    requests: tuple[SeatRequest, ...] = ()
    silenced: tuple[Silenced, ...] = ()
    """Who comes to a seat muted; who left last is the last."""

    def seat_of(self, user: UserId) -> Seated | None:
        """Return the seat that a user has."""
        return next((one for one in self.seated if one.user == user), None)

    def users(self) -> set[UserId]:
        """Return everybody of whom something is said."""
        return {one.user for one in self.seated} | {one.user for one in self.requests}


EMPTY: Final = SeatMap()
"""The seat map of a room in which nobody has asked for a seat."""


class SeatDecision(NamedTuple):
    """A seat map after a rule, and what became of requests."""

    seat_map: SeatMap
    requested: tuple[SeatRequest, ...] = ()
    answered: tuple[RequestAnswer, ...] = ()


def check_number(options: RoomOptions, number: int) -> None:
    """Raise ``SeatsMissing`` or ``SeatNotFound`` for a seat that the room does not have; 0 is any."""
    if not options.seats:
        raise SeatsMissing
    if not 0 <= number <= options.seats:
        raise SeatNotFound


def open_seat(seat_map: SeatMap, options: RoomOptions, number: int) -> int:
    """Return the seat if it is to be had, for 0 the first that is.

    Raises ``SeatsMissing``, ``SeatNotFound``, ``SeatLocked``, ``SeatOccupied``.
    """
    check_number(options, number)
    taken = {one.number for one in seat_map.seated}
    if number and options.is_locked(number):
        raise SeatLocked
    asked = (number,) if number else range(1, options.seats + 1)
    found = next((seat for seat in asked if seat not in taken and not options.is_locked(seat)), None)
    if found is None:
        raise SeatOccupied
    return found


def take(seat_map: SeatMap, options: RoomOptions, user: UserId, number: int, *, may_seat: bool) -> SeatDecision:
    """Give a user the seat, or for 0 the first free one; who has one already moves there.

    Raises what ``open_seat`` does, and ``SeatModeWrong`` unless seats are free or they may seat people.
    """
    check_number(options, number)
    _check_mode(options, may_seat=may_seat)
    mine = seat_map.seat_of(user)
    if mine is not None and number in (0, mine.number):
        return SeatDecision(seat_map)
    former = mine or next((one for one in seat_map.silenced if one.user == user), None)
    return sit(seat_map, user, open_seat(seat_map, options, number), former.mutes if former is not None else 0)


def sit(seat_map: SeatMap, user: UserId, number: int, mutes: int = 0) -> SeatDecision:
    """Put a user on a free seat, and end their applications and invitations.

    Somebody seated by a host is unmuted; ``mutes`` are for those who take a seat by themselves.
    """
    seated = sorted([*(one for one in seat_map.seated if one.user != user), Seated(number, user, mutes)])
    left = tuple(one for one in seat_map.requests if one.user != user)
    over = tuple(RequestAnswer(one, RequestOutcome.CANCELLED, user) for one in seat_map.requests if one.user == user)
    silenced = tuple(one for one in seat_map.silenced if one.user != user)
    return SeatDecision(SeatMap(tuple(seated), left, silenced), answered=over)


def move(seat_map: SeatMap, options: RoomOptions, user: UserId, number: int, *, may_seat: bool) -> SeatDecision:
    """Give whoever has a seat another. Raises ``NotSeated``, and what ``take`` does."""
    if seat_map.seat_of(user) is None:
        raise NotSeated
    return take(seat_map, options, user, number, may_seat=may_seat)


def vacate(seat_map: SeatMap, user: UserId) -> SeatDecision:
    """Take a user's seat away. Raises ``NotSeated``."""
    if seat_map.seat_of(user) is None:
        raise NotSeated
    return SeatDecision(without(seat_map, [user]))


def without(seat_map: SeatMap, users: Iterable[UserId]) -> SeatMap:
    """Return the seat map without these users' seats; mutes by a host are remembered."""
    gone = set(users)
    return _kept(seat_map, [one for one in seat_map.seated if one.user not in gone])


def mute(seat_map: SeatMap, user: UserId, *, audio: bool | None, video: bool | None, by_host: bool) -> SeatDecision:
    """Mute or unmute a seat, for a host or for who has it; None leaves it as it is.

    Raises ``NotSeated``, and ``SeatMuteInvalid`` for who would lift what a host has muted.
    """
    mine = seat_map.seat_of(user)
    if mine is None:
        raise NotSeated
    mutes = mine.mutes
    for wanted, theirs, own in ((audio, Mutes.AUDIO, Mutes.AUDIO_OFF), (video, Mutes.VIDEO, Mutes.VIDEO_OFF)):
        if wanted is False and not by_host and mutes & theirs:
            raise SeatMuteInvalid
        if wanted is not None:
            bit = int(theirs if by_host else own)
            mutes = mutes | bit if wanted else mutes & ~bit
    changed = mine._replace(mutes=mutes)
    return SeatDecision(seat_map._replace(seated=tuple(changed if one == mine else one for one in seat_map.seated)))


def fitted(seat_map: SeatMap, options: RoomOptions) -> SeatMap:
    """Return the seat map without the users whose seats were removed or locked."""
    return _kept(
        seat_map, [one for one in seat_map.seated if one.number <= options.seats and not options.is_locked(one.number)]
    )


def with_lock(options: RoomOptions, number: int, *, locked: bool) -> RoomOptions:
    """Return the options with a seat locked or unlocked. Raises ``SeatsMissing``, ``SeatNotFound``."""
    check_number(options, number)
    bit = 1 << (number - 1)
    return replace(options, seat_locks=options.seat_locks | bit if locked else options.seat_locks & ~bit)


def with_seats(options: RoomOptions, seats: int | None, mode: SeatMode | None) -> RoomOptions:
    """Return the options with another number of seats, or another mode; a seat that is new is not locked."""
    number = options.seats if seats is None else seats
    kept = options.seat_locks & ((1 << number) - 1)
    return replace(options, seats=number, seat_mode=mode or options.seat_mode, seat_locks=kept)


def _kept(seat_map: SeatMap, seated: Sequence[Seated]) -> SeatMap:
    """Return the seat map on which these are left."""
    left = [one for one in seat_map.seated if one not in seated and one.mutes & BY_HOST]
    if not left:
        return seat_map._replace(seated=tuple(seated))
    users = {one.user for one in left}
    silenced = [one for one in seat_map.silenced if one.user not in users]
    silenced += [Silenced(one.user, int(one.mutes & BY_HOST)) for one in left]
    return seat_map._replace(seated=tuple(seated), silenced=tuple(silenced[-REMEMBERED:]))


def _check_mode(options: RoomOptions, *, may_seat: bool) -> None:
    if options.seat_mode is not SeatMode.FREE and not may_seat:
        raise SeatModeWrong
