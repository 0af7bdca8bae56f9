"""An evening on MariaDB and Redis with two processes: bots, operators, and an operator's server that is told."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from liveroom.clock import SystemClock
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.parts import parts
from tests.chaos.load import Broken, Caller
from tests.chaos.processes import Liveroom, caller_of
from tests.console.bots import Bot, Crowd, Ledger
from tests.console.desk import PASSWORD
from tests.consoles import Browser
from tests.servers import Mariadb, Redis
from tests.service import Caller as HttpCaller
from tests.stories.installations import served_world
from tests.stories.world import BASE, Ask, Phone, data_of
from tests.webhooks.receiver import Receiver, listening
from tests.worlds import a_moment

PEOPLE: Final = 300
ROOMS: Final = 40
SEED: Final = 20
_COUNTED_WITHIN: Final = 90.0
"""Seconds within which everything is counted and told on a machine that has other work."""
_SERIES_WITHIN: Final = timedelta(minutes=5)
"""A day is counted a minute after it was last, or fifty times as long as that took."""
_LOOK: Final = 0.5
_CLIENTS: Final = 12
"""Of each process: what a client of httpx does for one call grows with its connections."""
_SETTINGS: Final = {"LIVEROOM_GUEST_LIMIT": "0"}
_AT_ONCE: Final = 20
_WARNED: Final = 60
_PACE: Final = 0.3
"""Seconds between two warnings."""


@dataclass
class Host(Bot):
    """Somebody with a room of their own, in which they stay until it is closed."""

    async def act(self) -> None:
        """Stay, and say something now and then."""
        if self.perhaps or not self.room:
            self.is_out = True
        elif self.dice.random() < 0.3:
            await self.say()
        else:
            await self.code("auth_users/user_keepalive")


@dataclass
class Patrol:
    """An operator's own tool: it warns one person after another, at one process and the other in turn."""

    ledger: Ledger
    desks: Sequence[Browser]
    people: Iterator[str]
    task: asyncio.Task[None] | None = None

    async def go_on(self) -> None:
        """Warn people until there are no more."""
        for user, desk in zip(self.people, itertools.cycle(self.desks), strict=False):
            try:
                assert await self.ledger.count("warnings", user, self.warn(desk, user)) == 0
            except Broken:
                continue
            await a_moment(_PACE)

    async def leave_off(self) -> None:
        """Stop, whatever is being done."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait({self.task})

    async def warn(self, desk: Browser, user: str) -> int:
        """Warn somebody; return the code."""
        try:
            return (await desk.call("admin/warn_user", {"userId": user, "text": f"mind your words, {user}"})).code
        except httpx.TransportError as failure:
            raise Broken("admin/warn_user") from failure


@dataclass
class Night:
    """What there is this evening."""

    processes: Sequence[Liveroom]
    receiver: Receiver
    crowd: Crowd
    hosts: Sequence[Host]
    chief: Browser
    patrol: Patrol
    moderator: str
    """The id of who sits at the console."""
    link: str
    """Their invitation."""
    figures: dict[str, Any] = field(default_factory=dict)
    """Of each room's broadcast, once it is over."""

    @property
    def ledger(self) -> Ledger:
        return self.crowd.ledger

    async def lose_a_process(self, *, acts: int) -> None:
        """Kill the first process in the middle of its work, and start it again once so much was done without it."""
        await asyncio.to_thread(self.processes[0].kill)
        await self.crowd.reach(acts)
        await asyncio.to_thread(self.processes[0].start)

    async def end(self) -> None:
        """Let the hosts close their rooms, and return when everything has been counted and told."""
        if self.patrol.task is not None:
            await self.patrol.task
        await self.crowd.stop()
        for host in self.hosts:
            await self._close(host)
        async with asyncio.timeout(_COUNTED_WITHIN):
            for host in self.hosts:
                self.figures[host.user] = await self._final(host.user)
            while self._still_waits((await self.chief.call("admin/list_webhooks")).data):
                await a_moment(_LOOK)

    async def _close(self, host: Host) -> None:
        while not host.is_out:
            with suppress(Broken):
                assert await host.code("rooms/destroy_room", roomId=host.user) in (0, 2004)
                host.is_out = True

    async def _final(self, room: str) -> Mapping[str, Any]:
        while True:
            found: Mapping[str, Any] = (await self.chief.call("stats/broadcast", {"roomId": room})).data
            if found["final"]:
                return found
            await a_moment(_LOOK)

    def _still_waits(self, webhooks: Sequence[Mapping[str, Any]]) -> bool:
        left, entered = (len(self.told(kind)) for kind in ("member.left", "member.entered"))
        return left < entered or any(one["waitingEvents"] for one in webhooks)

    def sums(self) -> dict[str, int]:
        """Return what all broadcasts have together."""
        return {what: sum(one[what] for one in self.figures.values()) for what in ("entries", "messages", "likes")}

    async def series_agree(self) -> bool:
        """Say whether the hours of the series come to the same, once they are counted: each count takes its time."""
        wanted, until = self.sums(), SystemClock().now() + _SERIES_WITHIN
        while SystemClock().now() < until:
            hours = (await self.chief.call("stats/series", {"unit": "hour"})).data
            if {what: sum(one[what] for one in hours) for what in wanted} == wanted:
                return True
            await a_moment(_LOOK)
        return False

    def told(self, kind: str) -> list[Mapping[str, Any]]:
        """Return what webhooks have told of a kind, each event once."""
        events = {event["id"]: event for event in self.receiver.taken}
        return [event["data"] for event in events.values() if event["type"] == kind]

    async def rows(self, method: str, **given: Any) -> list[Mapping[str, Any]]:
        """Return all rows of a list."""
        found: list[Mapping[str, Any]] = []
        cursor = ""
        while True:
            body = (await self.chief.call(method, {**given, "cursor": cursor})).body
            assert body["errorCode"] == 0, body
            found += body["data"]
            cursor = body["nextCursor"]
            if not cursor:
                return found

    async def audited(self, operator: str) -> Counter[str]:
        """Return how often an operator has done what; a process that dies does not write how it ended."""
        found = await self.rows("admin/audit", actor=f"operator:{operator}", limit=100)
        return Counter(one["action"].rpartition("/")[2] for one in found if one["code"] in (0, -1))


@asynccontextmanager
async def evening(folder: Path, mariadb: Mariadb, redis: Redis) -> AsyncIterator[Night]:
    """Yield an evening on which all rooms are open, and nobody has come yet."""
    world = served_world(folder, mariadb, redis)
    await world.start()
    accounts = world.core.services.console.operators.accounts
    invited = [
        await accounts.add(None, name, roles=[role], tenants=["*"])
        for name, role in (("chief", "administrator"), ("patrol", "moderator"), ("mei", "moderator"))
    ]
    async with AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(listening())
        hook = await world.core.outward.webhooks.add(DEFAULT_TENANT, receiver.url, batch=50)
        receiver.secrets.append(hook.secrets[0].text)
        await world.stop()
        processes = [Liveroom(folder / f"process{number}", world.settings, **_SETTINGS) for number in range(2)]
        for process in processes:
            stack.callback(process.kill)
            await asyncio.to_thread(process.start)
        callers = [caller_of(process) for process in processes for _ in range(_CLIENTS)]
        asks = [await stack.enter_async_context(caller) for caller in callers]
        chief = await _accepted(await _desk(stack, processes[1]), invited[0].token)
        second = await _accepted(await _desk(stack, processes[1]), invited[1].token)
        elsewhere = await _desk(stack, processes[0])
        elsewhere.cookies = second.cookies
        phones = [phone for some in parts(range(PEOPLE), _AT_ONCE) for phone in await _come(asks, some)]
        ledger, dice = Ledger(), random.Random(SEED)
        hosts = [Host(Caller(phone, asks), ledger, dice, ()) for phone in phones[:ROOMS]]
        for number, host in enumerate(hosts):
            await _open(host, f"Show number {number}")
        rooms = [host.user for host in hosts]
        bots = [Bot(Caller(phone, asks), ledger, random.Random(phone.user), rooms) for phone in phones[ROOMS:]]
        people = iter([bot.user for bot in bots[-_WARNED:]])
        patrol = Patrol(ledger, [second, elsewhere], people)
        link = f"{processes[1].url}/console/#invitation={invited[2].token}"
        yield Night(
            processes, receiver, Crowd([*hosts, *bots], ledger), hosts, chief, patrol, invited[2].account.id, link
        )


async def _desk(stack: AsyncExitStack, process: Liveroom) -> Browser:
    http = await stack.enter_async_context(httpx.AsyncClient(base_url=process.url, timeout=30, trust_env=False))
    return Browser(HttpCaller(http, SystemClock()))


async def _accepted(browser: Browser, token: str) -> Browser:
    given = {"token": token, "password": PASSWORD}
    browser.operator = (await browser.call("operators/accept_invitation", given)).data["me"]["operatorId"]
    return browser


async def _come(asks: Sequence[Ask], numbers: Sequence[int]) -> Sequence[Phone]:
    """Let some people sign in, each as a guest."""
    return await asyncio.gather(*(_guest(asks[number % len(asks)], number) for number in numbers))


async def _guest(ask: Ask, number: int) -> Phone:
    data = data_of(await ask(f"{BASE}auth_users/guest", {"nickname": f"Bot {number}"}))
    return Phone(ask, data["name"], data["userId"], data["token"])


async def _open(host: Host, title: str) -> None:
    given = {"roomId": host.user, "role": "anchor", "title": title, "category": "show"}
    while not host.room:
        with suppress(Broken):
            assert await host.code("rooms/enter_room", **given) == 0
            host.room = host.user
            continue
        await a_moment(_LOOK)
