"""Who gives, earns and is paid out: adults, and nobody to somebody who has blocked them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ids import RoomId
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.protection.caps import RAISED_AFTER, Caps
from liveroom.domain.protection.failures import AdultsOnly, CannotReceive, CapReached, NoPayouts
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.options import SeatMode
from liveroom.usecases.gifts.sending import GiftOutcome, WantedGift
from liveroom.usecases.ledger.payouts import PayoutRequest
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, credit, operator_of, wallet


class Stage:
    """A host, a guest with a thousand coins, and somebody on a seat; of nobody is known that they are adults."""

    def __init__(self, world: World, host: Actor, guest: Actor, singer: Actor, room: RoomId) -> None:
        self.world, self.host, self.guest, self.singer, self.room = world, host, guest, singer, room

    async def say(self, adult: bool | None, *who: Actor) -> None:
        for one in who:
            await self.world.core.services.moderation.call_adult(one.user, adult=adult)

    async def send(self, key: str, *to: Actor, gift: str = "coffee") -> GiftOutcome:
        wanted = WantedGift(self.room, GiftId(gift), key, 1, tuple(one.user for one in to))
        return await self.world.core.services.money.gifts.sending.send(self.guest, wanted)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"adults": "said", "cap_day": 30, "cap_gift": 20, "time_zone": "Asia/Shanghai"}


@pytest.fixture
async def stage(world: World) -> AsyncIterator[Stage]:
    host, guest, singer = [await world.make_actor() for _ in range(3)]
    room, services = await world.go_live(host), world.core.services
    for one in (guest, singer):
        await services.entering.enter(one, room, role="audience", changes=RoomChanges())
    await services.seating.plans.configure(host, room, None, SeatMode.FREE)
    await services.seating.seats.take(singer, room, 0)
    await credit(world.core, guest.user, 1000, "order")
    yield Stage(world, host, guest, singer, room)
    await assert_sums(world.core)


async def test_nobody_gives_or_earns_of_whom_nothing_is_known(stage: Stage) -> None:
    with pytest.raises(AdultsOnly):
        await stage.send("1")
    await stage.say(True, stage.guest)
    stage.world.pass_by(1)
    with pytest.raises(CannotReceive):
        await stage.send("1")
    await stage.say(True, stage.host)
    stage.world.pass_by(1)
    assert not (await stage.send("1")).receipt.is_repeated


async def test_what_is_said_counts_within_a_second_in_every_process(stage: Stage) -> None:
    await stage.say(True, stage.guest, stage.host)
    await stage.send("1")
    async with stage.world.neighbour() as other:
        await other.services.moderation.call_adult(stage.guest.user, adult=False)
    stage.world.pass_by(1)
    with pytest.raises(AdultsOnly):
        await stage.send("2")
    assert (await stage.send("1")).receipt.is_repeated


async def test_whoever_is_no_adult_is_no_receiver_among_others(stage: Stage) -> None:
    await stage.say(True, stage.guest, stage.host)
    await stage.say(False, stage.singer)
    with pytest.raises(CannotReceive):
        await stage.send("1", stage.host, stage.singer, gift="rose")
    assert (await wallet(stage.world.core, stage.guest.user)).coins == 1000


async def test_on_a_seat_too_nobody_gets_gifts_of_those_whom_they_have_blocked(stage: Stage) -> None:
    await stage.say(True, stage.guest, stage.host, stage.singer)
    await stage.send("1", stage.singer, gift="rose")
    await stage.world.core.services.following.blocks.add(stage.singer, stage.guest.user)
    stage.world.pass_by(1)
    with pytest.raises(CannotReceive):
        await stage.send("2", stage.singer, gift="rose")
    await stage.send("3", gift="rose")


async def test_the_memory_of_a_second_asks_no_database(stage: Stage) -> None:
    await stage.say(True, stage.guest, stage.host)
    adults = stage.world.core.services.money.protection.adults
    users = {stage.guest.user, stage.singer.user}
    assert await adults.known(users) == {stage.guest.user}
    stage.world.sql.down = True
    assert await adults.known(users) == {stage.guest.user}
    stage.world.sql.down = False


async def test_nothing_is_paid_out_to_whoever_is_no_adult(stage: Stage) -> None:
    core = stage.world.core
    await credit(core, stage.host.user, 100, "points", MoveKind.ADJUST, currency=Currency.POINT)
    stage.world.pass_by(timedelta(days=15).total_seconds())
    asked = PayoutRequest(stage.host.user, None, 50, "payout")
    with pytest.raises(NoPayouts):
        await core.services.money.payouts.hold(operator_of(core), asked)
    await stage.say(True, stage.host)
    assert not (await core.services.money.payouts.hold(operator_of(core), asked)).is_repeated


async def test_caps_count_each_day_and_a_refusal_stands_for_its_key(stage: Stage) -> None:
    await stage.say(True, stage.guest, stage.host)
    await stage.send("1")
    await stage.send("2")
    await stage.send("3")
    with pytest.raises(CapReached) as reached:
        await stage.send("4", gift="rose")
    assert reached.value.left == 0
    stage.world.pass_by(timedelta(days=1).total_seconds())
    with pytest.raises(CapReached):
        await stage.send("4", gift="rose")
    assert not (await stage.send("5")).receipt.is_repeated


async def test_an_own_cap_is_lowered_at_once_and_raised_a_day_later(stage: Stage) -> None:
    await stage.say(True, stage.guest, stage.host)
    caps = stage.world.core.services.money.protection.caps
    assert (await caps.get(stage.guest)).left == 20
    await stage.send("1")
    shown = await caps.set(stage.guest, lambda known: known._replace(day=12))
    assert (shown.caps, shown.given.in_day, shown.left) == (Caps(20, 12), 10, 2)
    with pytest.raises(CapReached) as reached:
        await stage.send("2")
    assert reached.value.left == 2
    waiting = await caps.set(stage.guest, lambda _: Caps())
    assert waiting.left == 2
    assert waiting.own.since is not None
    stage.world.pass_by(RAISED_AFTER.total_seconds())
    shown = await caps.get(stage.guest)
    assert (shown.caps, shown.left) == (Caps(20, 30), 20)
