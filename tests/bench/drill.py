"""The calls of DESIGN.md 4 as prepared requests: over many users and rooms, so that no cache does the work."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from liveroom.bench.people import Person, register_request, sign_request
from liveroom.bench.requests import Form, Values, request
from liveroom.bench.target import BenchTarget
from tests.bench.seeding import CATEGORY, SeededMember, hosts, room_id


@dataclass(frozen=True, slots=True)
class Drill:
    """Makes the requests of one service; the port is in them."""

    target: BenchTarget
    guests: Sequence[SeededMember]
    viewers: int
    """How many of the guests, the first ones, go in and out of rooms."""
    active: int
    """How many of those, the first ones, say something, like and take seats there."""
    rooms: int
    dice: random.Random
    strangers: list[Person] = field(default_factory=list)
    """Who has registered and not signed in yet."""

    def register(self, count: int) -> list[bytes]:
        """Return that many people registering; they can sign in next."""
        people = [Person(f"drill-{self.dice.getrandbits(64):x}", n % 2 == 0, is_anchor=False) for n in range(count)]
        self.strangers.extend(people)
        return [register_request(self.target, person) for person in people]

    def sign_in(self) -> list[bytes]:
        """Return everybody who has registered signing in."""
        people = self.strangers[:]
        self.strangers.clear()
        return [sign_request(self.target, person, self.dice) for person in people]

    def keepalive(self, count: int) -> list[bytes]:
        """Return keepalives, half as Android sends them and half as iOS does."""
        return [
            self._account("auth_users/user_keepalive", guest, number % 2) for number, guest in self._each_guest(count)
        ]

    def keep_hosts(self) -> list[bytes]:
        """Return a keepalive of every room's owner."""
        return [self._account("auth_users/user_keepalive", owner, 1) for owner in hosts(range(self.rooms))]

    def login_token(self, count: int) -> list[bytes]:
        return [
            self._account("auth_users/user_login_token", guest, number % 2) for number, guest in self._each_guest(count)
        ]

    def query_room(self, count: int, order: str = "createUtc") -> list[bytes]:
        return [
            self._room("rooms/query_room", guest, {"category": CATEGORY, "orderBy": order})
            for _, guest in self._each_guest(count)
        ]

    def room_detail(self, count: int) -> list[bytes]:
        return [
            self._room("rooms/room_detail", guest, {"roomId": self._any_room()}) for _, guest in self._each_guest(count)
        ]

    def list_users(self, count: int) -> list[bytes]:
        return [
            self._room("rooms/list_users", guest, {"roomId": self._any_room()}) for _, guest in self._each_guest(count)
        ]

    def enter(self, shift: int) -> list[bytes]:
        """Return every viewer entering a room as audience: another one for another ``shift``."""
        return [
            self._enter(guest, self._place(number, shift)) for number, guest in enumerate(self.guests[: self.viewers])
        ]

    def detail_of(self, guest: SeededMember, room: int) -> bytes:
        """Return somebody looking at a room."""
        return self._room("rooms/room_detail", guest, {"roomId": room_id(room)})

    def enter_into(self, guest: SeededMember, room: int) -> bytes:
        """Return somebody entering a room as audience."""
        return self._enter(guest, room_id(room))

    def send(self) -> list[bytes]:
        """Return every active viewer saying something in the room of the first shift."""
        return [
            self._room("messages/send", guest, {"roomId": self._place(number, 0), "text": f"主播好 {number} 🎈"})
            for number, guest in enumerate(self.guests[: self.active])
        ]

    def like(self) -> list[bytes]:
        """Return every active viewer liking the room of the first shift, each with a few taps."""
        return [
            self._room("rooms/like", guest, {"roomId": self._place(number, 0), "count": 1 + number % 9})
            for number, guest in enumerate(self.guests[: self.active])
        ]

    def give(self, count: int, to: int | None = None) -> list[bytes]:
        """Return so many active viewers sending the host of their room a rose; ``to``: all are in this room."""
        return [
            self._room("gifts/send", guest, {"roomId": room, "giftId": "rose", "key": f"{self.dice.getrandbits(64):x}"})
            for number, guest in enumerate(self.guests[:count])
            for room in (self._place(number, 0) if to is None else room_id(to),)
        ]

    @property
    def most_seats(self) -> int:
        """Return how many seats each room needs for those who take one."""
        return (self.active - 1) // self.rooms + 1

    def configure_seats(self, *, seats: int, mode: str) -> list[bytes]:
        """Return a request of every room's owner that configures its seats."""
        owners = enumerate(hosts(range(self.rooms)))
        values: Values = {"seats": seats, "mode": mode}
        return [self._room("seats/configure", owner, {"roomId": room_id(room), **values}) for room, owner in owners]

    def take(self) -> list[bytes]:
        """Return every active viewer taking a seat of their own in the room of the first shift."""
        return [
            self._room("seats/take", guest, {"roomId": self._place(number, 0), "seat": number // self.rooms + 1})
            for number, guest in enumerate(self.guests[: self.active])
        ]

    def leave_seats(self) -> list[bytes]:
        """Return every one of them leaving it."""
        return [
            self._room("seats/leave", guest, {"roomId": self._place(number, 0)})
            for number, guest in enumerate(self.guests[: self.active])
        ]

    def leave(self, shift: int) -> list[bytes]:
        """Return every viewer leaving the room of that ``shift``."""
        return [
            self._room("rooms/leave_room", guest, {"roomId": self._place(number, shift)})
            for number, guest in enumerate(self.guests[: self.viewers])
        ]

    def _each_guest(self, count: int) -> Sequence[tuple[int, SeededMember]]:
        """Return guests in a random order, everyone as often as the others."""
        rounds: list[SeededMember] = []
        while len(rounds) < count:
            rounds += self.dice.sample(self.guests, len(self.guests))
        return list(enumerate(rounds[:count]))

    def _any_room(self) -> str:
        return room_id(self.dice.randrange(self.rooms))

    def _place(self, number: int, shift: int) -> str:
        return room_id((number * 7919 + shift) % self.rooms)

    def _enter(self, guest: SeededMember, room: str) -> bytes:
        return self._room("rooms/enter_room", guest, {"roomId": room, "role": "audience", "category": CATEGORY})

    def _account(self, call: str, guest: SeededMember, ios: int) -> bytes:
        if ios:
            return request(self.target, call, Form.JSON, {"userId": guest.id, "token": guest.token, "appId": 0})
        return request(self.target, call, Form.QUERY, {"apaasUserId": guest.id, "token": guest.token})

    def _room(self, call: str, guest: SeededMember, values: Values) -> bytes:
        identity: Values = {"appId": "0", "userId": guest.id, "token": guest.token, "apaasUserId": guest.id}
        return request(self.target, call, Form.FORM, {**identity, **values})
