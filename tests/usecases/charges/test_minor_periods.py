"""A minor's period whose gifts the operator's own wallet has paid: it gives each of them back, once, and no other."""

import asyncio
from collections.abc import Iterator
from datetime import datetime

import pytest

from liveroom import faults
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.gifts.charges import ChargeState
from liveroom.domain.ledger.approvals import ApprovalLimits
from liveroom.domain.ledger.failures import ApprovalRequired
from liveroom.domain.protection.minor_refunds import MinorRefund
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.protection.minor_refunds import MinorPeriod, MinorRefunds
from tests.dying import Died, dying_after
from tests.usecases.charges.conftest import ChargedEvening
from tests.usecases.ledger.money import fold, operator_of


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


class Period:
    """What the guest sends in the meantime is to be taken back."""

    def __init__(self, evening: ChargedEvening) -> None:
        self.evening = evening
        evening.world.pass_by(2)
        self.since = self.until = evening.world.core.clock.now()

    @property
    def refunds(self) -> MinorRefunds:
        return self.evening.world.core.services.money.minor_refunds

    def end(self) -> datetime:
        self.evening.world.pass_by(1)
        self.until = self.evening.world.core.clock.now()
        self.evening.world.pass_by(1)
        return self.until

    async def ask(self) -> MinorRefund:
        period = MinorPeriod(self.evening.guest.user, self.since, self.until, "case-1", "a minor, says the father")
        return (await self.refunds.ask(operator_of(self.evening.world.core), period)).refund

    async def go_through(self) -> MinorRefund:
        while await self.refunds.run():
            pass
        return await self.ask()


async def test_gifts_of_the_period_are_given_back_by_the_wallet_and_no_others(evening: ChargedEvening) -> None:
    await evening.send("before", count=2)
    period = Period(evening)
    for number in range(3):
        await evening.send(f"within-{number}", "heart")
    period.end()
    await evening.send("later", count=4)
    assert not (await period.ask()).is_done
    done = await period.go_through()
    assert (done.is_done, done.gifts, done.coins, done.purchases, done.skipped) == (True, 3, 15, 0, 0)
    assert len(await evening.charges(ChargeState.RETURNING)) == 3
    await evening.reverse()
    assert sorted(evening.server.refunds.values()) == [5, 5, 5]
    assert await period.refunds.run() == 0


async def test_of_a_charge_for_two_receivers_each_gift_goes_back_and_a_frozen_one_is_tried_again(
    evening: ChargedEvening,
) -> None:
    core = evening.world.core
    other = await evening.world.make_actor()
    await core.services.entering.enter(other, evening.room, role="audience", changes=RoomChanges())
    asked = await core.services.seating.requests.invite(evening.host, evening.room, other.user, 0)
    await core.services.seating.requests.accept(other, evening.room, asked.id)
    period = Period(evening)
    await evening.send("both", "heart", to=(evening.host.user, other.user))
    period.end()
    await fold(core)
    home = core.services.tenants.default.name
    await core.services.money.freezing.freeze(home, other.user, frozen=True)
    await period.ask()
    while await period.refunds.run():
        pass
    seen = await core.db.minor_refunds.of_key(home, "case-1")
    assert seen is not None
    assert (seen.gifts, seen.coins, seen.skipped) == (1, 5, 1)
    await core.services.money.freezing.freeze(home, other.user, frozen=False)
    assert (await period.ask()).skipped == 0
    done = await period.go_through()
    assert (done.gifts, done.coins, done.skipped) == (2, 10, 0)
    await evening.reverse()
    assert list(evening.server.refunds.values()) == [5, 5]


async def test_a_gift_that_was_refunded_before_is_not_given_back_twice(evening: ChargedEvening) -> None:
    period = Period(evening)
    first, *_ = [await evening.send(f"within-{number}") for number in range(2)]
    operator = operator_of(evening.world.core)
    await evening.world.core.services.money.gifts.refunds.refund(
        operator, first.receipt.gifts[0].id, "r-1", "by mistake"
    )
    period.end()
    await period.ask()
    assert (await period.go_through()).gifts == 1
    await evening.reverse()
    assert list(evening.server.refunds.values()) == [1, 1]


@pytest.mark.parametrize("after", [1, 4, 5, 6])
async def test_another_process_goes_on_where_one_has_died(evening: ChargedEvening, after: int) -> None:
    period = Period(evening)
    for number in range(4):
        await evening.send(f"within-{number}")
    period.end()

    await period.ask()
    faults.arm("minors.part", dying_after(after - 1))
    with pytest.raises((Died, DatabaseUnavailable)):
        await period.go_through()
    faults.disarm()
    async with evening.world.neighbour() as other:
        while await other.services.money.minor_refunds.run():
            pass
        await other.leave_vendors()
    assert (await period.ask()).gifts == 4
    await evening.reverse()
    assert list(evening.server.refunds.values()) == [1] * 4


async def test_a_gift_about_which_the_wallet_is_still_asked_is_waited_for(evening: ChargedEvening) -> None:
    period = Period(evening)
    evening.server.endpoint.hold()
    sending = asyncio.create_task(evening.send("slow"))
    await evening.server.endpoint.come.wait()
    period.end()
    await period.ask()
    assert await period.refunds.run() == 0
    assert not (await period.ask()).is_done
    evening.server.endpoint.let_go()
    await sending
    done = await period.go_through()
    assert (done.is_done, done.gifts) == (True, 1)


async def test_what_the_wallet_did_not_take_is_not_given_back(evening: ChargedEvening) -> None:
    period = Period(evening)
    evening.server.message = "not now"
    with pytest.raises(Exception, match="not now"):
        await evening.send("refused")
    evening.server.message = ""
    period.end()
    await period.ask()
    done = await period.go_through()
    assert (done.is_done, done.gifts, done.skipped) == (True, 0, 0)


async def test_coins_of_the_operators_wallet_count_for_the_second_person_who_is_told_the_period(
    evening: ChargedEvening,
) -> None:
    core, period = evening.world.core, Period(evening)
    await evening.send("much", count=50)
    period.end()
    approvals = core.services.money.approvals
    object.__setattr__(approvals, "limits", ApprovalLimits(49, 0))
    with pytest.raises(ApprovalRequired) as waiting:
        await period.ask()
    decided = await approvals.decide(operator_of(core, "two"), waiting.value.approval, approve=True)
    assert (decided.amount, decided.said.amount) == (50, 50)
    assert decided.said.since_utc == f"{period.since:%Y-%m-%d %H:%M:%S}"
    assert decided.said.until_utc == f"{period.until:%Y-%m-%d %H:%M:%S}"
    await period.ask()
    assert (await period.go_through()).coins == 50
