"""`liveroom ledger statements` and `recompute`: what a settled period says, and that it is what the entries say."""

import csv
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from liveroom.app.assembly import Core
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.journals import MoveKind
from liveroom.store.sql.dialect import statement
from liveroom.usecases.ledger.credits import Credit
from liveroom.usecases.ledger.posting import Ledger
from tests.operator import Operator
from tests.usecases.ledger.money import operator_of
from tests.worlds import WoundClock


def settled(operator: Operator, user: UserId) -> str:
    """Have a user have got 50 points in the last period, and settle that; return its key."""

    async def work(core: Core) -> str:
        money, one = core.services.money, operator_of(core)
        calendar = money.settlement.settlements.spans.calendars.of(one.tenant)
        period = calendar.before(calendar.at(core.clock.now()))
        then = WoundClock()
        then.advance(period.begins - then.now() + timedelta(days=1))
        credits = replace(money.credits, ledger=Ledger(then))
        await credits.credit(one, Credit(user, MoveKind.ADJUST, Currency.POINT, 50, "put right"))
        await money.settlement.settlements.settle(one, period.id)
        return period.id

    key: str = operator.within(work)
    return key


def test_statements_of_a_settled_period_are_written_as_csv(operator: Operator) -> None:
    operator.begin()
    user = operator.make_user()
    period = settled(operator, user)
    (row,) = csv.DictReader(operator.run("ledger", "statements", period).splitlines())
    assert (row["period"], row["kind"], row["userId"]) == (period, "earnings", user)
    assert (row["opening"], row["adjustments"], row["closing"], row["bonus"]) == ("0", "50", "50", "0")
    assert "2020-01 is not settled yet" in operator.run("ledger", "statements", "2020-01", status=2)
    assert "a month, such as 2026-11" in operator.run("ledger", "statements", "2020-W01", status=2)


def test_weeks_are_read_where_weeks_are_settled(operator: Operator) -> None:
    operator.begin()
    operator.settle(LIVEROOM_SETTLEMENT_PERIOD="week", LIVEROOM_TIME_ZONE="Asia/Shanghai")
    period = settled(operator, operator.make_user())
    assert "-W" in period
    (row,) = csv.DictReader(operator.run("ledger", "statements", period).splitlines())
    assert "16:00:00" in row["beginUtc"]
    assert operator.run("ledger", "recompute", period) == "1 statements: as they are computed from the entries\n"


def test_a_statement_that_was_changed_is_printed_and_ends_with_status_1(operator: Operator) -> None:
    operator.begin()
    period = settled(operator, operator.make_user())
    assert operator.json("ledger", "recompute", period) == {"statements": 1, "differences": []}

    async def spoil(core: Core) -> None:
        await core.db.engine.run(statement(text("UPDATE lr_account_statements SET adjustments = 51")))

    operator.within(spoil)
    out, _ = operator.run_apart("ledger", "recompute", period, status=1)
    assert "adjustments is 51 instead of 50" in out
    assert "is not settled yet" in operator.run("ledger", "recompute", "2020-01", status=2)
