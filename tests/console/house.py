"""A house full of things that operators act on, made over HTTP: a room with people, reports, words, bans and keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from liveroom.api.codes import Code
from liveroom.clock import SystemClock
from tests.console.desk import PASSWORD, Office
from tests.consoles import Browser
from tests.service import Caller


@dataclass(frozen=True)
class Guest:
    """Somebody who came without an account."""

    caller: Caller
    user: str
    token: str

    async def call(self, method: str, **given: Any) -> Any:
        """Call a method that has to succeed; return its data."""
        return (await self.caller.call(method, {"userId": self.user, "token": self.token, **given})).data

    async def code(self, method: str, **given: Any) -> int:
        """Call a method; return the code."""
        return (await self.caller.call(method, {"userId": self.user, "token": self.token, **given})).code


@dataclass
class House:
    """Who and what there is."""

    caller: Caller
    chief: Browser
    """An administrator's session, for what no page is needed for."""
    host: Guest
    guest: Guest
    banned: Guest
    room: str
    approval: str = ""
    """What the administrator asks to do with money."""

    @property
    def places(self) -> dict[str, str]:
        """Return the ids that stand in addresses of the console."""
        users = {"guest": self.guest.user, "banned": self.banned.user}
        return {"room": self.room, "approval": self.approval, **users}

    async def come(self, name: str) -> Guest:
        """Return a new guest."""
        return await come(self.caller, name)

    async def fill(self) -> None:
        """Have something of everything that there is an action for."""
        await self.guest.call("messages/send", roomId=self.room, text="free prizes")
        await self.guest.call("moderation/report", roomId=self.room, targetId=self.host.user, reason="rude")
        for method, given in (
            ("admin/add_note", {"userId": self.guest.user, "text": "was kind"}),
            ("admin/add_words", {"words": ["shady"]}),
            ("admin/ban_user", {"userId": self.banned.user, "seconds": 3600, "reason": "spam"}),
            ("admin/put_role", {"role": "night", "permissions": ["rooms.view"]}),
        ):
            assert (await self.chief.call(method, {**given, "why": "for a test"})).code == 0
        await self.pay()

    async def pay(self) -> None:
        """Have the guest buy coins and be given some, and ask for more than one person may give."""
        for kind, amount in (("purchase", 600), ("grant", 50), ("grant", 60_000)):
            given = {"userId": self.guest.user, "amount": amount, "kind": kind, "key": f"{self.guest.user}-{amount}"}
            answer = await self.chief.call("admin/credit_wallet", {**given, "reason": "contest"})
        assert answer.code == Code.ApprovalRequired
        self.approval = answer.body["approvalId"]


async def come(caller: Caller, name: str) -> Guest:
    """Sign in as a guest."""
    data = (await caller.call("auth_users/guest", {"nickname": name})).data
    return Guest(caller, data["userId"], data["token"])


@asynccontextmanager
async def caller_of(office: Office) -> AsyncIterator[Caller]:
    """Yield what calls the service as apps do."""
    async with httpx.AsyncClient(base_url=office.url, timeout=30, trust_env=False) as http:
        yield Caller(http, SystemClock())


@asynccontextmanager
async def house_of(office: Office, chief: str = "chief") -> AsyncIterator[House]:
    """Yield a house in which Ann is live and Bob watches."""
    async with caller_of(office) as caller, caller_of(office) as own:
        host, guest, banned = [await come(caller, name) for name in ("Ann", "Bob", "Cid")]
        opened = await host.call("rooms/generate_roomid", category="show", title="Evening show")
        room = str(opened["roomId"])
        await host.call("rooms/enter_room", roomId=room, role="anchor", title="Evening show")
        await guest.call("rooms/enter_room", roomId=room, role="audience")
        browser = Browser(own, name=chief)
        token = (await office.invite(chief)).partition("#invitation=")[2]
        assert (await browser.call("operators/accept_invitation", {"token": token, "password": PASSWORD})).code == 0
        yield House(caller, browser, host, guest, banned, room)
