"""Money in tests: operators who move it, and what has to be so whatever they did."""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from liveroom.app.assembly import Core
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.approvals import ApprovalLimits
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.ledger.wallets import Wallet
from liveroom.domain.operators.caller import Operator
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.ledger.credits import Credit, Credited, Credits
from tests.store.sql.looking import rows_of


def operator_of(core: Core, name: str = "one") -> Operator:
    """Return somebody who may do everything with money."""
    return Operator(core.services.tenants.default, f"operator:{name}", core.clock.now(), may=lambda _: True)


async def credit(
    core: Core,
    user: UserId,
    amount: int,
    key: str,
    kind: MoveKind = MoveKind.PURCHASE,
    *,
    currency: Currency = Currency.COIN,
    expires: datetime | None = None,
    by: str = "one",
) -> Credited:
    """Put something into a user's account."""
    asked = Credit(user, kind, currency, amount, key, expires)
    return await core.services.money.credits.credit(operator_of(core, by), asked)


def limited(core: Core, acts: int, purchases: int = 0) -> Credits:
    """Return what credits accounts with other limits for one person alone; 0: none."""
    credits = core.services.money.credits
    return replace(credits, approvals=replace(credits.approvals, limits=ApprovalLimits(acts, purchases)))


async def wallet(core: Core, user: UserId) -> Wallet:
    """Return what a user has."""
    return await core.services.money.wallets.get(core.services.tenants.default.name, user)


async def fold(core: Core) -> int:
    """Add what waits to balances."""
    return await core.jobs.folding.run()


async def assert_sums(core: Core) -> None:
    """Fail unless every journal adds up to nothing, and every balance is what its entries and dues say."""
    await assert_database_sums(core.db)


async def assert_database_sums(db: SqlDatabase) -> None:
    """Do the same with a database."""

    async def rows(text: str) -> list[Any]:
        return list(await rows_of(db, text))

    of_journals = Counter[tuple[str, str]]()
    of_accounts = Counter[str]()
    currencies = dict(await rows("SELECT id, currency FROM lr_accounts"))
    for journal, account, amount in await rows("SELECT journal, account, amount FROM lr_entries"):
        of_journals[journal, currencies[account]] += amount
        of_accounts[account] += amount
    assert not any(of_journals.values()), of_journals
    held = Counter[str](dict(await rows("SELECT id, balance FROM lr_accounts")))
    for account, amount in await rows("SELECT account, amount FROM lr_dues"):
        held[account] += amount
    assert {id: sum for id, sum in held.items() if sum} == {id: sum for id, sum in of_accounts.items() if sum}
    low = await rows("SELECT id, balance FROM lr_accounts WHERE balance < floor AND state <> 'owing'")
    assert low == []
    lots = await rows(
        "SELECT a.id, a.balance, (SELECT COALESCE(SUM(l.remaining), 0) FROM lr_lots l WHERE l.account = a.id) "
        "FROM lr_accounts a WHERE a.kind = 'promo'"
    )
    assert [row for row in lots if row[1] != row[2]] == []
