"""People who enter, leave, go live and keep alive at real processes, and remember what they were promised."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.stories.world import Ask, Phone, Reply

OUTAGE = frozenset({100, 103})
"""What a caller is told while a store is down."""
PAUSE = 0.3
"""Seconds between what one person does and what they do next: nobody is to be judged by a machine that is too busy."""


class Broken(Exception):
    """A call was not answered, or answered with an outage: what it did is not known."""


@dataclass
class Caller:
    """One person: where they were told that they are (``room`` None: nowhere), unless a call broke off."""

    phone: Phone
    asks: Sequence[Ask]
    room: str | None = None
    is_sure: bool = True
    is_busy: bool = False

    async def call(self, path: str, **given: Any) -> Reply:
        """Call one process or another; an answer is a success, or a refusal that the caller knows about."""
        self.phone.ask = random.choice(self.asks)
        try:
            reply = await self.phone.reply(path, **given)
        except httpx.TransportError as failure:
            raise Broken(path) from failure
        if reply["errorCode"] in OUTAGE:
            raise Broken(path)
        return reply

    async def change(self, path: str, room: str, now: str | None, **given: Any) -> int:
        """Make a call after which one is in ``now``; return its code."""
        self.is_busy, self.is_sure = True, False
        try:
            code = int((await self.call(path, roomId=room, **given))["errorCode"])
            if code == 0:
                self.room = now
            self.is_sure = code == 0
            return code
        finally:
            self.is_busy = False


@dataclass
class Load:
    """A host in each room, steady people who stay where they are once they are told to, and restless ones."""

    hosts: Sequence[Caller]
    steady: Sequence[Caller]
    restless: Sequence[Caller]
    silent: Sequence[Caller]
    """People who have entered and never call again."""
    frozen: bool = False
    calls: int = 0
    broken: int = 0
    titles: dict[str, int] = field(default_factory=dict)
    """The last title that each host was told to have."""
    codes: set[tuple[str, int]] = field(default_factory=set)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def rooms(self) -> list[str]:
        return [host.phone.user for host in self.hosts]

    def start(self) -> None:
        """Let everybody call for as long as the load is not stopped."""
        acts = [(self.hosts, self.host), (self.steady, self.stand), (self.restless, self.wander)]
        self.tasks = [asyncio.create_task(self.go_on(caller, act)) for callers, act in acts for caller in callers]

    async def stop(self) -> None:
        """Let everybody finish their call."""
        self.stopping.set()
        await asyncio.gather(*self.tasks)

    async def go_on(self, caller: Caller, act: Callable[[Caller], Awaitable[None]]) -> None:
        while not self.stopping.is_set():
            try:
                await act(caller)
                self.calls += 1
            except Broken:
                self.broken += 1
            self.moved.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), PAUSE)

    async def host(self, caller: Caller) -> None:
        number = self.titles.get(caller.phone.user, 0) + 1
        reply = await caller.call("rooms/update_room", roomId=caller.phone.user, title=str(number))
        self.note("update", reply["errorCode"])
        self.titles[caller.phone.user] = number
        self.note("keepalive", (await caller.call("auth_users/user_keepalive"))["errorCode"])

    async def stand(self, caller: Caller) -> None:
        if self.frozen and caller.is_sure:
            self.note("keepalive", (await caller.call("auth_users/user_keepalive"))["errorCode"])
            self.note("list", (await caller.call("rooms/list_users", roomId=caller.room))["errorCode"])
        else:
            await self.enter(caller)

    async def wander(self, caller: Caller) -> None:
        await self.enter(caller)
        self.note("keepalive", (await caller.call("auth_users/user_keepalive"))["errorCode"])
        self.note("query", (await caller.call("rooms/query_room"))["errorCode"])
        if random.random() < 0.5 and caller.room:
            self.note("leave", await caller.change("rooms/leave_room", caller.room, None))

    async def enter(self, caller: Caller) -> None:
        room = random.choice(self.rooms)
        self.note("enter", await caller.change("rooms/enter_room", room, room, role="audience"))

    def note(self, what: str, code: int) -> None:
        self.codes.add((what, code))

    async def reach(self, calls: int, seconds: float = 20) -> None:
        """Return when so many more calls have succeeded."""
        aim = self.calls + calls
        async with asyncio.timeout(seconds):
            await self.until(lambda: self.calls >= aim)

    async def until(self, done: Callable[[], bool]) -> None:
        while not done():
            self.moved.clear()
            await self.moved.wait()

    async def last(self, seconds: float) -> None:
        """Return when the load has gone on for so many seconds; nobody of it may have failed."""
        ended, _ = await asyncio.wait(self.tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()

    async def freeze(self, *, silent: bool = True) -> dict[str, str]:
        """Let steady people stay where they are; return whom the service has told that they are in which room.

        ``silent``: also those who do not call again, whose lease ends soon where nothing is down.
        """
        self.frozen = True
        await self.until(lambda: all(caller.is_sure and not caller.is_busy for caller in self.steady))
        staying = [*self.hosts, *self.steady, *(self.silent if silent else ())]
        return {caller.phone.user: caller.room for caller in staying if caller.room}


async def cast(people: Sequence[Phone], asks: Sequence[Ask], *, hosts: int = 4, silent: int = 6) -> Load:
    """Give everybody a part: let the hosts go live and the silent ones enter."""
    callers = [Caller(phone, asks) for phone in people]
    others = callers[hosts + silent :]
    load = Load(callers[:hosts], others[::2], others[1::2], callers[hosts : hosts + silent])
    for host in load.hosts:
        assert await host.change("rooms/enter_room", host.phone.user, host.phone.user, role="anchor") == 0
    for caller in load.silent:
        await load.enter(caller)
    return load
