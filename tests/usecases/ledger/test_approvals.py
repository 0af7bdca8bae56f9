"""Two persons for what is much: amounts add up, and an approval is good for one request."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from liveroom.domain.accounts.users import User
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.approvals import Approval, ApprovalLimits, ApprovalState, AskedMove
from liveroom.domain.ledger.failures import (
    ApprovalNotFound,
    ApprovalRefused,
    ApprovalRequired,
    KeyReused,
    OwnApproval,
)
from liveroom.domain.ledger.journals import LedgerCommand, MoveKind, digest_of_said
from liveroom.domain.ledger.wallets import Wallet
from liveroom.domain.payloads import wire_time
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.credits import Credit, Credited
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, limited, operator_of, wallet

LIMIT = 100


@pytest.fixture(autouse=True)
async def _sums(world: World) -> AsyncIterator[None]:
    yield
    await assert_sums(world.core)


@pytest.fixture
async def user(world: World) -> User:
    """Return somebody who is to be given coins."""
    return await world.make_user()


async def grant(world: World, user: UserId, amount: int, key: str, by: str = "one") -> Credited:
    asked = Credit(user, MoveKind.GRANT, Currency.COIN, amount, key)
    return await limited(world.core, LIMIT).credit(operator_of(world.core, by), asked)


async def buy(world: World, user: UserId, amount: int, key: str, limit: int = LIMIT) -> Credited:
    asked = Credit(user, MoveKind.PURCHASE, Currency.COIN, amount, key)
    return await limited(world.core, 1, limit).credit(operator_of(world.core), asked)


async def asked_for(world: World, user: UserId, amount: int, key: str, by: str = "one") -> str:
    with pytest.raises(ApprovalRequired) as asked:
        await grant(world, user, amount, key, by)
    return asked.value.approval


def approvals(world: World) -> Approvals:
    return world.core.services.money.approvals


async def test_small_steps_add_up_to_the_limit_of_an_operator_and_of_a_user(world: World, user: User) -> None:
    other = await world.make_user()
    await grant(world, user.id, 60, "1")
    await asked_for(world, other.id, 41, "2")
    await grant(world, other.id, 40, "3")
    await asked_for(world, user.id, 41, "4", by="two")
    await grant(world, user.id, 40, "5", by="two")
    world.pass_by(86_401)
    await grant(world, user.id, 100, "6")


async def test_of_steps_at_once_as_many_are_done_as_the_limit_allows(world: World, user: User) -> None:
    users = [await world.make_user() for _ in range(6)]
    done = await asyncio.gather(
        *(grant(world, one.id, 30, str(number)) for number, one in enumerate(users)), return_exceptions=True
    )
    assert [type(one) for one in done].count(ApprovalRequired) == 3


async def test_another_operator_approves_and_the_same_call_then_does_it_once(world: World, user: User) -> None:
    id = await asked_for(world, user.id, 500, "1")
    assert await asked_for(world, user.id, 500, "1") == id
    with pytest.raises(OwnApproval):
        await approvals(world).decide(operator_of(world.core), id, approve=True)
    decided = await approvals(world).decide(operator_of(world.core, "two"), id, approve=True)
    assert (decided.state, decided.decided_by) == (ApprovalState.APPROVED, "operator:two")
    with pytest.raises(ApprovalNotFound):
        await approvals(world).decide(operator_of(world.core, "two"), id, approve=False)
    with pytest.raises(KeyReused):
        await grant(world, user.id, 501, "1")
    done = await asyncio.gather(*(grant(world, user.id, 500, "1") for _ in range(3)))
    assert sorted(one.is_repeated for one in done) == [False, True, True]
    assert await wallet(world.core, user.id) == Wallet(promo=500)
    listed, _ = await approvals(world).page(user.tenant, ApprovalState.DONE, cursor="", limit=10)
    assert [one.id for one in listed] == [id]


async def test_what_was_refused_or_waited_too_long_is_refused_for_its_key_for_good(world: World, user: User) -> None:
    refused, old, unused = [await asked_for(world, user.id, 500, key) for key in ("refused", "old", "unused")]
    await approvals(world).decide(operator_of(world.core, "two"), refused, approve=False)
    await approvals(world).decide(operator_of(world.core, "two"), unused, approve=True)
    world.pass_by(7 * 86_400 + 1)
    with pytest.raises(ApprovalNotFound):
        await approvals(world).decide(operator_of(world.core, "two"), old, approve=True)
    for key in ("refused", "old", "unused"):
        with pytest.raises(ApprovalRefused):
            await grant(world, user.id, 500, key)
    assert await wallet(world.core, user.id) == Wallet()


async def test_what_was_bought_adds_up_for_its_user_alone(world: World, user: User) -> None:
    await buy(world, user.id, 70, "1")
    with pytest.raises(ApprovalRequired):
        await buy(world, user.id, 31, "2")
    await buy(world, (await world.make_user()).id, 100, "3")
    await buy(world, user.id, 1_000_000, "4", limit=0)


async def test_envelopes_in_a_room_add_up_apart_from_what_goes_to_the_user_whose_id_it_has(
    world: World, user: User
) -> None:
    # They added up together: rooms mostly have the ids of their owners.
    async def fill(amount: int, key: str, by: str) -> Approval | None:
        tenant, digest = world.core.services.tenants.default.name, digest_of_said(amount)
        command = LedgerCommand(tenant, MoveKind.ENVELOPE, key, digest, operator_of(world.core, by).actor)
        acts = replace(approvals(world), limits=ApprovalLimits(LIMIT, 0))
        return await world.core.db.transact(lambda tx: acts.take(tx, command, amount, target=user.id))

    await grant(world, user.id, 60, "1")
    assert await fill(60, "1", by="two") is None
    await grant(world, user.id, 40, "2")
    assert await fill(41, "2", by="three") is not None
    assert await fill(40, "3", by="three") is None


async def test_what_was_asked_for_is_kept_for_whoever_decides_and_whoever_repeats_it(world: World, user: User) -> None:
    later = world.core.clock.now() + timedelta(days=3)
    credits = limited(world.core, LIMIT)
    for key, kind, amount, expires in (("1", MoveKind.GRANT, 500, later), ("2", MoveKind.ADJUST, -500, None)):
        with pytest.raises(ApprovalRequired):
            await credits.credit(
                operator_of(world.core), Credit(user.id, kind, Currency.COIN, amount, key, expires, "contest")
            )
    bought = await buy(world, user.id, 500, "3", limit=0)
    with pytest.raises(ApprovalRequired):
        await credits.reverse(operator_of(world.core), bought.journal.id, "4", "refund")
    listed, _ = await approvals(world).page(user.tenant, ApprovalState.ASKED, cursor="", limit=10)
    assert {one.key: (one.amount, one.said) for one in listed} == {
        "grant:1": (500, AskedMove(currency="coin", amount=500, expires=wire_time(later), credit_id="")),
        "adjust:2": (500, AskedMove(currency="coin", amount=-500, expires="", credit_id="")),
        "reversal:4": (500, AskedMove(currency="coin", amount=-500, expires="", credit_id=bought.journal.id)),
    }


async def test_approvals_of_another_tenant_are_not_found(world: World, user: User) -> None:
    id = await asked_for(world, user.id, 500, "1")
    operator = operator_of(world.core, "two")
    elsewhere = replace(operator, tenant=replace(operator.tenant, name=TenantName("acme")))
    with pytest.raises(ApprovalNotFound):
        await approvals(world).decide(elsewhere, id, approve=True)
