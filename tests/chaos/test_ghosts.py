"""Redis freezes, forgets and dies under people who come and go: afterwards nobody is listed where they are not.

One seed by default. By hand: ``GHOST_SEEDS=0-20 GHOST_SECONDS=60 pytest tests/chaos/test_ghosts.py``.
"""

import asyncio
import os
import random
import re
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from tests.chaos.load import Broken, Caller
from tests.chaos.processes import Liveroom, caller_of
from tests.servers import Mariadb, Redis, running
from tests.stories.installations import served_world
from tests.stories.world import Ask, Phone

SEEDS = range(*map(int, os.environ.get("GHOST_SEEDS", "1").split("-")))
SECONDS = float(os.environ.get("GHOST_SECONDS", "25"))
"""For how long there are faults."""
MOVES = frozenset({"rooms/enter_room", "rooms/leave_room"})
PEOPLE, ROOMS = 60, 8
WITHIN = 10.0
"""Seconds after the store is healthy again in which everybody is where they are."""
LASTING = 60.0
"""Seconds for which a failure looks whether it was only late."""
UNSAVED = 2.0
"""Seconds before a loss of which SQL may not know yet."""
CALM = 1.0
"""Seconds for which people still come and go when the last fault is over."""

T = TypeVar("T")
pytestmark = pytest.mark.services


@dataclass
class Losses:
    """When Redis lost what it had."""

    times: list[float] = field(default_factory=list)

    def may_have_taken(self, began: float, ended: float) -> bool:
        """Say whether what a call did may have been lost."""
        return any(began < lost and ended > lost - UNSAVED for lost in self.times)


class Person:
    """Somebody who comes and goes. ``room``: where the last calls that were answered have put them."""

    def __init__(self, phone: Phone, callers: Sequence[Ask], rooms: Sequence[str], dice: random.Random) -> None:
        self.caller = Caller(phone, callers)
        self.rooms = rooms
        self.dice = dice
        self.tried = rooms[0]
        self.room: str | None = None
        self.is_known = True
        self.calls: list[tuple[float, float]] = []
        self.history: deque[str] = deque(maxlen=12)
        self.moves: deque[str] = deque(maxlen=12)

    @property
    def user(self) -> str:
        return self.caller.phone.user

    async def ask(self, path: str, **given: str) -> int:
        """Make a call; return its code, -1 where it was not answered or with an outage."""
        began = time.monotonic()
        try:
            code = int((await self.caller.call(path, **given))["errorCode"])
        except Broken:
            code = -1
        kept = self.moves if path in MOVES else self.history
        kept.append(f"{began:.2f}-{time.monotonic():.2f} {path} {given} {code}")
        return code

    async def enter(self) -> None:
        self.tried = self.dice.choice(self.rooms)
        began, self.is_known = time.monotonic(), False
        if await self.ask("rooms/enter_room", roomId=self.tried, role="audience") == 0:
            self.room, self.is_known, self.calls = self.tried, True, [(began, time.monotonic())]

    async def leave(self) -> None:
        began, was_known = time.monotonic(), self.is_known
        self.is_known = False
        if await self.ask("rooms/leave_room", roomId=self.tried) == 0 and was_known:
            self.room, self.is_known = None, True
            self.calls.append((began, time.monotonic()))

    async def act(self, *, moves: bool) -> None:
        what = self.dice.random()
        if moves and what < 0.4:
            await self.enter()
        elif moves and what < 0.55:
            await self.leave()
        elif what < 0.7:
            await self.ask("messages/send", roomId=self.tried, text="hello")
        elif what < 0.85:
            await self.ask("rooms/like", roomId=self.tried)
        else:
            await self.ask("auth_users/user_keepalive")


@dataclass
class Stage:
    """Two processes on a Redis that keeps nothing, hosts who are live, and people who come and go."""

    redis: Redis
    processes: Sequence[Liveroom]
    callers: Sequence[Ask]
    hosts: Sequence[Phone]
    people: Sequence[Person]
    losses: Losses = field(default_factory=Losses)
    moves: bool = True
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def go_on(self, person: Person) -> None:
        while not self.stopping.is_set():
            await person.act(moves=self.moves)
            await self.rest(person.dice.uniform(0.05, 0.5))

    async def watch_over(self, host: Phone) -> None:
        """Let a host keep alive."""
        caller = Caller(host, self.callers)
        while not self.stopping.is_set():
            with suppress(Broken):
                await caller.call("auth_users/user_keepalive")
            await self.rest(2)

    async def rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    async def fault(self, dice: random.Random) -> None:
        """Let Redis stand still for a while, or lose everything."""
        what = dice.choice(["freeze", "flush", "kill"])
        if what == "freeze":
            self.redis.pause()
            await self.rest(dice.uniform(1, 5))
            self.redis.resume()
        elif what == "flush":
            await asyncio.to_thread(self.redis.flushall)
            self.losses.times.append(time.monotonic())
        else:
            self.redis.kill()
            self.losses.times.append(time.monotonic())
            await self.rest(dice.uniform(0, 2))
            await asyncio.to_thread(self.redis.start)

    async def wrongs(self) -> list[str]:
        """Return who each process lists where they are not, or not where they are, and counts that say otherwise."""
        return [wrong for number, caller in enumerate(self.callers) for wrong in await self.wrongs_of(number, caller)]

    async def wrongs_of(self, number: int, caller: Ask) -> list[str]:
        askers = [replace(host, ask=caller) for host in self.hosts]
        rooms = {host.user: set(members) for host, members in zip(askers, await every(askers, members_of), strict=True)}
        details, listed = await every(askers, detail_of), await askers[0].listed()
        lost = [f"{when:.2f}" for when in self.losses.times]
        found = [
            f"process {number}: {detail['roomId']} counts {count}, lists {len(rooms[detail['roomId']])}"
            for detail in details
            for count in (detail["nnUsers"], listed[detail["roomId"]]["nnUsers"])
            if count != len(rooms[detail["roomId"]])
        ]
        for person in self.people:
            held = [room for room, members in rooms.items() if person.user in members]
            is_sure = person.is_known and not any(self.losses.may_have_taken(*call) for call in person.calls)
            right = [person.room] if person.room else []
            if len(held) > 1 or (is_sure and held != right):
                found.append(
                    f"process {number}: {person.user} is in {held}, not in {right} (known: {is_sure}), lost {lost}"
                )
                found += [*person.moves, *person.history]
        return found

    async def is_right_at(self, latest: float) -> None:
        """Fail unless everybody is where they are at this time, or before it from some look on.

        A failure says what was wrong at this time, and whether that lasted.
        """
        late: list[str] = []
        while True:
            began = time.monotonic()
            wrongs = await self.wrongs()
            if not wrongs:
                break
            late = late or (wrongs if began >= latest else [])
            assert began < latest + LASTING, "\n".join([f"this is still so {LASTING:g} s later:", *late])
        assert not late, "\n".join([f"this was so until {time.monotonic() - latest:.1f} s later:", *late])

    def repairs(self) -> Counter[str]:
        """Return how many differences of index and members the processes have put right, by kind."""
        found = Counter[str]()
        for process in self.processes:
            shown = httpx.get(f"{process.url}/metrics", timeout=5).text
            for kind, count in re.findall(r'liveroom_repairs_total{kind="(\w+)"} (\d+)', shown):
                found[kind] += int(count)
        return found


async def every(askers: Sequence[Phone], ask: Callable[[Phone], Awaitable[T]]) -> list[T]:
    """Ask with each of them at once."""
    return await asyncio.gather(*map(ask, askers))


async def members_of(host: Phone) -> list[str]:
    return await host.members(host.user)


async def detail_of(host: Phone) -> Any:
    return await host.detail(host.user)


@pytest.fixture
def forgetful(tmp_path: Path) -> Iterator[Redis]:
    """Yield a Redis that keeps nothing."""
    with running(Redis(tmp_path / "redis", "--appendonly", "no")) as server:
        yield server


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
async def stage(tmp_path: Path, mariadb_to_kill: Mariadb, forgetful: Redis, seed: int) -> AsyncIterator[Stage]:
    world = served_world(tmp_path, mariadb_to_kill, forgetful)
    await world.start()
    phones = await world.strangers(ROOMS + PEOPLE)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(world.stop, gracefully=False)
        processes = [Liveroom(tmp_path / f"process{number}", world.settings) for number in range(2)]
        for process in processes:
            stack.callback(process.kill)
            await asyncio.to_thread(process.start)
        callers = [await stack.enter_async_context(caller_of(process)) for process in processes]
        hosts = phones[:ROOMS]
        for host in hosts:
            host.ask = callers[0]
            await host.go_live()
        rooms = [host.user for host in hosts]
        people = [Person(phone, callers, rooms, random.Random(f"{seed}-{n}")) for n, phone in enumerate(phones[ROOMS:])]
        yield Stage(forgetful, processes, callers, hosts, people)


async def test_after_faults_everybody_is_where_their_last_call_has_put_them(stage: Stage, seed: int) -> None:
    dice = random.Random(seed)
    tasks = [asyncio.create_task(stage.go_on(person)) for person in stage.people]
    tasks += [asyncio.create_task(stage.watch_over(host)) for host in stage.hosts]
    try:
        await stage.rest(5)
        assert dict(stage.repairs()) == {"ended": 0, "named": 0, "dropped": 0}
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            await stage.fault(dice)
            await stage.rest(dice.uniform(3, 8))
        await stage.fault(dice)
        healthy = time.monotonic()
        await stage.rest(CALM)
        stage.moves = False
        await stage.is_right_at(healthy + WITHIN)
        repairs = stage.repairs()
        await stage.rest(6)
        await stage.is_right_at(time.monotonic())
        print(f"seed {seed}: {len(stage.losses.times)} losses, repairs {dict(repairs)}")  # noqa: T201
    finally:
        stage.stopping.set()
        await asyncio.gather(*tasks)
    for process in stage.processes:
        assert "Traceback" not in process.log()
