"""`liveroom ledger compare-charges`: what the operator's wallet has taken, against what was charged here."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from liveroom.app.assembly import Core
from liveroom.domain.gifts.charges import ChargeState
from tests.contract.money_scenes import doubted
from tests.operator import Operator
from tests.usecases.ledger.money import operator_of


def charged(operator: Operator) -> str:
    """Have nine coins been charged; return the charge's id."""
    user = operator.make_user()

    async def work(core: Core) -> str:
        await doubted(core, user)
        tenant = operator_of(core).tenant.name
        (charge,) = await core.db.charges.page(tenant, ChargeState.UNKNOWN, "", 5)
        await core.db.charges.put([replace(charge, state=ChargeState.CHARGED)])
        return charge.id

    return str(operator.within(work))


def test_books_that_differ_are_printed_and_end_with_status_1(operator: Operator, tmp_path: Path) -> None:
    operator.begin()
    id, file = charged(operator), tmp_path / "books.csv"
    days = ("--from-day", f"{datetime.now(UTC) - timedelta(days=1):%F}", "--to-day", f"{datetime.now(UTC):%F}")

    def compare(text: str, status: int = 0) -> str:
        file.write_text(text, encoding="utf-8")
        return operator.run_apart("ledger", "compare-charges", str(file), *days, status=status)[0]

    assert compare(f"id,coins\n{id},10\n{id},-1\n") == "1 in the file: the same here\n"
    said = compare(f"id,coins\n{id},8\nanother,5\n", status=1)
    assert said.splitlines() == [
        f"{id}: 8 in the file, 9 here (charged)",
        "another: 5 in the file, 0 here (none)",
        "2 in the file: 2 differences",
    ]
    assert "columns id and coins" in operator.run("ledger", "compare-charges", _odd(file), *days, status=2)
    assert "cannot be read" in operator.run("ledger", "compare-charges", str(tmp_path / "none"), *days, status=2)


def _odd(file: Path) -> str:
    file.write_text("charge,amount\na,1\n", encoding="utf-8")
    return str(file)
