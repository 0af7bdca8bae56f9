"""People of the operator: they log in at its server, go live, enter, leave, change, and ask again until it is done."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.backend.installation import OUTAGES, Installation
from tests.backend.mishaps import passing
from tests.backend.server import OperatorClient

AGAIN: Final = 0.2
"""Seconds before a call that was not answered is made again."""
TIMEOUT: Final = 60.0
PAUSE: Final = 0.05
AT_ONCE: Final = 12
Step = Callable[["Room"], Awaitable[None]]


class NeverDone(Exception):
    """A call was not answered for a minute."""


@dataclass(frozen=True)
class Person:
    """A user of the operator's, logged in."""

    name: str
    user: str
    token: str


@dataclass
class Room:
    """A host, their room, and who likes to be there."""

    host: Person
    people: Sequence[Person]
    dice: random.Random
    category: str

    @property
    def id(self) -> str:
        return self.host.user


@dataclass
class People:
    """Everybody, and what they have done."""

    installation: Installation
    client: OperatorClient
    http: httpx.AsyncClient
    seed: int
    rooms: list[Room] = field(default_factory=list)
    unwelcome: set[str] = field(default_factory=set)
    """Users whom the operator wants in no room; they try."""
    calls: int = 0
    again: int = 0
    """Calls that were not answered."""
    codes: set[tuple[str, int]] = field(default_factory=set)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def log_in(self, count: int) -> list[Person]:
        """Log so many in."""

        async def one(number: int) -> Person:
            name = f"player-{number}"
            async with self.turns:
                body = (await self._until_answered("login", lambda: self.client.login(name))).json()
            return Person(name, body["userId"], body["token"])

        return list(await asyncio.gather(*(one(number) for number in range(count))))

    async def open_all(self, people: Sequence[Person], count: int, unwelcome: int) -> None:
        """Give a room to each of the first ``count``, and to each room its share of the others; open them all."""
        others = people[count:]
        self.unwelcome = {person.user for person in others[:unwelcome]}
        for user in self.unwelcome:
            await self._staff("PUT", f"unwelcome/{user}")
        share = len(others) // count
        for number, host in enumerate(people[:count]):
            guests = others[number * share : (number + 1) * share]
            dice = random.Random(f"{self.seed}-{number}")
            self.rooms.append(Room(host, guests, dice, "duet" if number % 2 else "show"))
        await asyncio.gather(*(self._in_turn(room, self._prepare) for room in self.rooms))

    async def live(self) -> None:
        """Let something happen in every room again and again, until it is to stop."""
        async with asyncio.TaskGroup() as group:
            for room in self.rooms:
                group.create_task(self._go_on(room))

    async def _go_on(self, room: Room) -> None:
        steps: Mapping[Step, int] = {
            self._enter: 40,
            self._leave: 14,
            self._seat: 8,
            self._unseat: 4,
            self._rename: 8,
            self._retitle: 10,
            self._delist: 3,
            self._host_leaves: 3,
            self._close: 3,
            self._open: 7,
        }
        while not self.stopping.is_set():
            (step,) = room.dice.choices(list(steps), list(steps.values()))
            await self._in_turn(room, step)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), PAUSE)

    async def _in_turn(self, room: Room, step: Step) -> None:
        async with self.turns:
            await step(room)
            self.calls += 1

    async def _prepare(self, room: Room) -> None:
        """Open the room; the last of its people may host in any."""
        admin = {"userId": room.people[-1].user, "admin": "1"}
        await self._post("admin/set_admin", admin, self.installation.key)
        await self._open(room)

    async def _open(self, room: Room) -> None:
        fields = {"ownerId": room.host.user, "title": f"  晚会 {room.dice.random()} ", "category": room.category}
        if await self._staff("PUT", f"rooms/{room.id}", fields) == 200:
            await self._call(room.host, "rooms/enter_room", roomId=room.id, role="anchor")

    async def _enter(self, room: Room) -> None:
        where = room if room.dice.random() < 0.7 else room.dice.choice(self.rooms)
        role = room.dice.choice(("audience", "audience", "anchor"))
        await self._call(room.dice.choice(room.people), "rooms/enter_room", roomId=where.id, role=role)

    async def _leave(self, room: Room) -> None:
        await self._call(room.dice.choice(room.people), "rooms/leave_room", roomId=room.id)

    async def _seat(self, room: Room) -> None:
        role = room.dice.choice(("audience", "anchor"))
        await self._staff("PUT", f"rooms/{room.id}/members/{room.dice.choice(room.people).user}", {"role": role})

    async def _unseat(self, room: Room) -> None:
        await self._staff("DELETE", f"rooms/{room.id}/members/{room.dice.choice(room.people).user}")

    async def _rename(self, room: Room) -> None:
        person = room.dice.choice([room.host, *room.people])
        name, avatar = f"名 {room.dice.random()}", f"https://a.example/{room.dice.randrange(9)}.png"
        await self._call(person, "auth_users/user_update", name=name, avatar=avatar)

    async def _retitle(self, room: Room) -> None:
        fields = {"title": f"“{room.dice.random()}” 🎶", "description": 'a "quoted"\nline', "capacity": 50}
        await self._staff("PATCH", f"rooms/{room.id}", fields)

    async def _delist(self, room: Room) -> None:
        for method in room.dice.choice((["bar_room"], ["bar_room", "unbar_room"])):
            await self._post(f"admin/{method}", {"roomId": room.id}, self.installation.key)

    async def _host_leaves(self, room: Room) -> None:
        """Let the host go while somebody else hosts too: unless they are back in time, the room is that one's."""
        await self._call(room.people[-1], "rooms/enter_room", roomId=room.id, role="anchor")
        await self._call(room.host, "rooms/leave_room", roomId=room.id)

    async def _close(self, room: Room) -> None:
        await self._staff("DELETE", f"rooms/{room.id}")

    async def _staff(self, verb: str, path: str, fields: dict[str, Any] | None = None) -> int:
        answer = await self._until_answered(verb, lambda: self.client.staff(verb, path, fields))
        if answer.status_code == 409:
            self.codes.add((verb, answer.json()["code"]))
        return answer.status_code

    async def _call(self, person: Person, method: str, **params: Any) -> None:
        await self._post(method, {"userId": person.user, **params}, person.token)

    async def _post(self, method: str, params: dict[str, Any], token: str) -> None:
        headers = {"authorization": f"Bearer {token}"}

        async def send() -> httpx.Response:
            process = random.choice(self.installation.processes)
            return await self.http.post(f"{process.url}/base/v1/{method}", json=params, headers=headers)

        answer = await self._until_answered(method, send)
        self.codes.add((method, answer.json()["errorCode"]))

    async def _until_answered(self, what: str, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        """Ask again until there is an answer that is no outage."""
        try:
            async with asyncio.timeout(TIMEOUT):
                while True:
                    with suppress(httpx.TransportError):
                        answer = await send()
                        if not _is_outage(answer):
                            return answer
                    self.again += 1
                    await passing(AGAIN)
        except TimeoutError:
            raise NeverDone(what) from None


def _is_outage(answer: httpx.Response) -> bool:
    if answer.status_code >= 500:
        return True
    return "errorCode" in answer.text and answer.json().get("errorCode") in OUTAGES
