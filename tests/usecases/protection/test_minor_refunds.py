"""A minor's period is taken back whole, whoever dies at it and however many work at it."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, DatabaseUnavailable
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ids import RoomId
from liveroom.domain.ledger.approvals import ApprovalLimits
from liveroom.domain.ledger.failures import ApprovalRequired, KeyReused
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.gifts.sending import WantedGift
from liveroom.usecases.protection.minor_refunds import AskedRefund, MinorPeriod, MinorRefunds
from tests.dying import Died, dying_after
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, credit, fold, operator_of, wallet


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


class Childhood:
    """A host, and a minor who buys 100 coins, is granted 10, and sends 12 gifts of 5 in a day; the next day 2 more."""

    def __init__(self, world: World, host: Actor, minor: Actor, since: datetime, until: datetime) -> None:
        self.world, self.host, self.minor, self.since, self.until = world, host, minor, since, until

    @property
    def refunds(self) -> MinorRefunds:
        return self.world.core.services.money.minor_refunds

    def period(self, key: str = "case-1") -> MinorPeriod:
        return MinorPeriod(self.minor.user, self.since, self.until, key, "a minor, says the father")

    async def ask(self, key: str = "case-1") -> AskedRefund:
        return await self.refunds.ask(operator_of(self.world.core), self.period(key))

    async def gone_through(self) -> None:
        while await self.refunds.run():
            pass

    async def check(self) -> None:
        """Fail unless all that is of that day is taken back, and nothing else."""
        core = self.world.core
        done = (await self.ask()).refund
        assert done.is_done
        assert (done.gifts, done.coins, done.purchases, done.purchased, done.skipped) == (12, 60, 1, 100, 0)
        await fold(core)
        left = await wallet(core, self.minor.user)
        # 50 coins were bought later; two later gifts took 10 of what was there then.
        assert (left.coins, left.promo) == (50 - 10, 10)
        assert (await wallet(core, self.host.user)).points == 4
        await assert_sums(core)


@pytest.fixture
async def childhood(world: World) -> Childhood:
    host, minor = await world.make_actor(), await world.make_actor()
    room, core = await world.go_live(host), world.core
    await core.services.entering.enter(minor, room, role="audience", changes=RoomChanges())

    async def send(key: str) -> None:
        wanted = WantedGift(RoomId(room), GiftId("heart"), key, 1, ())
        await core.services.money.gifts.sending.send(minor, wanted)

    world.pass_by(2)
    since = core.clock.now()
    await credit(core, minor.user, 100, "GPA.1")
    await credit(core, minor.user, 10, "welcome", MoveKind.GRANT)
    for number in range(12):
        await send(f"first-{number}")
    world.pass_by(timedelta(days=1).total_seconds())
    until = core.clock.now()
    world.pass_by(1)
    await credit(core, minor.user, 50, "GPA.2")
    for number in range(2):
        await send(f"later-{number}")
    await fold(core)
    return Childhood(world, host, minor, since, until)


async def test_gifts_and_purchases_of_the_period_go_back_and_nothing_else(childhood: Childhood) -> None:
    asked = await childhood.ask()
    assert (asked.is_repeated, asked.refund.is_done) == (False, False)
    await childhood.gone_through()
    await childhood.check()
    assert await childhood.refunds.run() == 0


@pytest.mark.parametrize("after", [1, 7, 13, 15, 17])
async def test_another_process_goes_on_where_one_has_died(childhood: Childhood, after: int) -> None:
    await childhood.ask()
    faults.arm("minors.part", dying_after(after - 1))
    with pytest.raises((Died, DatabaseUnavailable)):
        await childhood.gone_through()
    faults.disarm()
    async with childhood.world.neighbour() as other:
        while await other.services.money.minor_refunds.run():
            pass
    await childhood.check()


async def test_two_processes_at_once_do_each_line_once(childhood: Childhood) -> None:
    await childhood.ask()
    async with childhood.world.neighbour() as other:
        for _ in range(20):
            await asyncio.gather(childhood.refunds.run(), other.services.money.minor_refunds.run())
    await childhood.check()


async def test_a_key_asks_once_and_another_period_needs_another(childhood: Childhood) -> None:
    first, second = await asyncio.gather(childhood.ask(), childhood.ask())
    assert {first.is_repeated, second.is_repeated} == {True, False}
    assert first.refund.id == second.refund.id
    longer = childhood.period()._replace(since=childhood.since - timedelta(days=1))
    with pytest.raises(KeyReused):
        await childhood.refunds.ask(operator_of(childhood.world.core), longer)


async def test_a_second_period_over_the_same_days_finds_nothing_left(childhood: Childhood) -> None:
    await childhood.ask()
    await childhood.gone_through()
    await childhood.ask("case-2")
    await childhood.gone_through()
    again = (await childhood.ask("case-2")).refund
    assert (again.gifts, again.purchases, again.skipped) == (0, 0, 0)
    await childhood.check()


async def test_what_is_frozen_is_skipped_and_tried_again(childhood: Childhood) -> None:
    core = childhood.world.core
    home = core.services.tenants.default.name
    await core.services.money.freezing.freeze(home, childhood.host.user, frozen=True)
    await childhood.ask()
    await childhood.gone_through()
    seen = await childhood.refunds.db.minor_refunds.of_key(home, "case-1")
    assert seen is not None
    assert seen.skipped == 10
    await core.services.money.freezing.freeze(home, childhood.host.user, frozen=False)
    assert (await childhood.ask()).refund.skipped == 0
    await childhood.gone_through()
    await childhood.check()


async def test_above_the_limit_another_person_approves_first(childhood: Childhood) -> None:
    core = childhood.world.core
    approvals = core.services.money.approvals
    object.__setattr__(approvals, "limits", ApprovalLimits(159, 0))
    with pytest.raises(ApprovalRequired) as waiting:
        await childhood.ask()
    assert await childhood.refunds.run() == 0
    await approvals.decide(operator_of(core, "two"), waiting.value.approval, approve=True)
    await childhood.ask()
    await childhood.gone_through()
    await childhood.check()


async def test_a_period_has_to_be_over(childhood: Childhood) -> None:
    core = childhood.world.core
    for until in (childhood.since, core.clock.now() + timedelta(minutes=1)):
        with pytest.raises(BadRequest):
            await childhood.refunds.ask(operator_of(core), childhood.period()._replace(until=until))


async def test_a_deleted_minors_period_is_gone_on_with(childhood: Childhood) -> None:
    core = childhood.world.core
    await childhood.ask()
    await core.services.moderation.delete(childhood.minor.user)
    await childhood.gone_through()
    done = await childhood.refunds.db.minor_refunds.of_key(core.services.tenants.default.name, "case-1")
    assert done is not None
    assert (done.gifts, done.purchases, done.is_done) == (12, 1, True)
    await assert_sums(core)
