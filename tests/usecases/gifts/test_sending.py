"""Sending gifts while stores are away and processes die: paid once or not at all, told once for each key."""

from collections.abc import AsyncIterator, Iterator

import msgspec
import pytest
from sqlalchemy import delete

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable
from liveroom.domain.events.model import EventKind
from liveroom.domain.gifts.events import GiftTotals
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ids import RoomId
from liveroom.domain.ledger.failures import BalanceTooLow
from liveroom.domain.rooms.model import RoomChanges
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.sent_gift_tables import sent_gifts
from liveroom.usecases.gifts.sending import GiftOutcome, WantedGift
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, credit, wallet


class Died(BaseException):
    """The process is gone."""


def die() -> None:
    raise Died


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


class Evening:
    """A host who is live, and a guest with a hundred coins."""

    def __init__(self, world: World, host: Actor, guest: Actor, room: RoomId) -> None:
        self.world, self.host, self.guest, self.room = world, host, guest, room

    async def send(self, key: str, gift: str = "rose", count: int = 1) -> GiftOutcome:
        wanted = WantedGift(self.room, GiftId(gift), key, count, ())
        return await self.world.core.services.money.gifts.sending.send(self.guest, wanted)

    async def told_now(self) -> list[str]:
        """Return what the room has heard by now, without what is gathered."""
        recent = await self.world.core.live.channels.recent(self.room, after=0, limit=100)
        events = [event for one in recent.publications for event in one.events if event.kind == EventKind.GIFT_SENT]
        return [msgspec.json.decode(event.data or b"")["giftId"] for event in events]

    async def told(self) -> list[str]:
        """Return the keys' gifts of which the room has heard, after everything that was left behind was told."""
        self.world.pass_by(2)
        await self.world.core.jobs.relay.run()
        self.world.pass_by(1)
        await self.world.core.live.channels.gathered()
        return await self.told_now()

    async def coins(self) -> int:
        return (await wallet(self.world.core, self.guest.user)).coins


@pytest.fixture
async def evening(world: World) -> AsyncIterator[Evening]:
    """Yield it; afterwards everything adds up."""
    host, guest = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    await world.core.services.entering.enter(guest, room, role="audience", changes=RoomChanges())
    await credit(world.core, guest.user, 100, "order")
    await world.core.live.channels.snapshot(room, guest.tenant.name)
    yield Evening(world, host, guest, room)
    await assert_sums(world.core)


async def test_a_gift_is_told_once_with_its_names(evening: Evening) -> None:
    sent = await evening.send("k")
    assert sent.is_published
    assert await evening.told() == [sent.receipt.gifts[0].id]


async def test_while_the_live_store_is_down_nothing_is_paid_and_a_known_key_is_still_answered(
    evening: Evening,
) -> None:
    first = await evening.send("k")
    evening.world.live.down = True
    with pytest.raises(LiveUnavailable):
        await evening.send("k2")
    again = await evening.send("k")
    evening.world.live.down = False
    assert again.receipt.is_repeated
    assert again.receipt.gifts[0].id == first.receipt.gifts[0].id
    assert await evening.coins() == 99


async def test_while_sql_is_down_nothing_is_paid(evening: Evening) -> None:
    evening.world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await evening.send("k")
    evening.world.sql.down = False
    assert await evening.coins() == 100
    assert not (await evening.send("k")).receipt.is_repeated


async def test_a_process_that_dies_before_the_commit_has_sold_nothing(evening: Evening) -> None:
    faults.arm("gifts.paid", die)
    with pytest.raises(DatabaseUnavailable):
        await evening.send("k")
    faults.disarm()
    assert await evening.coins() == 100
    sent = await evening.send("k")
    assert await evening.told() == [sent.receipt.gifts[0].id]


async def test_a_room_that_could_not_be_told_is_told_by_the_relay_and_once(evening: Evening) -> None:
    def outage() -> None:
        evening.world.live.down = True

    faults.arm("gifts.paid", outage)
    sent = await evening.send("k")
    faults.disarm()
    evening.world.live.down = False
    assert not sent.is_published
    assert await evening.coins() == 99
    assert await evening.told() == [sent.receipt.gifts[0].id]
    assert await evening.told() == [sent.receipt.gifts[0].id]


async def test_a_big_gift_that_the_relay_tells_leaves_at_once(evening: Evening) -> None:
    def outage() -> None:
        evening.world.live.down = True

    await credit(evening.world.core, evening.guest.user, 10_000, "more")
    await evening.send("small")
    faults.arm("gifts.paid", outage)
    sent = await evening.send("k", "rocket")
    faults.disarm()
    evening.world.live.down = False
    evening.world.pass_by(2)
    await evening.world.core.jobs.relay.run()
    assert (await evening.told_now())[-1] == sent.receipt.gifts[0].id


async def test_a_process_that_dies_after_it_has_told_the_room_leaves_nothing_to_be_told(evening: Evening) -> None:
    faults.arm("gifts.published", die)
    with pytest.raises(DatabaseUnavailable):
        await evening.send("k")
    faults.disarm()
    again = await evening.send("k")
    assert again.receipt.is_repeated
    assert await evening.told() == [again.receipt.gifts[0].id]


async def test_too_little_is_refused_for_good(evening: Evening) -> None:
    for _ in range(2):
        with pytest.raises(BalanceTooLow):
            await evening.send("k", "crown")
    assert await evening.told() == []


async def test_sums_of_a_lost_live_store_come_from_sql_and_what_waits_is_told_without_being_added(
    evening: Evening,
) -> None:
    def outage() -> None:
        evening.world.live.down = True

    await evening.send("k1", count=3)
    await evening.told()
    faults.arm("gifts.paid", outage)
    waiting = await evening.send("k2", count=2)
    faults.disarm()
    evening.world.live.down = False
    broadcast = waiting.receipt.gifts[0].broadcast
    found = await evening.world.core.db.sent_gifts.so_far({broadcast: evening.room})
    assert found[broadcast].totals == GiftTotals(5, 5, 1)
    assert found[broadcast].pending == [waiting.receipt.gifts[0].batch]
    assert (await evening.told())[-1] == waiting.receipt.gifts[0].id
    after = await evening.world.core.db.sent_gifts.so_far({broadcast: evening.room})
    assert after[broadcast].pending == []
    totals = await evening.world.core.live.gifts.totals(evening.room, evening.guest.tenant.name)
    assert totals == GiftTotals(5, 5, 1)


async def test_the_audit_compares_gifts_with_what_was_moved_for_them(evening: Evening) -> None:
    core = evening.world.core
    sent = await evening.send("1")
    await evening.send("2", count=3)
    await core.jobs.folding.run()
    evening.world.pass_by(61)
    assert await core.jobs.ledger_audit.look() == 0
    await evening.send("3")
    await core.jobs.folding.run()
    await core.db.engine.run(statement(delete(sent_gifts).where(sent_gifts.c.attempt != sent.receipt.gifts[0].attempt)))
    evening.world.pass_by(61)
    assert await core.jobs.ledger_audit.look() == 1
    (found,) = await core.db.differences.open(5)
    assert (found.check, found.expected, found.found) == ("gifts", 0, 1)
