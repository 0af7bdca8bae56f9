"""Stages as the scripts keep them (``lua/prelude_stage.lua``), and as they tell of them."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from liveroom.domain.ids import UserId
from liveroom.domain.members import Member
from liveroom.domain.options import DEFAULTS, RoomOptions
from liveroom.domain.seat_payloads import all_seats
from liveroom.domain.seats import RequestKind, Seated, SeatMap, SeatRequest, Silenced
from liveroom.store.live.redis.records import MemberRow, at, moment, pack
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


class SeatMapRow(msgspec.Struct, array_like=True, frozen=True):
    """A seat map."""

    version: int = 0
    seats: list[tuple[int, str, int]] = []
    requests: list[RequestRow] = []
    writes: str = ""
    """Tokens of the last writes, which scripts keep."""
    silenced: list[tuple[str, int]] = []

    def value(self, members: Mapping[UserId, Member | MemberRow]) -> SeatMap:
        """Return the seat map, of which everybody who has a seat is given: who is not, or has another, has none."""
        named = (Seated(number, UserId(user), mutes) for number, user, mutes in self.seats)
        seated = tuple(one for one in named if one.user in members and members[one.user].seat == one.number)
        silenced = tuple(Silenced(UserId(user), mutes) for user, mutes in self.silenced)
        return SeatMap(seated, tuple(row.value() for row in self.requests), silenced)


class SeatsRow(msgspec.Struct, array_like=True, frozen=True):
    """All seats in an event: number, mode and locks (false: as ever), and those that are taken with who has them."""

    plan: tuple[int, int, int] | bool
    seats: list[tuple[int, UserId, str, str, int]]

    def json(self) -> bytes:
        """Return what is told of them, as JSON."""
        options = DEFAULTS
        if not isinstance(self.plan, bool):
            number, mode, locks = self.plan
            options = RoomOptions(seats=number, seat_mode=read_seat_mode(mode), seat_locks=locks)
        seated = [Seated(number, user, mutes) for number, user, _, _, mutes in self.seats]
        return _encode(all_seats(options, seated, {user: (name, avatar) for _, user, name, avatar, _ in self.seats}))


_read_seat_map: Final = msgspec.msgpack.Decoder(SeatMapRow).decode
_NONE: Final = SeatMapRow()


def read_seat_map(packed: bytes | None) -> SeatMapRow:
    """Return a seat map that scripts keep; that of a room in which nobody has asked for a seat is empty."""
    return _NONE if packed is None else _read_seat_map(packed)


def packed_seats(seated: Sequence[Seated]) -> bytes:
    """Return seats as scripts take them."""
    return pack([[one.number, one.user, int(one.mutes)] for one in seated])


def packed_silenced(silenced: Sequence[Silenced]) -> bytes:
    """Return who comes to a seat muted, as scripts keep it."""
    return pack([[one.user, one.mutes] for one in silenced])


def packed_requests(requests: Sequence[SeatRequest]) -> bytes:
    """Return requests as scripts hand them through."""
    return pack([RequestRow.of(request) for request in requests])
