"""Reversals and refunds: asked for until the operator's wallet has said so, by one process at a time, and told."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.gifts.charges import LATE, ChargeState, next_try
from liveroom.domain.ledger.failures import AlreadyReversed
from liveroom.simulate.endpoint import Mood
from liveroom.store.sql.charge_tables import charges
from liveroom.store.sql.dialect import statement
from liveroom.usecases.charges.listing import ChargeDifference
from liveroom.usecases.charges.reversing import ChargeReversals
from tests.usecases.charges.conftest import COINS, ChargedEvening
from tests.usecases.ledger.money import operator_of
from tests.worlds import WoundClock


async def leave_unknown(evening: ChargedEvening, key: str = "k") -> None:
    """Have the wallet take a charge and not say so."""
    evening.server.endpoint.mood = Mood.LOST
    with pytest.raises(ProviderUnavailable):
        await evening.send(key)


def test_reversals_are_asked_for_after_one_second_and_ever_more_seldom_up_to_an_hour() -> None:
    now = WoundClock().now()
    waits = [(next_try(tries, now) - now).total_seconds() for tries in range(1, 16)]
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-4:] == [2048, 3600, 3600, 3600]


async def test_a_reversal_is_tried_again_later_each_time_until_it_is_clear(evening: ChargedEvening) -> None:
    await leave_unknown(evening)
    evening.server.endpoint.mood = Mood.BROKEN
    assert await evening.reverse(1) == 0
    (charge,) = await evening.charges(ChargeState.UNKNOWN)
    assert (charge.tries, charge.said) == (1, "it answered HTTP 502")
    assert charge.due is not None
    assert charge.due <= evening.world.core.clock.now() + timedelta(seconds=1)
    evening.server.endpoint.mood = Mood.WELL
    assert await evening.reverse(1) == 1


async def test_two_processes_reverse_a_charge_once(evening: ChargedEvening) -> None:
    await leave_unknown(evening)
    evening.server.endpoint.mood = Mood.WELL
    evening.world.pass_by(2)
    async with evening.world.neighbour() as other:
        both = (evening.world.core.jobs.charge_reversals, other.jobs.charge_reversals)
        assert sorted(await asyncio.gather(*(one.run() for one in both))) == [0, 1]
        await other.leave_vendors()
    assert evening.server.kinds().count("charge.reverse") == 1


async def test_without_a_wallet_what_a_former_one_owes_waits(evening: ChargedEvening) -> None:
    await leave_unknown(evening)
    evening.world.pass_by(60)
    jobs = evening.world.core.jobs.charge_reversals
    assert await ChargeReversals(jobs.db, jobs.clock, None, jobs.doubts).run() == 0
    evening.server.endpoint.mood = Mood.WELL


async def test_a_refund_gives_the_coins_back_once_and_takes_the_points(evening: ChargedEvening) -> None:
    core = evening.world.core
    (gift,) = (await evening.send("k", "coffee", count=3)).receipt.gifts
    operator, refunds = operator_of(core), core.services.money.gifts.refunds
    refund = await refunds.refund(operator, gift.id, "refund-1", "sent by a child")
    assert (await refunds.refund(operator, gift.id, "refund-1", "sent by a child")).is_repeated
    with pytest.raises(AlreadyReversed):
        await refunds.refund(operator, gift.id, "refund-2", "")
    assert await evening.points() == 0
    assert evening.server.balances[evening.guest.user] == COINS - 30
    evening.server.endpoint.mood = Mood.LOST
    assert await evening.reverse() == 0
    evening.server.endpoint.mood = Mood.WELL
    assert await evening.reverse() == 1
    assert evening.server.balances[evening.guest.user] == COINS
    assert evening.server.refunds == {refund.journal.id: 30}
    kind, data = evening.server.asked[-1]
    (charge,) = await evening.charges(ChargeState.CHARGED)
    assert (kind, data["refundId"], data["chargeId"], data["sentId"], data["coins"], data["userId"]) == (
        *("charge.refund", refund.journal.id, charge.id, gift.id, 30),
        evening.guest.user,
    )
    await evening.send("k2")


async def test_a_charge_of_which_nobody_knows_is_told_at_once_and_again_by_the_audit(evening: ChargedEvening) -> None:
    core = evening.world.core
    await leave_unknown(evening)
    assert await core.jobs.ledger_audit.look() == 0
    evening.server.endpoint.mood = Mood.BROKEN
    await evening.reverse(LATE.total_seconds() + 1)
    assert await core.jobs.ledger_audit.look() == 1
    (found,) = await core.db.differences.open(5)
    (charge,) = await evening.charges(ChargeState.UNKNOWN)
    assert (found.check, found.subject, found.found) == ("charge", charge.id, 1)
    evening.server.endpoint.mood = Mood.WELL
    assert await evening.reverse() == 1
    await core.jobs.ledger_audit.look()
    assert await core.db.differences.open(5) == []


async def test_the_audit_compares_charges_with_what_was_moved_from_outside(evening: ChargedEvening) -> None:
    core = evening.world.core
    await evening.send("1", count=2)
    await core.jobs.folding.run()
    evening.world.pass_by(61)
    assert await core.jobs.ledger_audit.look() == 0
    await evening.send("2", count=3)
    await core.jobs.folding.run()
    (newest, _) = await evening.charges(ChargeState.CHARGED)
    await core.db.charges.put([replace(newest, state=ChargeState.REVERSED)])
    await core.jobs.relay.run()
    evening.world.pass_by(61)
    assert await core.jobs.ledger_audit.look() == 1
    (found,) = await core.db.differences.open(5)
    assert (found.check, found.expected, found.found) == ("external", 0, 3)
    await core.db.engine.run(statement(update(charges).where(charges.c.id == newest.id).values(state="charged")))


async def test_books_are_compared_charge_by_charge(evening: ChargedEvening) -> None:
    core = evening.world.core
    for key in ("1", "2", "3"):
        await evening.send(key)
    await leave_unknown(evening, "4")
    evening.server.endpoint.mood = Mood.WELL
    (third, second, first) = await evening.charges(ChargeState.CHARGED)
    books = {**evening.server.books(), second.id: 2, "nobody's": 7}
    del books[third.id]
    begin, end = core.clock.now() - timedelta(days=1), core.clock.now() + timedelta(days=1)
    compared = core.services.money.charges.admin.compare(evening.guest.tenant.name, books, begin, end)
    found = {one.id: one async for one in compared}
    assert first.id not in found
    assert list(found.values()) == [
        ChargeDifference(second.id, 1, 2, "charged"),
        ChargeDifference(third.id, 1, 0, "charged"),
        ChargeDifference("nobody's", 0, 7, ""),
    ]


async def test_what_waits_to_be_reversed_is_counted_with_its_age(evening: ChargedEvening) -> None:
    rows = evening.world.core.db.charges
    assert (await rows.count_waiting(), await rows.oldest_waiting()) == (0, None)
    await leave_unknown(evening)
    (charge,) = await evening.charges(ChargeState.UNKNOWN)
    assert (await rows.count_waiting(), await rows.oldest_waiting()) == (1, charge.created)
    evening.server.endpoint.mood = Mood.WELL
    assert await evening.reverse() == 1
    assert (await rows.count_waiting(), await rows.oldest_waiting()) == (0, None)
