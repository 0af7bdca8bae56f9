"""The hook before a gift: asked before anything is paid, and nothing is sold without its answer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, HookRefused, ProviderUnavailable
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.hooks.model import GIFT_TIMEOUT, Hook, HookType, Otherwise
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.simulate.endpoint import Mood
from liveroom.usecases.gifts.sending import GiftOutcome, WantedGift
from tests.hook_server import HookServer, hook_server, refuse
from tests.usecases.conftest import World
from tests.usecases.ledger.money import credit, wallet


class Asked:
    """A guest with a hundred coins, in a room of somebody's whose operator is asked."""

    def __init__(self, world: World, guest: Actor, room: RoomId, server: HookServer) -> None:
        self.world, self.guest, self.room, self.server = world, guest, room, server

    async def hook(self, **values: Any) -> Hook:
        return await self.server.hook(self.world.core.hook_calls.hooks, self.guest.tenant.name, HookType.GIFT, **values)

    async def send(self, key: str = "k") -> GiftOutcome:
        wanted = WantedGift(self.room, GiftId("coffee"), key, 3, (), version=1, combo="c")
        return await self.world.core.services.money.gifts.sending.send(self.guest, wanted)

    async def coins(self) -> int:
        return (await wallet(self.world.core, self.guest.user)).coins


@pytest.fixture
async def asked(world: World) -> AsyncIterator[Asked]:
    host, guest = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    await world.core.services.entering.enter(guest, room, role="audience", changes=RoomChanges())
    await credit(world.core, guest.user, 100, "order")
    async with hook_server() as server:
        yield Asked(world, guest, room, server)


async def test_the_operator_is_asked_what_is_sent_to_whom_and_what_it_costs(asked: Asked) -> None:
    hook = await asked.hook()
    assert (hook.otherwise, hook.timeout) == (Otherwise.REFUSE, GIFT_TIMEOUT)
    sent = await asked.send()
    (question,) = asked.server.questions
    member = await asked.world.core.live.member(asked.room, asked.guest.user)
    live = await asked.world.core.live.room(asked.room)
    assert member is not None
    assert live is not None
    assert question["type"] == "ask.gift"
    assert question["data"] == {
        "userId": asked.guest.user,
        "name": member.name,
        "avatar": member.avatar,
        "roomId": asked.room,
        "category": live.category,
        "broadcastId": sent.receipt.gifts[0].broadcast,
        "receiverIds": [live.owner],
        "giftId": "coffee",
        "version": 1,
        "count": 3,
        "coins": 30,
        "key": "k",
        "comboId": "c",
    }


async def test_what_is_refused_costs_nothing_and_may_be_sent_later_with_the_same_key(asked: Asked) -> None:
    await asked.hook()
    asked.server.decide = refuse
    with pytest.raises(HookRefused, match="members only"):
        await asked.send()
    assert await asked.coins() == 100
    asked.server.decide = lambda _: {"allow": True}
    assert not (await asked.send()).receipt.is_repeated
    assert await asked.coins() == 70


async def test_what_was_paid_stays_paid_whatever_is_answered_afterwards(asked: Asked) -> None:
    await asked.hook()
    first = await asked.send()
    asked.server.decide = refuse
    again = await asked.send()
    assert again.receipt.is_repeated
    assert [gift.id for gift in again.receipt.gifts] == [gift.id for gift in first.receipt.gifts]


@pytest.mark.parametrize("answered", [Mood.BROKEN, {"allow": True, "set": {"coins": 1}}, {"allow": "yes"}])
async def test_without_an_answer_that_counts_nothing_is_sold(answered: Any, asked: Asked) -> None:
    await asked.hook()
    if isinstance(answered, Mood):
        asked.server.endpoint.mood = answered
    asked.server.decide = lambda _: answered
    with pytest.raises(ProviderUnavailable):
        await asked.send()
    assert await asked.coins() == 100


async def test_nobody_arranges_for_gifts_to_be_sold_unasked(asked: Asked) -> None:
    with pytest.raises(BadRequest, match="must be refuse"):
        await asked.hook(otherwise=Otherwise.ALLOW)
    hook = await asked.hook()
    with pytest.raises(BadRequest, match="must be refuse"):
        await asked.world.core.hook_calls.hooks.change(hook.id, lambda known: replace(known, otherwise=Otherwise.ALLOW))


async def test_a_module_that_fails_before_a_gift_sells_nothing(asked: Asked) -> None:
    async def fails(_: Any) -> Any:
        raise ZeroDivisionError

    asked.world.core.hook_calls.add_local(HookType.GIFT, fails)
    with pytest.raises(ProviderUnavailable):
        await asked.send()
    assert await asked.coins() == 100
