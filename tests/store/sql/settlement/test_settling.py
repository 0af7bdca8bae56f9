"""Settling on both databases: once, by whoever and however often, and as it can be computed anew at any time."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from liveroom import faults
from liveroom.domain.errors import BadRequest
from liveroom.domain.ledger.accounts import AccountKind
from liveroom.domain.ledger.failures import ApprovalRefused, ApprovalRequired
from liveroom.domain.settlement.failures import AccountStatementNotFound, PeriodRunning
from liveroom.domain.settlement.model import AccountStatement, MovedPoints, SettlementState
from liveroom.store.sql.database import SqlDatabase
from tests.dying import Died, dying_after
from tests.store.sql.gifts.selling import HOME
from tests.store.sql.settlement.bureau import MONTH, MONTHS, Bureau
from tests.usecases.ledger.money import assert_database_sums

HOSTS = ("2", "3", "4", "5", "6")
TARGET = {"whose": "host", "points": 35, "bonusPoints": 100, "bonusPerMille": 10}


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


@pytest.fixture
async def bureau(database: SqlDatabase) -> AsyncIterator[Bureau]:
    """Yield a bureau in which five hosts have earned something, two of them 35 points, in a month that is over."""
    bureau = Bureau(database)
    bureau.at(MONTH.begins + timedelta(days=1))
    await bureau.people("1", "9", *HOSTS)
    await bureau.agency("9", "2")
    for host in HOSTS:
        await bureau.sell(host, count=10 if host in {"2", "3"} else 3)
    await bureau.rules(gold=TARGET)
    bureau.at(MONTH.settles)
    yield bureau
    await assert_database_sums(database)
    while await bureau.shop.folding.run():
        pass
    await assert_database_sums(database)


async def statements(bureau: Bureau) -> dict[str, AccountStatement]:
    found = await bureau.db.settlements.statements(HOME, MONTH.id, "", 99)
    names = await bureau.db.ledger_accounts.names({one.account for one in found})
    return {f"{one.kind} {names[one.account].owner}": one for one in found}


async def earned(bureau: Bureau) -> list[int]:
    return [await bureau.balance(AccountKind.EARNINGS, host) for host in HOSTS]


async def test_a_period_is_settled_once_with_statements_and_bonuses(bureau: Bureau) -> None:
    settled = await bureau.settlements().settle(bureau.operator(), MONTH.id)
    closed = settled.settlement
    assert (settled.is_repeated, closed.state) == (False, SettlementState.CLOSED)
    assert (closed.statements, closed.gifts, closed.bonus) == (6, 35 + 35 + 10 + 10 + 10 + 5, 200)
    assert await earned(bureau) == [135, 135, 10, 10, 10]
    found = await statements(bureau)
    assert found["earnings 2"].moved == MovedPoints(gifts=35)
    assert [(one.rule, one.points) for one in found["earnings 2"].given] == [("gold", 100)]
    assert all(one.closed is not None for one in found.values())
    (of_agency,) = (one for name, one in found.items() if name.startswith("agency"))
    assert (of_agency.moved.closing, of_agency.bonus) == (5, 0)
    again = await bureau.settlements().settle(bureau.operator("two"), MONTH.id)
    assert (again.is_repeated, again.settlement.state, again.settlement.made_by) == (True, closed.state, "operator:one")
    assert await earned(bureau) == [135, 135, 10, 10, 10]
    assert await bureau.recomputed() == []


async def test_bonuses_are_entries_of_the_next_period_and_statements_follow_each_other(bureau: Bureau) -> None:
    await bureau.settlements().settle(bureau.operator(), MONTH.id)
    following = MONTHS.at(bureau.clock.now())
    await bureau.shop.folding.run()
    await bureau.adjust("2", -7)
    bureau.at(following.settles)
    await bureau.settlements().settle(bureau.operator(), following.id)
    account = await bureau.account(AccountKind.EARNINGS, "2")
    second, first = await bureau.db.settlements.of_account(account, None, 9)
    assert second.moved == MovedPoints(opening=first.moved.closing, adjustments=-7, bonuses=100)
    assert second.moved.closing == await bureau.balance(AccountKind.EARNINGS, "2")
    assert [one.period for one in await bureau.db.settlements.of_account(account, second.begins, 9)] == [MONTH.id]


async def test_a_running_period_is_not_settled_nor_one_that_shares_time_with_another(bureau: Bureau) -> None:
    following = MONTHS.at(bureau.clock.now())
    with pytest.raises(PeriodRunning, match="2040-03-01 00:01:00"):
        await bureau.settlements().settle(bureau.operator(), following.id)
    await bureau.settlements().settle(bureau.operator(), MONTH.id)
    await bureau.change("UPDATE lr_settlements SET period = '2040-W02'")
    with pytest.raises(BadRequest, match="2040-W02"):
        await bureau.settlements().settle(bureau.operator(), MONTH.id)
    with pytest.raises(AccountStatementNotFound):
        await bureau.recomputed()


async def test_processes_that_settle_at_once_give_each_bonus_once(bureau: Bureau) -> None:
    calls = [bureau.settlements(at_once).settle(bureau.operator(), MONTH.id) for at_once in (1, 2, 3)]
    done = await asyncio.gather(*calls, *(bureau.settlements(2).run() for _ in range(2)), return_exceptions=True)
    assert [one for one in done if isinstance(one, BaseException)] == []
    while await bureau.settlements().run():
        pass
    assert await earned(bureau) == [135, 135, 10, 10, 10]
    closed = (await bureau.settlements().settle(bureau.operator(), MONTH.id)).settlement
    assert (closed.state, closed.statements, closed.bonus) == (SettlementState.CLOSED, 6, 200)
    assert await bureau.recomputed() == []


@pytest.mark.parametrize("point", ["settlement.counted", "settlement.paid"])
async def test_after_a_kill_between_two_parts_any_process_goes_on(bureau: Bureau, point: str) -> None:
    for _ in range(9):
        faults.arm(point, dying_after(2))
        try:
            await bureau.settlements(1).settle(bureau.operator(), MONTH.id)
        except Died:
            continue
        break
    else:
        pytest.fail("it never came to its end")
    faults.disarm()
    assert await earned(bureau) == [135, 135, 10, 10, 10]
    assert await bureau.recomputed() == []


async def test_bonuses_above_the_limit_wait_for_a_second_person(bureau: Bureau) -> None:
    bureau = Bureau(bureau.db, limit=150)
    bureau.at(MONTH.settles)
    with pytest.raises(ApprovalRequired) as asked:
        await bureau.settlements().settle(bureau.operator(), MONTH.id)
    assert await earned(bureau) == [35, 35, 10, 10, 10]
    assert all(one.closed is None for one in (await statements(bureau)).values())
    assert await bureau.settlements().run() == 0
    await bureau.approvals.decide(bureau.operator("two"), asked.value.approval, approve=True)
    settled = await bureau.settlements().settle(bureau.operator(), MONTH.id)
    assert settled.settlement.state is SettlementState.CLOSED
    assert await earned(bureau) == [135, 135, 10, 10, 10]


async def test_refused_bonuses_are_computed_anew_by_the_rules_that_there_are_then(bureau: Bureau) -> None:
    bureau = Bureau(bureau.db, limit=150)
    bureau.at(MONTH.settles)
    with pytest.raises(ApprovalRequired) as asked:
        await bureau.settlements().settle(bureau.operator(), MONTH.id)
    await bureau.approvals.decide(bureau.operator("two"), asked.value.approval, approve=False)
    await bureau.rules(silver={**TARGET, "bonusPoints": 60})
    with pytest.raises(ApprovalRefused):
        await bureau.settlements().settle(bureau.operator(), MONTH.id)
    settled = await bureau.settlements().settle(bureau.operator(), MONTH.id)
    assert (settled.settlement.bonus, settled.settlement.attempt) == (120, 2)
    assert await earned(bureau) == [95, 95, 10, 10, 10]
    assert await bureau.recomputed() == []


async def test_a_frozen_account_holds_up_nobody_and_gets_what_it_has_reached(bureau: Bureau) -> None:
    await bureau.db.ledger_accounts.freeze([await bureau.account(AccountKind.EARNINGS, "2")], frozen=True)
    await bureau.settlements().settle(bureau.operator(), MONTH.id)
    assert await earned(bureau) == [135, 135, 10, 10, 10]


_CHANGED = (
    ("UPDATE lr_account_statements SET gifts = gifts {} 1 WHERE account = '{}'", "gifts"),
    ("UPDATE lr_account_statements SET payouts = payouts {} 1 WHERE account = '{}'", "payouts"),
    ("UPDATE lr_entries SET amount = amount {} 1 WHERE account = '{}' AND amount IN (35, 36)", "gifts"),
    ("UPDATE lr_entries SET amount = amount {} 1 WHERE account = '{}' AND amount IN (100, 101)", "bonus gold"),
)
"""What somebody changes, and changes back."""


async def test_what_was_changed_since_is_found(bureau: Bureau) -> None:
    await bureau.settlements().settle(bureau.operator(), MONTH.id)
    account = await bureau.account(AccountKind.EARNINGS, "2")
    for change, field in _CHANGED:
        await bureau.change(change.format("+", account))
        assert (account, field) in {(one.subject, one.field) for one in await bureau.recomputed()}
        await bureau.change(change.format("-", account))
        assert await bureau.recomputed() == []
    await bureau.change(f"UPDATE lr_account_statements SET given = '[]' WHERE account = '{account}'")  # noqa: S608
    assert {one.field for one in await bureau.recomputed()} == {"bonus"}
    await bureau.change(f"DELETE FROM lr_account_statements WHERE account = '{account}'")  # noqa: S608
    found = {(one.subject, one.field) for one in await bureau.recomputed()}
    assert found == {(account, "statement"), ("", "statements"), ("", "gifts"), ("", "bonus")}
