"""The users of a load: accounts of their own on the service, made once and found again by the next run."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from liveroom.bench.mix import ANCHORS
from liveroom.bench.requests import Form, Values, request
from liveroom.bench.target import BenchTarget
from liveroom.bench.wire import Connections, NoAnswer, WireAnswer
from liveroom.clock import SystemClock
from liveroom_client.login import salt_of, signed_with_salt

_TAKEN: Final = 98
_LIMITED: Final = 3004
_AT_ONCE: Final = 32
_CATEGORY: Final = "mlvb-show-live"


class CannotPrepare(Exception):
    """The service did not take the users; the text says what it answered."""


class _Login(msgspec.Struct):
    user: str = msgspec.field(name="userId")
    token: str


class _LoginAnswer(msgspec.Struct):
    data: _Login


@dataclass(slots=True, eq=False)
class Person:
    """A user with a phone: every second one an Android, the others iPhones."""

    name: str
    is_android: bool
    is_anchor: bool
    id: str = ""
    token: str = ""
    room: str = ""
    """Where they are now, as they believe."""
    under_way: int = 0
    """Calls not answered yet."""

    @property
    def form(self) -> Form:
        """Return how the phone sends account calls."""
        return Form.QUERY if self.is_android else Form.JSON

    def identity(self) -> Values:
        """Return the parameters that say who is calling, in an account call."""
        if self.is_android:
            return {"apaasUserId": self.id, "token": self.token}
        return {"userId": self.id, "token": self.token, "appId": 0}

    def room_identity(self) -> Values:
        """Return the same for a room call."""
        return {"appId": "0", "userId": self.id, "token": self.token, "apaasUserId": self.id}

    def take_login(self, answer: WireAnswer) -> None:
        """Keep what a login answered."""
        if answer.code == 0:
            login = msgspec.json.decode(answer.body, type=_LoginAnswer).data
            self.id, self.token = login.user, login.token


@dataclass(slots=True)
class SimulatedUsers:
    """All users of a load, and which of them broadcast now."""

    target: BenchTarget
    people: list[Person]
    dice: random.Random
    on_air: list[Person] = field(default_factory=list)
    """Anchors whose rooms are open, the most watched first: the rooms' sizes are Zipf(1)."""
    away: list[Person] = field(default_factory=list)
    """Users who have logged out."""

    def anyone(self) -> Person:
        """Return a user who is logged in."""
        while True:
            person = self.dice.choice(self.people)
            if person.token:
                return person

    def viewer(self) -> Person:
        """Return a user who is logged in and does not broadcast."""
        while (person := self.anyone()).is_anchor:
            pass
        return person

    def anchor(self, *, on_air: bool) -> Person:
        """Return an anchor whose room is open, or closed; any, where there is none such."""
        anchors = [person for person in self.people if person.is_anchor]
        wanted = [person for person in anchors if (person in self.on_air) is on_air]
        return self.dice.choice(wanted or anchors)

    def popular_room(self) -> str:
        """Return an open room: the first is drawn twice as often as the second, three times as often as the third."""
        if not self.on_air:
            return self.anchor(on_air=False).id
        weights = [1 / rank for rank in range(1, len(self.on_air) + 1)]
        return self.dice.choices(self.on_air, weights)[0].id


def register_request(target: BenchTarget, person: Person) -> bytes:
    """Return the call that makes the person's account."""
    values: Values = {"username": person.name, "salt": _salt(person)}
    return request(target, "oauth/register", person.form, values)


def sign_request(target: BenchTarget, person: Person, dice: random.Random) -> bytes:
    """Return the call that signs the person in with their password."""
    ts, nonce = str(round(SystemClock().now().timestamp() * 1000)), f"{dice.getrandbits(64):x}"
    values = signed_with_salt(person.name, _salt(person), tag="xiaozhibo", ts=ts, nonce=nonce)
    return request(target, "oauth/signature", person.form, values)


def open_request(target: BenchTarget, person: Person) -> bytes:
    """Return the call with which an anchor goes live: the room's id is their own."""
    values = {**person.room_identity(), "roomId": person.id, "role": "anchor", "category": _CATEGORY}
    return request(target, "rooms/enter_room", Form.FORM, values)


async def gather_crowd(
    connections: Connections, target: BenchTarget, count: int, dice: random.Random, on_step: Callable[[], None]
) -> SimulatedUsers:
    """Register and sign in that many users, and let the anchors go live. Raises ``CannotPrepare``."""
    anchors = max(1, round(count * ANCHORS))
    people = [Person(f"bench-{number}", number % 2 == 0, number < anchors) for number in range(count)]
    crowd = SimulatedUsers(target, people, dice)
    waiting = asyncio.Semaphore(_AT_ONCE)

    async def prepare(person: Person) -> None:
        async with waiting:
            await _expect(connections, register_request(target, person), allowed=(0, _TAKEN))
            person.take_login(await _expect(connections, sign_request(target, person, dice)))
            if person.is_anchor:
                await _expect(connections, open_request(target, person))
                person.room = person.id
                crowd.on_air.append(person)
            on_step()

    async with asyncio.TaskGroup() as group:
        for person in people:
            group.create_task(prepare(person))
    return crowd


async def _expect(connections: Connections, asked: bytes, allowed: Sequence[int] = (0,)) -> WireAnswer:
    try:
        answer = await connections.ask(asked)
    except NoAnswer as problem:
        raise CannotPrepare(f"no answer: {problem}") from problem
    if answer.code == _LIMITED:
        raise CannotPrepare("the service limits how many accounts an address makes: set LIVEROOM_ACCOUNT_LIMIT=0 there")
    if answer.code not in allowed:
        raise CannotPrepare(f"{asked.split(b'?')[0].split(b' HTTP')[0].decode()} answered {answer.body.decode()}")
    return answer


def _salt(person: Person) -> str:
    return salt_of(person.name, "liveroom bench")
