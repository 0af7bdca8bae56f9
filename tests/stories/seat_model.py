"""The seats of a room as one would draw them on paper: who sits where, who is muted, what is locked.

Everybody may sit down. Person 0 owns the room and is its host; nobody else may do anything about others.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final

from tests.stories.room_model import DENIED, NOBODY, OK, OUTSIDE, Act

SEATS: Final = 3
NO_SEAT: Final = 3013
MUTED_BY_HOST: Final = 4102
TAKEN: Final = 4200
LOCKED: Final = 4201


@dataclass
class Sitter:
    """Who has a seat."""

    who: int
    by_host: bool = False
    by_self: bool = False


@dataclass
class SeatModel:
    """The seats. ``do`` changes them and returns the call's code; ``whom`` may be the number of a seat."""

    here: set[int] = field(default_factory=set)
    seats: dict[int, Sitter] = field(default_factory=dict)
    locks: set[int] = field(default_factory=set)
    silenced: set[int] = field(default_factory=set)

    def copy(self) -> "SeatModel":
        return deepcopy(self)

    def do(self, act: Act) -> int:
        return _ACTS[act.what](self, act.by, act.whom)

    def seat_of(self, who: int) -> int:
        return next((number for number, sitter in self.seats.items() if sitter.who == who), 0)

    def rise(self, number: int) -> None:
        sitter = self.seats.pop(number)
        if sitter.by_host:
            self.silenced.add(sitter.who)

    def sit(self, who: int, number: int) -> int:
        if number in self.locks:
            return LOCKED
        free = [one for one in range(1, SEATS + 1) if one not in self.seats and one not in self.locks]
        if (number or next(iter(free), 0)) not in free:
            return TAKEN
        former = self.seats.pop(self.seat_of(who), None)
        self.seats[number or free[0]] = former or Sitter(who, by_host=who in self.silenced)
        self.silenced.discard(who)
        return OK

    # what people do

    def enter(self, by: int, _: int) -> int:
        self.here.add(by)
        return OK

    def leave(self, by: int, _: int) -> int:
        self.here.discard(by)
        if number := self.seat_of(by):
            self.rise(number)
        return OK

    def take(self, by: int, number: int) -> int:
        if by not in self.here:
            return OUTSIDE
        mine = self.seat_of(by)
        return OK if mine and number in (0, mine) else self.sit(by, number)

    def stand(self, by: int, _: int) -> int:
        if by not in self.here:
            return OUTSIDE
        if not (number := self.seat_of(by)):
            return NO_SEAT
        self.rise(number)
        return OK

    def kick(self, by: int, whom: int) -> int:
        refused = self._refused(by, whom)
        if not refused:
            self.rise(self.seat_of(whom))
        return refused

    def mute(self, by: int, whom: int, *, muted: bool = True) -> int:
        if by == whom:
            return self._mute_self(by, muted=muted)
        refused = self._refused(by, whom)
        if not refused:
            self.seats[self.seat_of(whom)].by_host = muted
        return refused

    def lock(self, by: int, number: int, *, locked: bool = True) -> int:
        if by != 0:
            return DENIED
        (self.locks.add if locked else self.locks.discard)(number)
        if locked and number in self.seats:
            self.rise(number)
        return OK

    def _mute_self(self, by: int, *, muted: bool) -> int:
        if by not in self.here:
            return OUTSIDE
        if not (number := self.seat_of(by)):
            return NO_SEAT
        sitter = self.seats[number]
        if sitter.by_host and not muted:
            return MUTED_BY_HOST
        sitter.by_self = muted
        return OK

    def _refused(self, by: int, whom: int) -> int:
        """Return why somebody may not act on somebody's seat; 0 when they may."""
        if by != 0:
            return DENIED
        if whom not in self.here:
            return OUTSIDE if whom == by else NOBODY
        if not self.seat_of(whom):
            return NO_SEAT
        return DENIED if whom == 0 else OK


_ACTS: Final[Mapping[str, Callable[[SeatModel, int, int], int]]] = {
    "enter": SeatModel.enter,
    "leave": SeatModel.leave,
    "take": SeatModel.take,
    "stand": SeatModel.stand,
    "kick": SeatModel.kick,
    "mute": SeatModel.mute,
    "unmute": lambda model, by, whom: model.mute(by, whom, muted=False),
    "lock": SeatModel.lock,
    "unlock": lambda model, by, number: model.lock(by, number, locked=False),
}
