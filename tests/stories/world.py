"""A whole service in this process, on any back end, with a clock that a story winds, and the phones of its people.

Nothing runs by itself: a story that lets time pass does the background work that a running service would have done.
"""

import hashlib
import itertools
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, Final

import httpx

from liveroom.api.identity import RequestContext
from liveroom.api.methods import METHODS
from liveroom.app.assembly import Core, assemble
from liveroom.app.backends import open_database
from liveroom.app.serving import make_app
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import DEFAULT_TENANT, SessionId, UserId, new_id
from liveroom.http.asgi import App
from liveroom.ports import Tx
from liveroom.settings import NamedSecret, Secret, Settings
from liveroom.usecases.presence.comparing import APART
from tests.worlds import WoundClock, a_moment

BASE: Final = "base/v1/"
SECRET: Final = (NamedSecret("story", Secret("a-signing-secret-of-stories-0123456789")),)
TAG: Final = "xiaozhibo"
STEP: Final = timedelta(seconds=20)
"""How far the clock goes at once: less than the gap that counts as an outage."""
_REBUILT: Final = 30.0
"""Seconds within which a slow machine has what a live store lost rebuilt."""


_nonces = itertools.count(1)

Reply = Mapping[str, Any]
Ask = Callable[[str, Mapping[str, Any]], Awaitable[Reply]]
"""A caller: a path and parameters in, an envelope out."""


def salt_of(name: str) -> str:
    return hashlib.md5(f"{name}-password".encode(), usedforsecurity=False).hexdigest()


def signed(name: str, millis: int) -> dict[str, str]:
    """Return the parameters of a login as the shipped apps sign it; each call signs a login of its own."""
    ts, nonce = str(millis), str(next(_nonces))
    text = f"{name}-{TAG}-{ts}-{nonce}-{salt_of(name)}"
    signature = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return {"username": name, "signature": signature, "tag": TAG, "ts": ts, "nonce": nonce}


def data_of(reply: Reply) -> Any:
    """Return what a call answered; it has to have succeeded."""
    assert reply["errorCode"] == 0, reply
    return reply.get("data")


async def once_rebuilt(work: Callable[[], Awaitable[object]]) -> None:
    """Do this, again for as long as the live store is being rebuilt: as a running service does in its next turn."""
    deadline = time.monotonic() + _REBUILT
    while True:
        try:
            await work()
        except LiveUnavailable:
            if time.monotonic() >= deadline:
                raise
            await a_moment(0.05)
        else:
            return


async def ask_dispatcher(core: Core, path: str, given: Mapping[str, Any]) -> Reply:
    """Call a method as HTTP and the socket do."""
    context = RequestContext(f"story-{next(_nonces)}", "127.0.0.1")
    reply: Reply = json.loads((await core.dispatcher.call(METHODS.methods[path], given, context)).body)
    return reply


async def ask_over_http(app: App, path: str, given: Mapping[str, Any]) -> Reply:
    """Call a method as XiaoZhiBo does: a form, and HTTP 200 whatever the answer."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://story", trust_env=False) as client:
        answer = await client.post(f"/{path}", data=dict(given))
    assert answer.status_code == 200, answer.text
    reply: Reply = answer.json()
    return reply


@dataclass
class Phone:
    """One login of a user on one device."""

    ask: Ask
    name: str
    user: str
    token: str

    async def reply(self, path: str, **given: Any) -> Reply:
        """Call a method and return the envelope."""
        return await self.ask(BASE + path, {"userId": self.user, "token": self.token, **given})

    async def call(self, path: str, **given: Any) -> Any:
        """Call a method that has to succeed and return its data."""
        return data_of(await self.reply(path, **given))

    async def keepalive(self) -> None:
        await self.call("auth_users/user_keepalive")

    async def enter(self, room: str, role: str = "audience", **given: Any) -> Any:
        return await self.call("rooms/enter_room", roomId=room, role=role, **given)

    async def go_live(self, room: str = "", category: str = "mlvb-show-live", **given: Any) -> str:
        """Open a room, one's own unless it is named; return its id."""
        entered = await self.enter(room or self.user, "anchor", category=category, **given)
        return str(entered["roomId"])

    async def leave(self, room: str) -> None:
        await self.call("rooms/leave_room", roomId=room)

    async def members(self, room: str) -> list[str]:
        """Return all members in the order of joining, page by page."""
        found: list[str] = []
        cursor = ""
        while True:
            page = await self.reply("rooms/list_users", roomId=room, limit=20, cursor=cursor)
            found += [member["userId"] for member in data_of(page)]
            cursor = page["nextCursor"]
            if not cursor:
                return found

    async def listed(self, **given: Any) -> dict[str, Any]:
        """Return the rooms of the list by their ids."""
        return {room["roomId"]: room for room in await self.call("rooms/query_room", **given)}

    async def detail(self, room: str) -> Any:
        return await self.call("rooms/room_detail", roomId=room)

    async def presence(self, *phones: "Phone") -> list[Any]:
        found: list[Any] = await self.call("presence/query", userIds=[phone.user for phone in phones])
        return found


@dataclass
class World:
    """One installation: its stores, its clock, and the processes that run on it (``core`` is the newest)."""

    settings: Settings
    rows: Callable[[str], Sequence[Sequence[Any]]]
    """Asks SQL behind the service's back."""
    forget: Callable[[], None]
    """Empties the live store."""
    crash: Callable[[], None]
    """Kills the servers and starts them again on what they had written."""
    shares: bool
    """Whether several processes can run at once."""
    over_http: bool = False
    """Whether people call over HTTP, or the dispatcher behind it."""
    clock: WoundClock = field(default_factory=WoundClock)
    cores: list[Core] = field(default_factory=list)
    apps: dict[int, App] = field(default_factory=dict)
    turning: list[Callable[[timedelta], Awaitable[None]]] = field(default_factory=list)
    """What else has a time of its own that goes on with the clock's."""

    @property
    def core(self) -> Core:
        return self.cores[-1]

    async def start(self, **changes: Any) -> Core:
        """Start a process, with other settings where they are named."""
        settings = replace(self.settings, **changes) if changes else self.settings
        core = await assemble(settings, self.clock, await open_database(settings))
        await core.live.start()
        self.cores.append(core)
        return core

    async def stop(self, *, gracefully: bool = True) -> None:
        """End every process; a graceful one writes what waits for its batch."""
        while self.cores:
            core = self.cores.pop()
            if gracefully:
                await core.jobs.backlog.write_all()
                await core.jobs.relay.run()
            await core.live.close()
            await core.db.close()

    async def restart(self) -> Core:
        """End every process and start one."""
        await self.stop()
        return await self.start()

    async def lose_live(self) -> None:
        """Let the live store forget everything; memory does so when its process ends."""
        await self.core.jobs.backlog.write_all()
        if not self.shares:
            await self.restart()
        self.forget()

    # --- people ----------------------------------------------------------------------------------------------------

    def caller_of(self, core: Core | None = None) -> Ask:
        """Return a caller of a process: of whichever is the newest at each call, unless one is named."""

        async def ask(path: str, given: Mapping[str, Any]) -> Reply:
            asked = core or self.core
            if not self.over_http:
                return await ask_dispatcher(asked, path, given)
            if id(asked) not in self.apps:
                self.apps[id(asked)] = make_app(asked)[0]
            return await ask_over_http(self.apps[id(asked)], path, given)

        return ask

    async def register(self, name: str, ask: Ask | None = None) -> Phone:
        """Make an account and sign in."""
        ask = ask or self.caller_of()
        data_of(await ask(f"{BASE}oauth/register", {"username": name, "salt": salt_of(name)}))
        return await self.sign_in(name, ask)

    async def sign_in(self, name: str, ask: Ask | None = None) -> Phone:
        """Open a new session of an account."""
        ask = ask or self.caller_of()
        login = data_of(await ask(f"{BASE}oauth/signature", signed(name, int(self.clock.now().timestamp() * 1000))))
        return Phone(ask, name, login["userId"], login["token"])

    async def strangers(self, count: int) -> list[Phone]:
        """Return this many signed-in people, made in one transaction and without the login's calls."""
        core, now = self.core, self.clock.now()
        first = await core.db.ids.take(count)
        users = [User(UserId(str(first + number)), DEFAULT_TENANT, now, now) for number in range(count)]

        async def add(tx: Tx) -> None:
            for user in users:
                await tx.users.add(user)

        await core.db.transact(add)
        tokens = core.services.login_tokens.tokens
        issued = [tokens.issue(user.id, SessionId(new_id(now)), DEFAULT_TENANT, now)[0] for user in users]
        return [Phone(self.caller_of(), user.id, user.id, token) for user, token in zip(users, issued, strict=True)]

    async def crowd(self, count: int, name: str = "viewer") -> list[Phone]:
        """Register this many people."""
        return [await self.register(f"{name}{number}") for number in range(count)]

    # --- time ------------------------------------------------------------------------------------------------------

    async def run_jobs(self, gap: timedelta | None = None) -> None:
        """Run once what a running service does on its scheduler, which asks again for what is being rebuilt."""
        for core in self.cores:
            jobs = core.jobs
            await jobs.backlog.write_all()
            await jobs.relay.run()
            expire = jobs.expiry.end_expired if gap is None else partial(jobs.expiry.end_expired, gap)
            await once_rebuilt(expire)
            await jobs.expiry.end_deserted()
            await jobs.orphaned_rooms.resolve()
            await jobs.overdue_rooms.end()
            await jobs.backlog.write_all()

    async def audit(self) -> int:
        """Compare the index with members twice, some seconds apart; return how many differences were put right."""
        await self.core.jobs.comparison.go_on()
        self.clock.advance(APART)
        return await self.core.jobs.comparison.go_on()

    async def wind(self, span: timedelta | float, *, alive: Sequence[Phone] = (), step: timedelta = STEP) -> None:
        """Let time pass; who is alive sends keepalives, and the service does its background work."""
        left = span if isinstance(span, timedelta) else timedelta(seconds=span)
        await self.run_jobs()
        while left > timedelta(0):
            taken = min(left, step)
            self.clock.advance(taken)
            left -= taken
            for turn in self.turning:
                await turn(taken)
            for phone in alive:
                await phone.keepalive()
            await self.run_jobs(gap=step * 2 if step > STEP else None)

    # --- attendance ------------------------------------------------------------------------------------------------

    async def stays(self, room: str) -> list[tuple[str, str]]:
        """Return the stays of a room as (user, reason of their end or ""), in the order of their beginning."""
        await self.core.jobs.backlog.write_all()
        columns = "user_id, COALESCE(reason, '')"
        found = self.rows(f"SELECT {columns} FROM lr_stays WHERE room = '{room}' ORDER BY entered, ord")  # noqa: S608
        return [(str(user), str(reason)) for user, reason in found]
