"""People who send gifts at several processes and repeat with the same key until they know, and an operator's server.

Whoever asks is never told twice what happened: a call that breaks off, or meets an outage, is made again with its key,
until the answer is definite. So what people were told is exactly what the ledger has to say in the end.
"""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import msgspec

from liveroom.bench.requests import Form, Values, request
from liveroom.bench.target import BenchTarget
from liveroom.bench.wire import Connections, NoAnswer
from tests.chaos.load import OUTAGE
from tests.servers import LOOPBACK
from tests.stories.world import Phone
from tests.worlds import a_moment

PRICES: Final = {"rose": 1, "heart": 5, "coffee": 10, "lollipop": 20, "fireworks": 1314}
"""Of the gifts that are sent; the last leaves at once."""
_OFTEN: Final = (40, 30, 20, 9.4, 0.6)
TOO_LOW: Final = 3051
_WAITS: Final = frozenset({3004})
_OWING: Final = 3058
_OUTSIDE: Final = 3007
_NOT_ON_STAGE: Final = 2002
_REPEATED: Final = 0.1
"""Which part of what is known is asked again."""
_PAUSES: Final = (0.05, 0.4)
_CONNECTIONS: Final = 32


@dataclass(frozen=True)
class Said:
    """An answer that is definite."""

    code: int
    data: Mapping[str, Any]


class Doors:
    """The processes: each call is made at another one."""

    def __init__(self, ports: Sequence[int], key: str, dice: random.Random) -> None:
        self._doors = [
            (target, Connections(target, _CONNECTIONS)) for target in (BenchTarget(LOOPBACK, port) for port in ports)
        ]
        self._header = f"\r\nauthorization: Bearer {key}\r\n\r\n".encode()
        self._dice = dice
        self.broken = Counter[str]()
        """Why calls were made again."""

    async def ask(self, path: str, values: Values, *, by_key: bool = False) -> Said:
        """Call until that is answered by something else than an outage, or too many calls."""
        while True:
            target, connections = self._dice.choice(self._doors)
            asked = request(target, path, Form.JSON, values)
            asked = asked.replace(b"\r\n\r\n", self._header, 1) if by_key else asked
            try:
                answer = await connections.ask(asked)
            except NoAnswer:
                self.broken["no answer"] += 1
            else:
                if answer.code not in OUTAGE | _WAITS:
                    return Said(answer.code, msgspec.json.decode(answer.body).get("data") or {})
                self.broken[str(answer.code)] += 1
            await a_moment(self._dice.uniform(*_PAUSES))

    def close(self) -> None:
        """Hang up."""
        for _, connections in self._doors:
            connections.close()


@dataclass
class Attempt:
    """A gift that somebody wanted to send, with its key, and what they were told of it in the end."""

    sender: str
    room: str
    gift: str
    count: int
    receivers: tuple[str, ...]
    """None: the room's owner."""
    key: str
    combo: str
    said: Said | None = None

    @property
    def is_paid(self) -> bool:
        return self.said is not None and self.said.code == 0

    @property
    def coins(self) -> int:
        return PRICES[self.gift] * self.count * (len(self.receivers) or 1)

    @property
    def ids(self) -> Sequence[str]:
        """Return the gifts that it became."""
        assert self.said is not None
        found: Sequence[str] = self.said.data["sentIds"]
        return found

    def values(self) -> Values:
        return {
            "roomId": self.room,
            "giftId": self.gift,
            "count": self.count,
            "key": self.key,
            "receiverIds": ",".join(self.receivers),
            "comboId": self.combo,
        }


@dataclass
class Stage:
    """A room: its owner, and others on its stage."""

    host: Phone
    others: Sequence[Phone]


@dataclass
class Act:
    """Something that the operator's server did, once its answer is known: with which coins or points, for whom."""

    what: str
    user: str
    amount: int
    about: str = ""


@dataclass
class Evening:
    """Everybody who moves money, and what they were told."""

    doors: Doors
    stages: Sequence[Stage]
    senders: Sequence[Phone]
    dice: random.Random
    attempts: list[Attempt] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Answers that nobody should have been given."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _refunded: set[str] = field(default_factory=set)

    @property
    def paid(self) -> Sequence[Attempt]:
        """Return what was acknowledged as sent."""
        return [one for one in self.attempts if one.is_paid]

    def start(self, *, lanes: int) -> None:
        """Let everybody begin; ``lanes``: how many calls of one sender are under way at once."""
        acts: list[Callable[[], Awaitable[None]]] = [*[self.top_up] * 4, self.refund, self.pay_out]
        acts += [partial(self.send, sender) for sender in self.senders for _ in range(lanes)]
        acts += [partial(self.stay_on_stage, stage) for stage in self.stages]
        self.tasks = [asyncio.create_task(self._go_on(act)) for act in acts]

    async def stop(self) -> None:
        """Let everybody find out what became of what they do."""
        self.stopping.set()
        await asyncio.gather(*self.tasks)

    def look(self) -> None:
        """Raise what has ended somebody's part."""
        for task in self.tasks:
            if task.done() and not self.stopping.is_set():
                task.result()

    async def _go_on(self, act: Callable[[], Awaitable[None]]) -> None:
        await a_moment(self.dice.random())
        while not self.stopping.is_set():
            await act()
            await a_moment(self.dice.uniform(0, 0.1))

    def _key(self, what: str) -> str:
        return f"{what}-{next(self._numbers)}"

    async def send(self, sender: Phone) -> None:
        """Send a gift, and ask again now and then: the answer must be the same."""
        stage = self.dice.choices(self.stages, [3, *[1] * (len(self.stages) - 1)])[0]
        everybody = [phone.user for phone in (stage.host, *stage.others)]
        receivers = self.dice.sample(everybody, self.dice.randint(1, 3)) if self.dice.random() < 0.3 else ()
        number = next(self._numbers)
        attempt = Attempt(
            sender=sender.user,
            room=stage.host.user,
            gift=self.dice.choices([*PRICES], _OFTEN)[0],
            count=self.dice.choice((1, 1, 2, 5)),
            receivers=tuple(receivers),
            key=f"tap-{number}",
            combo=f"combo-{number // 40}" if self.dice.random() < 0.5 else "",
        )
        self.attempts.append(attempt)
        attempt.said = await self.resolve(sender, attempt)
        if self.dice.random() < _REPEATED:
            await self.again(sender, attempt)

    async def resolve(self, sender: Phone, attempt: Attempt) -> Said:
        """Return what became of an attempt; whoever is not in the room enters it and goes on."""
        while True:
            said = await self._as(sender, "gifts/send", attempt.values())
            if said.code == _OUTSIDE:
                await self.enter(sender, attempt.room)
            elif said.code == _NOT_ON_STAGE:
                await a_moment(0.1)
            else:
                if said.code not in (0, TOO_LOW):
                    self.wrong.append(f"{attempt}: {said}")
                return said

    async def again(self, sender: Phone, attempt: Attempt) -> None:
        """Ask once more with a key that is known."""
        before, said = attempt.said, await self._as(sender, "gifts/send", attempt.values())
        assert before is not None
        same = said.code == before.code and said.data.get("sentIds") == before.data.get("sentIds")
        if not same or (said.code == 0 and not said.data["repeated"]):
            self.wrong.append(f"{attempt.key}: first {before}, then {said}")

    async def enter(self, phone: Phone, room: str) -> None:
        """Enter a room as a viewer."""
        await self._as(phone, "rooms/enter_room", {"roomId": room, "role": "audience"})

    async def stay_on_stage(self, stage: Stage) -> None:
        """Take the seats again that a lost live store has forgotten, and the places in the room."""
        for number, phone in enumerate(stage.others, 1):
            given: Values = {"roomId": stage.host.user, "seat": number}
            if (await self._as(phone, "seats/take", given)).code == _OUTSIDE:
                await self.enter(phone, stage.host.user)
        await a_moment(0.5)

    async def top_up(self) -> None:
        """Sell somebody coins, or grant some."""
        kind, user = self.dice.choice(("purchase", "purchase", "grant")), self.dice.choice(self.senders).user
        amount = 3000 if self.dice.random() < 0.03 else self.dice.randint(50, 400)
        given: Values = {"userId": user, "amount": amount, "kind": kind, "key": self._key("order")}
        await self._move("admin/credit_wallet", given, Act(kind, user, amount))

    async def refund(self) -> None:
        """Take a gift back that was acknowledged."""
        paid = [one for one in self.attempts[-300:] if one.is_paid and one.key not in self._refunded]
        if paid:
            attempt = self.dice.choice(paid)
            self._refunded.add(attempt.key)
            coins = attempt.coins // len(attempt.ids)
            given: Values = {"sentId": attempt.ids[0], "key": self._key("refund"), "reason": "a mistake"}
            await self._move("admin/refund_gift", given, Act("refund", attempt.sender, coins, attempt.ids[0]))
        await a_moment(0.3)

    async def pay_out(self) -> None:
        """Hold some points of a host, then settle the payout or cancel it."""
        user, key = self.dice.choice(self.stages).host.user, self._key("payout")
        given: Values = {"userId": user, "points": self.dice.randint(1, 9), "key": key}
        if (await self._move("admin/hold_payout", given, Act("hold", user, int(given["points"])))).code == 0:
            end = self.dice.choice(("settle", "cancel"))
            await self._move(f"admin/{end}_payout", {"key": key}, Act(end, user, int(given["points"]), key))
        await a_moment(0.3)

    async def _move(self, path: str, given: Values, act: Act) -> Said:
        """Let the operator's server do something until it is known to be done; note it, and what is strange."""
        said = await self.doors.ask(path, given, by_key=True)
        if said.code == 0:
            self.acts.append(act)
        elif said.code not in (TOO_LOW, _OWING):
            self.wrong.append(f"{path} {given}: {said}")
        return said

    async def _as(self, phone: Phone, path: str, values: Values) -> Said:
        return await self.doors.ask(path, {"userId": phone.user, "token": phone.token, **values})
