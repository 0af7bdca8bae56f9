"""Who has which seat in a room that comes back from the recovery store.

The journal writes each stay by itself, and may have been lost before it wrote that somebody left a seat: the one who
came to it last has it. The requests that waited are lost; who asked asks again.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from liveroom.domain.ids import UserId
from liveroom.domain.presence.members import Stay
from liveroom.domain.rooms.options import RoomOptions
from liveroom.domain.seats.model import Seated, SeatMap, fitted


class Reseated(NamedTuple):
    """The seat map, and members with the seats that they have by it. ``wrong``: those of which more is written."""

    seat_map: SeatMap
    stays: Mapping[UserId, Stay]
    wrong: list[Stay]


def reseated(stays: Mapping[UserId, Stay], options: RoomOptions) -> Reseated:
    """Return who has which seat, by the newest stay of each member."""
    seated = fitted(SeatMap(tuple(sorted(_held(stays.values())))), options)
    right = {one.user for one in seated.seated}
    wrong = [stay for user, stay in stays.items() if stay.seat and user not in right]
    cleared = {stay.user: stay._replace(seat=0, mutes=0) for stay in wrong}
    return Reseated(seated, {user: cleared.get(user, stay) for user, stay in stays.items()}, list(cleared.values()))


def _held(stays: Iterable[Stay]) -> Iterable[Seated]:
    taken = set[int]()
    for stay in sorted(stays, key=lambda stay: -stay.version):
        if stay.seat and stay.seat not in taken:
            taken.add(stay.seat)
            yield Seated(stay.seat, stay.user, stay.mutes)
