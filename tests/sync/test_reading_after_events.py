"""Whoever has received an event from one process finds at least that state when they ask any other at once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bench.seeding import CATEGORY
from tests.servers import Redis
from tests.sync.crowd import Client, Crowd, News
from tests.sync.halls import BASE, Hall, Host, hall, on_a_fast_loop

pytestmark = [pytest.mark.services, pytest.mark.slow]
ROUNDS = 10
SOCKETS = 400
"""That the process which is called writes to as well."""
COUNTED = 1.0
"""Seconds after which the list's counts are up to date."""
SECONDS = 10.0
GONE = 2004
Event = Mapping[str, Any]


class Witness:
    """Has a socket on one process, and asks another whenever an event has come."""

    def __init__(self, house: Hall, crowd: Crowd, elsewhere: httpx.AsyncClient) -> None:
        self.stale: list[str] = []
        self._host = house.host
        self._guest = crowd.clients[0].guest
        self._elsewhere = elsewhere
        self._waiting: dict[str, asyncio.Future[Event]] = {}
        self._offset = 0
        crowd.on_news = self._count

    def _count(self, client: Client, news: News) -> None:
        """Whoever is told first asks."""
        if news.offset <= self._offset:
            return
        self._offset = news.offset
        for event in news.events:
            future = self._waiting.pop(event["type"], None)
            if future is not None:
                future.set_result(event)

    async def sees(self, kind: str, act: Awaitable[Any], *looks: Callable[[Event], Awaitable[bool]]) -> None:
        """Let something happen; once its event has come, look at all that can be asked for."""
        future = self._waiting[kind] = asyncio.get_running_loop().create_future()
        acting = asyncio.ensure_future(act)
        event = await asyncio.wait_for(future, SECONDS)
        for look, found in zip(looks, await asyncio.gather(*(look(event) for look in looks)), strict=True):
            if not found:
                self.stale.append(f"{kind}: {look.__name__}")
        await acting

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        given = {"userId": self._guest.id, "token": self._guest.token, "roomId": self._host.room, **params}
        reply: dict[str, Any] = (await self._elsewhere.post(f"{BASE}rooms/{method}", json=given)).json()
        return reply

    async def card(self) -> dict[str, Any] | None:
        """Return the room as it is on the list, None when it is not."""
        listed = (await self.ask("query_room", roomIds=self._host.room))["data"]
        return listed[0] if listed else None

    # looks: whether what is asked for shows what the event told

    async def detail_is_new(self, event: Event) -> bool:
        return int((await self.ask("room_detail"))["data"]["title"]) >= int(event["room"]["title"])

    async def card_is_new(self, event: Event) -> bool:
        card = await self.card()
        return card is not None and int(card["title"]) >= int(event["room"]["title"])

    async def is_listed(self, event: Event) -> bool:
        return await self.card() is not None

    async def is_unlisted(self, event: Event) -> bool:
        return await self.card() is None

    async def detail_is_hidden(self, event: Event) -> bool:
        return bool((await self.ask("room_detail"))["data"]["status"] == 1)

    async def has_member(self, event: Event) -> bool:
        return event["userId"] in await self._members()

    async def has_no_member(self, event: Event) -> bool:
        return event["userId"] not in await self._members()

    async def _members(self) -> list[str]:
        """Return those who came last."""
        page = await self.ask("list_users", limit=100, offset=SOCKETS)
        return [member["userId"] for member in page["data"]]

    async def counts_are_new(self, event: Event) -> bool:
        return bool((await self.ask("room_detail"))["data"]["nnUsers"] == event["nnUsers"])

    async def card_counts_soon(self, event: Event) -> bool:
        loop = asyncio.get_running_loop()
        late = loop.time() + COUNTED
        while loop.time() < late:
            card = await self.card()
            if card is not None and card["nnUsers"] == event["nnUsers"]:
                return True
        return False

    async def detail_is_gone(self, event: Event) -> bool:
        return bool((await self.ask("room_detail"))["errorCode"] == GONE)

    async def members_are_gone(self, event: Event) -> bool:
        return bool((await self.ask("list_users"))["errorCode"] == GONE)


@on_a_fast_loop
async def test_whoever_was_told_an_event_and_asks_another_process_sees_at_least_that(
    tmp_path: Path, redis_server: Redis
) -> None:
    redis_server.flushall()
    async with (
        hall(tmp_path, 1 + SOCKETS, redis=redis_server.url) as house,
        house.crowd(1, SOCKETS) as crowd,
        house.another() as elsewhere,
    ):
        await crowd.come()
        await crowd.until(lambda: all(client.segments[-1].members == 1 + SOCKETS for client in crowd.clients))
        witness, host = Witness(house, crowd, elsewhere), house.host
        for _ in range(ROUNDS):
            await changing(witness, host)
            await moving(witness, Host(house.guests[0], host.http, host.room))
        await closing(witness, host)
        assert not witness.stale


async def changing(witness: Witness, host: Host) -> None:
    """The host changes the room, leaves it and comes back."""
    await witness.sees("room.updated", host.change(1), witness.detail_is_new, witness.card_is_new)
    leaving = host.call("rooms/leave_room")
    await witness.sees("room.hidden", leaving, witness.detail_is_hidden, witness.is_unlisted)
    entering = host.call("rooms/enter_room", role="anchor", category=CATEGORY)
    await witness.sees("room.restored", entering, witness.is_listed)


async def moving(witness: Witness, guest: Host) -> None:
    """Somebody enters and leaves."""
    await witness.sees("member.entered", guest.call("rooms/enter_room", role="audience"), witness.has_member)
    await witness.sees("member.left", guest.call("rooms/leave_room"), witness.has_no_member)
    entering = guest.call("rooms/enter_room", role="audience")
    await witness.sees("room.counts", entering, witness.counts_are_new, witness.card_counts_soon)
    await witness.sees("member.left", guest.call("rooms/leave_room"), witness.has_no_member)


async def closing(witness: Witness, host: Host) -> None:
    destroying = host.call("rooms/destroy_room")
    looks = witness.detail_is_gone, witness.members_are_gone, witness.is_unlisted
    await witness.sees("room.closed", destroying, *looks)
