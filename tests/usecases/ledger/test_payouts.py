"""Payouts: points are held once for each key, and then paid or given back, once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from liveroom.domain.accounts.users import User
from liveroom.domain.errors import UserNotFound
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import AccountId, AccountKind, AccountName, Currency
from liveroom.domain.ledger.approvals import ApprovalLimits
from liveroom.domain.ledger.failures import (
    AccountFrozen,
    AccountNotFound,
    AccountOwing,
    ApprovalRequired,
    BalanceTooLow,
    KeyReused,
    PayoutNotFound,
    PayoutOver,
)
from liveroom.domain.ledger.journals import JournalId, LedgerEntry, MoveKind
from liveroom.domain.ledger.payouts import PayoutState
from liveroom.domain.ledger.wallets import Wallet, accounts_of
from liveroom.ports import Tx
from liveroom.usecases.ledger.payouts import PayoutRequest, Payouts, ShownPayout
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, credit, fold, operator_of, wallet

TWO_WEEKS = 14 * 86_400 + 1


@pytest.fixture(autouse=True)
async def _sums(world: World) -> AsyncIterator[None]:
    yield
    await assert_sums(world.core)
    await fold(world.core)
    await assert_sums(world.core)


@pytest.fixture
async def user(world: World) -> User:
    """Return somebody with 100 points that have cleared."""
    user = await world.make_user()
    await earn(world, user, 100)
    world.pass_by(TWO_WEEKS)
    return user


async def earn(world: World, user: User, points: int) -> None:
    key = f"earned-{user.id}-{points}"
    await credit(world.core, user.id, points, key, MoveKind.ADJUST, currency=Currency.POINT)


def payouts(world: World) -> Payouts:
    return world.core.services.money.payouts


async def hold(world: World, user: User | AccountId, points: int, key: str) -> ShownPayout:
    whose, account = (user.id, None) if isinstance(user, User) else (None, user)
    return await payouts(world).hold(operator_of(world.core), PayoutRequest(whose, account, points, key))


async def end(world: World, key: str, state: PayoutState = PayoutState.SETTLED) -> ShownPayout:
    return await payouts(world).end(operator_of(world.core), key, state)


async def house(world: World, kind: AccountKind) -> int:
    name = AccountName(world.core.services.tenants.default.name, kind)
    found = await world.core.db.ledger_accounts.holdings([name])
    return found[name].total if name in found else 0


async def test_points_are_held_once_for_a_key_and_then_paid(world: World, user: User) -> None:
    async with world.neighbour() as other:
        asked = PayoutRequest(user.id, None, 60, "november")
        calls = [one.services.money.payouts.hold(operator_of(one), asked) for one in (world.core, other) * 3]
        done = await asyncio.gather(*calls)
    assert len({one.payout.id for one in done}) == 1
    assert sum(one.is_repeated for one in done) == 5
    assert await wallet(world.core, user.id) == Wallet(points=40, cleared=40)
    ended = await asyncio.gather(*(end(world, "november") for _ in range(3)))
    assert sorted(one.is_repeated for one in ended) == [False, True, True]
    assert (await house(world, AccountKind.PAYABLE), await house(world, AccountKind.PAID)) == (0, 60)
    with pytest.raises(PayoutOver):
        await end(world, "november", PayoutState.CANCELLED)
    with pytest.raises(PayoutNotFound):
        await end(world, "december")


async def test_points_of_a_cancelled_payout_are_the_users_again_and_have_cleared_before(
    world: World, user: User
) -> None:
    await hold(world, user, 60, "1")
    assert not (await end(world, "1", PayoutState.CANCELLED)).is_repeated
    assert (await end(world, "1", PayoutState.CANCELLED)).is_repeated
    assert await wallet(world.core, user.id) == Wallet(points=100, cleared=100)
    with pytest.raises(PayoutOver):
        await end(world, "1")
    await hold(world, user, 100, "2")


async def test_what_was_refused_for_want_of_points_is_refused_for_its_key_for_ever(world: World, user: User) -> None:
    await earn(world, user, 50)
    with pytest.raises(BalanceTooLow, match=r"^100$"):
        await hold(world, user, 101, "1")
    world.pass_by(TWO_WEEKS)
    with pytest.raises(BalanceTooLow, match=r"^100$"):
        await hold(world, user, 101, "1")
    with pytest.raises(KeyReused):
        await hold(world, user, 5, "1")
    with pytest.raises(PayoutNotFound):
        await end(world, "1")
    await hold(world, user, 101, "2")


async def test_nothing_is_paid_to_somebody_who_is_frozen_or_owes(world: World, user: User) -> None:
    money, operator = world.core.services.money, operator_of(world.core)
    await money.freezing.freeze(user.tenant, user.id, frozen=True)
    with pytest.raises(AccountFrozen):
        await hold(world, user, 5, "1")
    await money.freezing.freeze(user.tenant, user.id, frozen=False)
    order = await credit(world.core, user.id, 10, "order")
    await credit(world.core, user.id, -10, "spent", MoveKind.ADJUST)
    await money.credits.reverse(operator, order.journal.id, "refund", "")
    with pytest.raises(AccountOwing):
        await hold(world, user, 5, "1")
    await credit(world.core, user.id, 10, "again")
    await hold(world, user, 5, "1")


async def test_points_that_wait_to_be_added_are_added_before_a_payout(world: World, user: User) -> None:
    name = accounts_of(user.tenant, user.id).points
    db = world.core.db
    account = (await db.ledger_accounts.find([name]))[name]

    async def take_out(tx: Tx) -> None:
        await tx.ledger_accounts.put([replace(account, balance=0)])
        due = LedgerEntry(JournalId("gift"), account.id, 100)
        await tx.dues.add([due])

    await db.transact(take_out)
    await hold(world, user, 60, "1")
    assert await wallet(world.core, user.id) == Wallet(points=40, cleared=40)


async def test_whose_points_wait_to_be_added_owes_nothing_where_a_gift_was_taken_back_before(
    world: World, user: User
) -> None:
    name = accounts_of(user.tenant, user.id).points
    db = world.core.db
    account = (await db.ledger_accounts.find([name]))[name]

    async def take_back(tx: Tx) -> None:
        await tx.ledger_accounts.put([account.moved(-130, may_owe=True)])
        await tx.dues.add([LedgerEntry(JournalId("gift"), account.id, 130)])

    await db.transact(take_back)
    await hold(world, user, 60, "1")
    assert await wallet(world.core, user.id) == Wallet(points=40, cleared=40)


async def test_a_deleted_users_points_are_paid_by_their_account(world: World) -> None:
    actor = await world.make_actor()
    user = await world.core.db.users.get(actor.user)
    assert user is not None
    await earn(world, user, 100)
    world.pass_by(TWO_WEEKS)
    held = await hold(world, user, 30, "1")
    await world.core.services.deletion.delete(actor)
    for _ in range(3):
        world.pass_by(3600)
        await world.core.jobs.deleted_users.erase()
    with pytest.raises(UserNotFound):
        await hold(world, user, 70, "2")
    paid = await hold(world, held.payout.account, 70, "2")
    assert paid.user != user.id
    await end(world, "1", PayoutState.CANCELLED)
    await hold(world, held.payout.account, 30, "3")
    page, _ = await payouts(world).page(user.tenant, PayoutState.HELD, cursor="", limit=5)
    assert {(one.payout.key, one.user) for one in page} == {("3", paid.user), ("2", paid.user)}


async def test_payouts_above_the_limit_need_a_second_person_who_approves_them(world: World, user: User) -> None:
    approvals = replace(world.core.services.money.approvals, limits=ApprovalLimits(50, 0))
    limited = replace(payouts(world), approvals=approvals)
    await limited.hold(operator_of(world.core), PayoutRequest(user.id, None, 30, "1"))
    asked = PayoutRequest(user.id, None, 21, "2")
    with pytest.raises(ApprovalRequired) as waiting:
        await limited.hold(operator_of(world.core), asked)
    await approvals.decide(operator_of(world.core, "two"), waiting.value.approval, approve=True)
    done = await limited.hold(operator_of(world.core), asked)
    assert (done.is_repeated, done.payout.points) == (False, 21)
    assert await wallet(world.core, user.id) == Wallet(points=49, cleared=49)


async def test_keys_and_accounts_of_another_tenant_or_of_coins_are_not_found(world: World, user: User) -> None:
    held = await hold(world, user, 5, "1")
    operator = operator_of(world.core)
    elsewhere = replace(operator, tenant=replace(operator.tenant, name=TenantName("acme")))
    with pytest.raises(PayoutNotFound):
        await payouts(world).end(elsewhere, "1", PayoutState.SETTLED)
    with pytest.raises(AccountNotFound):
        await payouts(world).hold(elsewhere, PayoutRequest(None, held.payout.account, 5, "1"))
    await credit(world.core, user.id, 10, "order")
    coins = accounts_of(user.tenant, user.id).coins
    account = (await world.core.db.ledger_accounts.find([coins]))[coins]
    with pytest.raises(AccountNotFound):
        await hold(world, account.id, 5, "2")
    with pytest.raises(UserNotFound):
        await hold(world, replace(user, id=UserId("1")), 5, "2")


async def test_a_user_sees_their_payouts_and_not_what_was_refused(world: World, user: User) -> None:
    for number in range(3):
        await hold(world, user, 10, str(number))
        world.service.clock.advance(0.002)
    with pytest.raises(BalanceTooLow):
        await hold(world, user, 500, "much")
    await end(world, "1")
    page, cursor = await payouts(world).of_user(user.tenant, user.id, cursor="", limit=2)
    rest, last = await payouts(world).of_user(user.tenant, user.id, cursor=cursor, limit=2)
    assert [(one.key, one.state) for one in (*page, *rest)] == [
        ("2", PayoutState.HELD),
        ("1", PayoutState.SETTLED),
        ("0", PayoutState.HELD),
    ]
    assert last == ""
