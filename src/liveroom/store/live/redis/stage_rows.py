"""Stages as the scripts keep them (``lua/modules/seats.lua``), and as they tell of them."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from liveroom.domain.ids import UserId
from liveroom.domain.moments import at, moment
from liveroom.domain.presence.members import Member
from liveroom.domain.rooms.options import DEFAULTS, RoomOptions
from liveroom.domain.seats.model import RequestKind, Seated, SeatMap, SeatRequest, Silenced
from liveroom.domain.seats.payloads import all_seats
from liveroom.store.live.redis.records import MemberRow, pack
from liveroom.store.live.redis.room_rows import read_seat_mode

_encode: Final = msgspec.json.Encoder().encode


class RequestRow(msgspec.Struct, array_like=True, frozen=True):
    """An application or invitation."""

    id: str
    kind: str
    user: str
    name: str
    avatar: str
    seat: int
    by: str
    expires: int

    @classmethod
    def of(cls, request: SeatRequest) -> "RequestRow":
        """Return what is kept of a request."""
        id, kind, user, name, avatar, seat, by, expires = request
        return cls(id, kind.value, user, name, avatar, seat, by, moment(expires))

    def value(self) -> SeatRequest:
        """Return the request."""
        user, by, kind = UserId(self.user), UserId(self.by), RequestKind(self.kind)
        return SeatRequest(self.id, kind, user, self.name, self.avatar, self.seat, by, at(self.expires))


class SeatRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A seat that is taken."""

    number: int
    user: UserId
    mutes: int


class SilencedRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Somebody who has left a seat that a host had muted."""

    user: UserId
    mutes: int


class SeatMapRow(msgspec.Struct, array_like=True, frozen=True):
    """A seat map: a field of the room, which is not there before somebody has asked for a seat.

    ``seats``: by number. ``silenced``: who left last at the end. A member's record says as well which seat they have:
    where it does not, they have left.
    """

    version: int = 0
    seats: list[SeatRow] = []
    requests: list[RequestRow] = []
    writes: str = ""
    """Tokens of the last writes, which scripts keep."""
    silenced: list[SilencedRow] = []

    def value(self, members: Mapping[UserId, Member | MemberRow]) -> SeatMap:
        """Return the seat map, of which everybody who has a seat is given: who is not, or has another, has none."""
        named = (Seated(row.number, row.user, row.mutes) for row in self.seats)
        seated = tuple(one for one in named if one.user in members and members[one.user].seat == one.number)
        silenced = tuple(Silenced(row.user, row.mutes) for row in self.silenced)
        return SeatMap(seated, tuple(row.value() for row in self.requests), silenced)


class SeatPlanRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Which seats a room has."""

    seats: int
    mode: int
    locks: int


class SeatedRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A seat in an event, with who has it."""

    number: int
    user: UserId
    name: str
    avatar: str
    mutes: int


class SeatsRow(msgspec.Struct, array_like=True, frozen=True):
    """All seats in an event; ``plan`` False: nothing was arranged."""

    plan: SeatPlanRow | bool
    seats: list[SeatedRow]

    def json(self) -> bytes:
        """Return what is told of them, as JSON."""
        options = DEFAULTS
        if not isinstance(self.plan, bool):
            mode = read_seat_mode(self.plan.mode)
            options = RoomOptions(seats=self.plan.seats, seat_mode=mode, seat_locks=self.plan.locks)
        seated = [Seated(row.number, row.user, row.mutes) for row in self.seats]
        return _encode(all_seats(options, seated, {row.user: (row.name, row.avatar) for row in self.seats}))


_read_seat_map: Final = msgspec.msgpack.Decoder(SeatMapRow).decode
_NONE: Final = SeatMapRow()


def read_seat_map(packed: bytes | None) -> SeatMapRow:
    """Return a seat map that scripts keep; that of a room in which nobody has asked for a seat is empty."""
    return _NONE if packed is None else _read_seat_map(packed)


def packed_seats(seated: Sequence[Seated]) -> bytes:
    """Return seats as scripts take them."""
    return pack([SeatRow(one.number, one.user, int(one.mutes)) for one in seated])


def packed_silenced(silenced: Sequence[Silenced]) -> bytes:
    """Return who comes to a seat muted, as scripts keep it."""
    return pack([SilencedRow(one.user, one.mutes) for one in silenced])


def packed_requests(requests: Sequence[SeatRequest]) -> bytes:
    """Return requests as scripts hand them through."""
    return pack([RequestRow.of(request) for request in requests])
