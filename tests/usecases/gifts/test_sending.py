"""Sending gifts while stores are away and processes die: paid once or not at all, told once for each key."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from liveroom import faults
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable
from liveroom.domain.gifts.events import RECENT, GiftTotals
from liveroom.domain.ledger.failures import BalanceTooLow
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.sent_gift_tables import sent_gifts
from tests.dying import die
from tests.usecases.gifts.conftest import Evening
from tests.usecases.ledger.money import credit


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


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

    told = await evening.send("k1", count=3)
    await evening.told()
    faults.arm("gifts.paid", outage)
    waiting = await evening.send("k2", count=2)
    faults.disarm()
    evening.world.live.down = False
    broadcast = waiting.receipt.gifts[0].broadcast
    rows, since = evening.world.core.db.sent_gifts, evening.world.core.clock.now() - RECENT
    found = await rows.so_far({broadcast: evening.room}, since)
    assert found[broadcast].totals == GiftTotals(5, 5, 1)
    assert found[broadcast].pending == [waiting.receipt.gifts[0].batch]
    assert found[broadcast].told == [told.receipt.gifts[0].batch]
    assert (await rows.so_far({broadcast: evening.room}, evening.world.core.clock.now() + RECENT))[broadcast].told == []
    assert (await evening.told())[-1] == waiting.receipt.gifts[0].id
    after = await rows.so_far({broadcast: evening.room}, since)
    assert (after[broadcast].pending, len(after[broadcast].told)) == ([], 2)
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
    await core.jobs.relay.run()
    await core.db.engine.run(statement(delete(sent_gifts).where(sent_gifts.c.attempt != sent.receipt.gifts[0].attempt)))
    evening.world.pass_by(61)
    assert await core.jobs.ledger_audit.look() == 1
    (found,) = await core.db.differences.open(5)
    assert (found.check, found.expected, found.found) == ("gifts", 0, 1)


async def test_gifts_and_their_coins_are_counted_once_for_each_key(evening: Evening) -> None:
    sold = evening.world.core.services.money.gifts.sold
    for key in ("k", "k", "other"):
        await evening.send(key)
    assert (sold.gifts[()], sold.coins[()]) == (2, 2)


async def test_a_change_that_the_live_store_does_not_know_has_an_age_until_it_is_told(evening: Evening) -> None:
    relay = evening.world.core.jobs.relay

    def outage() -> None:
        evening.world.live.down = True

    await evening.world.core.tick()
    assert await relay.oldest() == 0
    faults.arm("gifts.paid", outage)
    await evening.send("k")
    faults.disarm()
    evening.world.pass_by(30)
    assert 30 <= await relay.oldest() < 31
    evening.world.live.down = False
    await relay.run()
    assert await relay.oldest() == 0
