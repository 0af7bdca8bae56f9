"""`liveroom ledger`: export what was moved, compute everything anew, and compare charges with the operator's books."""

import csv
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cyclopts import App

from liveroom.app.assembly import Core
from liveroom.cli.core import find_tenant, run
from liveroom.cli.output import Row, say
from liveroom.domain.errors import BadRequest
from liveroom.domain.ledger.differences import LedgerDifference
from liveroom.domain.payloads import instant_text
from liveroom.domain.settlement.failures import AccountStatementNotFound
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.settings import SettingsError
from liveroom.usecases.ledger.verifying import LedgerVerification, sealed_lines
from liveroom.usecases.settlement.recomputing import Recomputation, StatementDifference
from liveroom.usecases.settlement.statements import check_settled, statement_lines

app = App(name="ledger", help="Export what was moved, compute everything anew, and compare charges with your books.")

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


@app.command(name="compare-charges")
def compare_charges(file: Path, *, tenant: str = DEFAULT_WORD, from_day: str, to_day: str = "") -> None:
    """Compare charges with what your own wallet has taken; the exit status is 1 where something differs.

    Parameters
    ----------
    file
        CSV with the columns `id` (the chargeId, or the refundId) and `coins` (what your wallet took; below 0: gave
        back). Rows of one id are added up.
    from_day
        The first day (UTC), such as 2026-11-01. Ids of charges sort by time: the file has those of the same days.
    to_day
        The last day; by default the first.
    """
    begin, last = _day(from_day), _day(to_day or from_day)
    if begin is None or last is None:
        raise SettingsError(["name the first day with --from-day 2026-11-29"])
    theirs, found = _books(file), list[Row]()

    async def work(core: Core) -> None:
        admin = core.services.money.charges.admin
        whose, end = find_tenant(core, tenant).name, last + timedelta(days=1)
        async for one in admin.compare(whose, theirs, begin, end):
            found.append({"id": one.id, "ours": one.ours, "theirs": one.theirs, "state": one.state or "none"})
        shown = [f"{row['id']}: {row['theirs']} in the file, {row['ours']} here ({row['state']})" for row in found]
        counted = f"{len(theirs)} in the file: " + (f"{len(found)} differences" if found else "the same here")
        say("\n".join([*shown[:_SHOWN], counted]), differences=found[:_SHOWN])

    run(work)
    if found:
        sys.exit(1)


@app.command
def statements(period: str, /, *, tenant: str = DEFAULT_WORD) -> None:
    """Write the statements of a settled period to the standard output, as CSV: a row for each host and agency.

    Parameters
    ----------
    period
        Such as 2026-11, or 2026-W48 where weeks are settled.
    """

    async def work(core: Core) -> None:
        name, key = find_tenant(core, tenant).name, _period(core, period)
        try:
            await check_settled(core.db, name, key)
        except AccountStatementNotFound:
            raise SettingsError([f"{key} is not settled yet: see admin/settle"]) from None
        async for lines in statement_lines(core.db, name, key):
            sys.stdout.write(lines)

    run(work)


@app.command
def recompute(period: str, /, *, tenant: str = DEFAULT_WORD) -> None:
    """Compute a settled period anew from the entries and its rules of bonuses, beside a running service.

    Nothing is changed. Where a statement differs, it is printed and the exit status is 1.

    Parameters
    ----------
    period
        Such as 2026-11, or 2026-W48 where weeks are settled.
    """
    found: list[StatementDifference] = []

    async def work(core: Core) -> None:
        recomputation, key = Recomputation(core.db), _period(core, period)
        try:
            async for one in recomputation.differences(find_tenant(core, tenant).name, key):
                if len(found) < _SHOWN:
                    found.append(one)
        except AccountStatementNotFound:
            raise SettingsError([f"{key} is not settled yet: see admin/settle"]) from None
        lines = [f"{one.subject or key}: {one.field} is {one.found} instead of {one.expected}" for one in found]
        lines.append(
            f"{recomputation.statements} statements: "
            + (f"{len(found)} differences" if found else "as they are computed from the entries")
        )
        say("\n".join(lines), statements=recomputation.statements, differences=[one._asdict() for one in found])

    run(work)
    if found:
        sys.exit(1)


def _books(file: Path) -> Mapping[str, int]:
    """Return what the operator's wallet has taken, by the ids of charges. Raises ``SettingsError``."""
    taken = Counter[str]()
    try:
        with file.open(newline="", encoding="utf-8-sig") as opened:
            for row in csv.DictReader(opened):
                taken[row["id"].strip()] += int(row["coins"])
    except OSError as problem:
        raise SettingsError([f"{file} cannot be read: {problem.strerror}"]) from None
    except (KeyError, TypeError, ValueError, AttributeError, csv.Error):
        raise SettingsError([f"{file}: write CSV with the columns id and coins, and whole numbers of coins"]) from None
    return taken


def _period(core: Core, text: str) -> str:
    try:
        return core.services.money.settlement.settlements.spans.calendars.key(text)
    except BadRequest as problem:
        raise SettingsError([problem.detail]) from None


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
