"""`liveroom ledger`: what was sealed is written as CSV, and everything is computed anew."""

import csv
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update

from liveroom.app.assembly import Core
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.journals import MoveKind
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.ledger_tables import accounts
from liveroom.usecases.ledger.credits import Credit
from liveroom.usecases.ledger.posting import Ledger
from tests.operator import Operator
from tests.usecases.ledger.money import limited, operator_of
from tests.worlds import WoundClock


def bought(operator: Operator, user: UserId, amount: int) -> None:
    """Have a user have bought coins three hours ago, and seal it."""

    async def work(core: Core) -> None:
        earlier = WoundClock()
        earlier.advance(timedelta(hours=-3))
        credits = replace(limited(core, 0), ledger=Ledger(earlier))
        await credits.credit(operator_of(core), Credit(user, MoveKind.PURCHASE, Currency.COIN, amount, "GPA.1"))
        assert await core.jobs.sealing.run() == 1

    operator.within(work)


def test_what_was_sealed_is_exported_and_verified(operator: Operator) -> None:
    operator.begin()
    user = operator.make_user()
    assert operator.run("ledger", "export").count("\n") == 1
    bought(operator, user, 600)
    rows = list(csv.DictReader(operator.run("ledger", "export").splitlines()))
    assert [(row["kind"], row["key"], row["account_kind"], row["owner"], row["amount"]) for row in rows] == [
        ("purchase", "GPA.1", "float", "", "-600"),
        ("purchase", "GPA.1", "wallet", user, "600"),
    ]
    assert operator.run("ledger", "export", "--to-day", "2020-01-01").count("\n") == 1
    assert "write a day" in operator.run("ledger", "export", "--from-day", "yesterday", status=2)
    assert operator.run("ledger", "verify") == "2 accounts, 1 seals over 1 journals: everything adds up\n"


def test_what_does_not_add_up_is_printed_and_ends_with_status_1(operator: Operator) -> None:
    operator.begin()
    user = operator.make_user()
    bought(operator, user, 600)

    async def spoil(core: Core) -> None:
        await core.db.engine.run(statement(update(accounts).where(accounts.c.owner == user).values(balance=601)))

    operator.within(spoil)
    out, _ = operator.run_apart("ledger", "verify", status=1)
    first, second, last = out.splitlines()
    assert first.startswith("account ")
    assert first.endswith(" of tenant default: 601 instead of 600")
    assert second == "total coin of tenant default: 1 instead of 0"
    assert last.endswith("2 differences")
