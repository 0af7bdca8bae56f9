"""`liveroom ledger`: export what was moved, and compute everything anew."""

import csv
import sys
from datetime import UTC, datetime, timedelta
from typing import Final

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import find_tenant, run
from liveroom.cli.output import Row, say
from liveroom.domain.ledger.differences import LedgerDifference
from liveroom.domain.payloads import instant_text
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.settings import SettingsError
from liveroom.usecases.ledger.verifying import LedgerVerification, sealed_lines

app = App(name="ledger", help="Export what was moved, and compute everything anew.")

_COLUMNS: Final = (
    *("time", "journal", "kind", "key", "by", "reverses", "entry", "account", "account_kind", "owner", "currency"),
    *("amount", "about"),
)
_SHOWN: Final = 1_000
"""How many differences are printed."""


@app.command
def export(*, tenant: str = DEFAULT_WORD, from_day: str = "", to_day: str = "") -> None:
    """Write all entries up to the last seal to the standard output, as CSV: a row for each account of each journal.

    Parameters
    ----------
    from_day
        The first day (UTC), such as 2026-11-01; by default the first one that there is.
    to_day
        The last day; by default that of the last seal.
    """
    begin, last = _day(from_day), _day(to_day)
    end = last + timedelta(days=1) if last else None

    async def work(core: Core) -> None:
        rows = csv.writer(sys.stdout, lineterminator="\n")
        rows.writerow(_COLUMNS)
        async for journal, (n, entry), account in sealed_lines(core.db, find_tenant(core, tenant).name, begin, end):
            moved = (n, entry.account, account.name.kind.value, account.name.owner, account.name.currency.value)
            head = (journal.id, journal.kind.value, journal.given_key, journal.by, journal.reverses or "")
            rows.writerow((instant_text(journal.created), *head, *moved, entry.amount, entry.doc))

    run(work)


@app.command
def verify() -> None:
    """Compute every balance, every journal and every seal from the entries, beside a running service.

    Nothing is changed. Where something differs, it is printed and the exit status is 1.
    """

    found: list[LedgerDifference] = []

    async def work(core: Core) -> None:
        verification = LedgerVerification(core.db)
        async for one in verification.differences():
            if len(found) < _SHOWN:
                found.append(one)
        seen = {"accounts": verification.accounts, "seals": verification.seals, "sealed": verification.journals}
        counted = f"{seen['accounts']} accounts, {seen['seals']} seals over {seen['sealed']} journals: "
        lines = [*map(_line, found), counted + (f"{len(found)} differences" if found else "everything adds up")]
        say("\n".join(lines), **seen, differences=list(map(_row, found)))

    run(work)
    if found:
        sys.exit(1)


def _line(one: LedgerDifference) -> str:
    whose = f"{one.check} {one.subject} of tenant {one.tenant or DEFAULT_WORD}"
    return f"{whose}: {one.found} instead of {one.expected}"


def _row(one: LedgerDifference) -> Row:
    return {
        "check": one.check.value,
        "tenant": one.tenant,
        "subject": one.subject,
        "expected": one.expected,
        "found": one.found,
    }


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        raise SettingsError([f"write a day as 2026-11-29, not {text!r}"]) from None
