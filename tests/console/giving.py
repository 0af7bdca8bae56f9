"""An evening of gifts: viewers at the page and bots over HTTP, whose coins are bought, spent, and counted."""

import asyncio
import itertools
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from liveroom.api.codes import Code
from tests.console.evening import until
from tests.forks.client import command
from tests.service import SECRET

PRICES: Final = {"rose": 1, "heart": 5, "coffee": 10}
_BASE: Final = "/base/v1/"
_PAUSE: Final = 0.2
_SECONDS: Final = 30.0
_PATIENCE: Final = 20
"""How often one bot may be told that the service is busy."""
_numbers = itertools.count(1)


async def key_of_a_shop(folder: Path) -> str:
    """Return a server key, as the command prints it."""
    environ = {"PATH": os.environ.get("PATH", ""), "LIVEROOM_DATA_DIR": str(folder), "LIVEROOM_SECRET": SECRET}
    words = ("tenants", "key", "add", "--name", f"shop {next(_numbers)}", "--scope", "admin:*")
    child = await asyncio.create_subprocess_exec(
        str(command()), *words, env=environ, cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate()
    return next(word for word in out.decode().split() if word.startswith("lrk_"))


@dataclass
class Shop:
    """The operator's server: it sells coins, and reads everybody's statement."""

    http: httpx.AsyncClient
    key: str

    async def call(self, method: str, **given: Any) -> Mapping[str, Any]:
        """Call with the key; return the envelope."""
        headers = {"authorization": f"Bearer {self.key}"}
        reply: Mapping[str, Any] = (await self.http.post(f"{_BASE}{method}", json=given, headers=headers)).json()
        return reply

    async def data(self, method: str, **given: Any) -> Any:
        """Call; return the data of a success."""
        reply = await self.call(method, **given)
        assert reply["errorCode"] == 0, (method, reply)
        return reply.get("data")

    async def opens(self) -> None:
        """Wait until the service knows the key."""

        async def is_known() -> bool:
            return bool((await self.call("admin/list_approvals"))["errorCode"] == 0)

        await until(is_known, _SECONDS)

    async def sell(self, user: str, coins: int) -> None:
        given = {"userId": user, "amount": coins, "kind": "purchase", "key": f"order-{next(_numbers)}"}
        await self.data("admin/credit_wallet", **given)

    async def rows(self, method: str, **given: Any) -> Sequence[Mapping[str, Any]]:
        """Return all rows of a list."""
        found: list[Mapping[str, Any]] = []
        cursor = ""
        while True:
            reply = await self.call(method, **given, cursor=cursor, limit=100)
            assert reply["errorCode"] == 0, (method, reply)
            found += reply["data"]
            cursor = reply["nextCursor"]
            if not cursor:
                return found

    async def balance_by_statement(self, user: str, currency: str) -> int:
        """Return what all lines of somebody's statement add up to."""
        return sum(line["amount"] for line in await self.rows("admin/wallet_statement", userId=user, currency=currency))


@dataclass
class Giver:
    """A bot that is in a room and sends combos to its host."""

    http: httpx.AsyncClient
    user: str
    token: str
    room: str
    dice: random.Random
    spent: int = 0
    gifts: list[str] = field(default_factory=list)
    again: int = 0
    """How often the service was busy, and was asked again with the same key."""

    async def give(self, combos: int) -> None:
        """Send some combos of a few taps each; each tap may come twice, with one key."""
        for combo in range(combos):
            gift = self.dice.choice([*PRICES])
            for tap in range(self.dice.randint(1, 4)):
                count = self.dice.randint(1, 3)
                given = {"giftId": gift, "count": count, "key": f"tap-{combo}-{tap}", "comboId": f"combo-{combo}"}
                sent = await self._send(given)
                self.spent += PRICES[gift] * count
                self.gifts += sent["sentIds"]
                if self.dice.random() < 0.3:
                    again = await self._send(given)
                    assert (again["sentIds"], again["repeated"]) == (sent["sentIds"], True)

    async def _send(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send; below the pace that one user may have."""
        await asyncio.wait({asyncio.get_running_loop().create_future()}, timeout=_PAUSE * self.dice.random())
        reply = await call(self.http, "gifts/send", self.token, **given, roomId=self.room)
        while reply["errorCode"] == Code.ServiceDBFailed:
            self.again += 1
            assert self.again <= _PATIENCE, reply
            reply = await call(self.http, "gifts/send", self.token, **given, roomId=self.room)
        assert reply["errorCode"] == 0, reply
        found: Mapping[str, Any] = reply["data"]
        return found


async def ask(http: httpx.AsyncClient, method: str, token: str = "", **given: Any) -> Mapping[str, Any]:
    """Call as a user; the call has to succeed."""
    reply = await call(http, method, token, **given)
    assert reply["errorCode"] == 0, (method, reply)
    return reply


async def call(http: httpx.AsyncClient, method: str, token: str = "", **given: Any) -> Mapping[str, Any]:
    """Call as a user; return the envelope."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    reply: Mapping[str, Any] = (await http.post(f"{_BASE}{method}", json=given, headers=headers)).json()
    return reply


async def givers(http: httpx.AsyncClient, rooms: Sequence[str], count: int, seed: int) -> Sequence[Giver]:
    """Let bots come, as guests, and enter the rooms by turns."""
    found = []
    for number in range(count):
        login = (await ask(http, "auth_users/guest", nickname=f"Bot {number}"))["data"]
        room = rooms[number % len(rooms)]
        await ask(http, "rooms/enter_room", login["token"], roomId=room, role="audience")
        found.append(Giver(http, login["userId"], login["token"], room, random.Random(seed + number)))
    return found
