"""Bots who fill rooms over HTTP at real processes, and a ledger of what they were told has happened."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.chaos.load import Broken, Caller

PAUSE: Final = 1.2
"""Seconds between what a bot does and what it does next: people type no faster, and the machine is no larger."""


def may_have_happened(broken: Broken) -> bool:
    """Say whether somebody had taken the call: nobody does where nobody listens."""
    return not isinstance(broken.__cause__, httpx.ConnectError)


@dataclass
class Ledger:
    """What was acknowledged (``sure``), and what was asked for and never answered (``maybe``): of what, about whom."""

    sure: Counter[tuple[str, str]] = field(default_factory=Counter)
    maybe: Counter[tuple[str, str]] = field(default_factory=Counter)
    came: dict[str, set[str]] = field(default_factory=dict)
    """Who was let into which room."""
    may_have_come: dict[str, set[str]] = field(default_factory=dict)

    async def count(self, what: str, about: str, call: Awaitable[int], amount: int = 1) -> int:
        """Count a call by what comes of it; return its code."""
        try:
            code = await call
        except Broken as broken:
            self.maybe[what, about] += amount * may_have_happened(broken)
            raise
        if code == 0:
            self.sure[what, about] += amount
        return code

    def disagreements(self, what: str, found: Counter[str]) -> Iterator[str]:
        """Yield each figure that is not what the ledger says."""
        for about in sorted({*found, *(name for kind, name in self.sure if kind == what)}):
            least = self.sure[what, about]
            most = least + self.maybe[what, about]
            if not least <= found[about] <= most:
                yield f"{what} of {about}: {found[about]}, but {least} to {most} by the ledger"

    def strangers(self, room: str, found: set[str]) -> Iterator[str]:
        """Yield who is said to have been in a room and was not, or was and is not said to have been."""
        came, perhaps = self.came.get(room, set()), self.may_have_come.get(room, set())
        if missing := came - found:
            yield f"viewers of {room}: {missing} are missing"
        if more := found - came - perhaps:
            yield f"viewers of {room}: {more} were never there"


@dataclass
class Bot:
    """Somebody who wanders from room to room, talks and likes, and now and then does as they are told."""

    caller: Caller
    ledger: Ledger
    dice: random.Random
    rooms: Sequence[str]
    mood: Callable[["Bot"], Awaitable[None]] | None = None
    """What it does in place of what bots do, once."""
    room: str = ""
    perhaps: set[str] = field(default_factory=set)
    """Where it may be since a call was not answered."""
    said: int = 0
    is_out: bool = False
    """Its account is banned."""

    @property
    def user(self) -> str:
        return self.caller.phone.user

    async def code(self, path: str, **given: Any) -> int:
        """Call; return the code."""
        code = int((await self.caller.call(path, **given))["errorCode"])
        self.is_out = self.is_out or code in (1, 204, 3002, 3500)
        return code

    async def act(self) -> None:
        """Do one thing, which is a sign of life too."""
        if self.perhaps:
            await self.settle()
        if not self.room:
            await self.enter(self.dice.choice(self.rooms))
        elif self.mood is not None:
            await self.mood(self)
            self.mood = None
        else:
            chosen = self.dice.choices((self.say, self.like, self.leave, self.move), (5, 3, 1, 1))
            await chosen[0]()

    async def settle(self) -> None:
        """Leave wherever one may be: nothing that is counted from here on is in doubt because of what was before."""
        for room in [*self.perhaps]:
            await self.code("rooms/leave_room", roomId=room)
            self.perhaps.discard(room)
        self.room = ""

    async def enter(self, room: str) -> None:
        """Enter a room, out of any other."""
        before, self.perhaps = self.room, {room, self.room} - {""}
        call = self.code("rooms/enter_room", roomId=room, role="audience")
        try:
            code = await self.ledger.count("entries", room, call)
        except Broken as broken:
            if may_have_happened(broken):
                self.ledger.may_have_come.setdefault(room, set()).add(self.user)
            raise
        self.perhaps = set()
        if code == 0:
            self.room = room
            self.ledger.came.setdefault(room, set()).add(self.user)
        elif before:
            self.perhaps = {before}

    async def leave(self) -> None:
        """Leave for a moment."""
        self.perhaps = {self.room}
        await self.settle()

    async def move(self) -> None:
        """Go to another room."""
        await self.enter(self.dice.choice([room for room in self.rooms if room != self.room]))

    async def say(self, text: str = "") -> int:
        """Say something that nobody else says."""
        self.said += 1
        call = self.code("messages/send", roomId=self.room, text=text or f"{self.user} says {self.said}")
        return await self._here("messages", call)

    async def like(self) -> None:
        """Like some times."""
        count = self.dice.randint(1, 20)
        await self._here("likes", self.code("rooms/like", roomId=self.room, count=count), count)

    async def report(self, reason: str, **about: str) -> int:
        """Report the room, or what is said in it."""
        call = self.code("moderation/report", roomId=self.room, reason=reason, **about)
        return await self._here("reports", call)

    async def _here(self, what: str, call: Awaitable[int], amount: int = 1) -> int:
        code = await self.ledger.count(what, self.room, call, amount)
        if code == 3007 or 2000 <= code < 3000:
            self.perhaps = {self.room}
        return code


@dataclass
class Crowd:
    """All bots, for as long as they are not stopped."""

    bots: Sequence[Bot]
    ledger: Ledger
    acts: int = 0
    broken: int = 0
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        """Let them begin."""
        self.tasks = [asyncio.create_task(self.go_on(bot)) for bot in self.bots]
        for task in self.tasks:
            task.add_done_callback(self._ended)

    async def go_on(self, bot: Bot) -> None:
        """Let one bot act until the evening is over, or it is thrown out."""
        await self.rest(bot.dice.random())
        while not self.stopping.is_set() and not bot.is_out:
            try:
                await bot.act()
                self.acts += 1
            except Broken:
                self.broken += 1
            self.moved.set()
            await self.rest()

    async def rest(self, part: float = 1.0) -> None:
        """Let a bot wait, or some part of that."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), PAUSE * part)

    async def reach(self, more: int) -> None:
        """Return when so many more things have been done."""
        aim = self.acts + more
        await self.until(lambda: self.acts >= aim)

    async def until(self, done: Callable[[], bool], seconds: float = 120) -> None:
        """Return when that is so; raise what made a bot fail."""
        async with asyncio.timeout(seconds):
            while not done():
                self.moved.clear()
                await self.moved.wait()
                for failure in self.failures:
                    raise failure

    async def stop(self) -> None:
        """Let everybody finish what they do."""
        self.stopping.set()
        await asyncio.gather(*self.tasks)

    async def leave_off(self) -> None:
        """Stop, whatever is being done."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self.failures.append(failure)
        self.moved.set()
