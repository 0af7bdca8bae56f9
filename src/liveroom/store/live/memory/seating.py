"""Seats in the record of a room: who comes to one and who leaves it, and what others see of that."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import UserId
from liveroom.domain.presence.members import LeaveReason
from liveroom.domain.rooms.options import RoomOptions
from liveroom.domain.seats.model import Seated, SeatMap, fitted, without
from liveroom.domain.seats.payloads import all_seats
from liveroom.store.live.memory.room_publisher import RoomChange
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord

_encode: Final = msgspec.json.Encoder().encode
_OWN: Final = frozenset({LeaveReason.LEFT, LeaveReason.ELSEWHERE})
"""Leaving by the leaver's own call."""


class MemoryReseated(NamedTuple):
    """Members whose seat has changed, and what others see of it."""

    moved: list[MemberRecord]
    happened: list[RoomChange]


def names(room: RoomRecord) -> Mapping[UserId, tuple[str, str]]:
    """Return the name and picture of everybody who has a seat."""
    members = (room.members[one.user] for one in room.seat_map.seated)
    return {member.user: (member.name, member.avatar) for member in members}


def put_seat_map(room: RoomRecord, seat_map: SeatMap, now: int) -> MemoryReseated:
    """Bring a room to another seat map, of which everybody is in the room."""
    before = {one.user: one for one in room.seat_map.seated}
    after = {one.user: one for one in seat_map.seated}
    room.seat_map, room.seat_map_version = seat_map, max(room.seat_map_version + 1, now)
    moved, happened = list[MemberRecord](), list[RoomChange]()
    for member, one in _moved(room, before, after):
        shown = member.shown
        member.seat, member.mutes = one.number, one.mutes
        moved.append(member)
        if shown is not member.shown:
            happened.append(RoomChange(EventKind.ROLE_CHANGED, member))
    return MemoryReseated(moved, happened)


def fit(room: RoomRecord, before: RoomOptions, now: int) -> MemoryReseated:
    """Put off whoever has a seat that the room's new options do not have, or lock; tell how seats are now."""
    if _plan(room.options) == _plan(before):
        return MemoryReseated([], [])
    moved, happened = put_seat_map(room, fitted(room.seat_map, room.options), now)
    return MemoryReseated(moved, [*happened, seats_changed(room)])


def free(room: RoomRecord, member: MemberRecord, reason: LeaveReason, now: int) -> Iterator[RoomChange]:
    """Free the seat of a member who has left; yield what others see of it."""
    if member.seat:
        room.seat_map, room.seat_map_version = (
            without(room.seat_map, [member.user]),
            max(room.seat_map_version + 1, now),
        )
        member.seat = member.mutes = 0
        yield seats_changed(room, reason=reason, by=member.user if reason in _OWN else None)


def seats_changed(room: RoomRecord, *, reason: str = "", by: UserId | None = None) -> RoomChange:
    """Return the change of all seats, as they are now."""
    data = _encode(all_seats(room.options, room.seat_map.seated, names(room)))
    return RoomChange(EventKind.SEATS_CHANGED, reason=reason, data=data, by=by)


def _moved(
    room: RoomRecord, before: Mapping[UserId, Seated], after: Mapping[UserId, Seated]
) -> Iterator[tuple[MemberRecord, Seated]]:
    """Yield whose seat is another, or none any more: who leaves one first."""
    for user in [user for user in before if user not in after]:
        yield room.members[user], Seated(0, user)
    for user, one in after.items():
        if before.get(user) != one:
            yield room.members[user], one


def _plan(options: RoomOptions) -> tuple[object, ...]:
    return options.seats, options.seat_mode, options.seat_locks
