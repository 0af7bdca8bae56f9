"""Comparing: whether journals add up, and balances are what their entries say. All of it reads one snapshot.

Of an account in which much is moved not all entries are added up each time, but those behind its checkpoint. A journal
that was committed late is missing in a checkpoint: so before an account is called wrong, all its entries are added up.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import CURRENCIES, Account, AccountId, AccountKind, Currency
from liveroom.domain.ledger.differences import LedgerCheck, LedgerDifference
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.parts import parts
from liveroom.ports import Checkpoint, EntrySum, SoldGifts, Tx

FROM_THE_FIRST: Final = JournalId("")
_AT_ONCE: Final = 500
_GROWN: Final = 32
"""Behind how many entries an account gets a new checkpoint."""
_NOTHING: Final = EntrySum(0, 0)
_NO_GIFTS: Final = SoldGifts(0, 0)


@dataclass(slots=True)
class ComparedAccounts:
    """What came of comparing accounts."""

    differences: list[LedgerDifference] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)


async def compare_journals(tx: Tx, begin: JournalId, end: JournalId) -> list[LedgerDifference]:
    """Return journals of a span that do not add up to nothing."""
    found: list[LedgerDifference] = []
    for one in await tx.ledger_audit.unbalanced(begin, end):
        entries = await tx.ledger_audit.entries(one.journal, one.journal)
        accounts = tuple(sorted({each.entry.account for each in entries}))
        found.append(LedgerDifference(LedgerCheck.JOURNAL, one.tenant, one.journal, 0, one.amount, accounts))
    return found


async def compare_gifts(tx: Tx, begin: JournalId, end: JournalId) -> list[LedgerDifference]:
    """Return tenants of which gifts of a span have cost or earned something else than was moved for them.

    Spans begin and end between milliseconds: a gift and its journal are of the same one.
    """
    sent, moved = await tx.gift_audit.sent(begin, end), await tx.gift_audit.moved(begin, end)
    found: list[LedgerDifference] = []
    for tenant in sorted({*sent, *moved}):
        one, other = sent.get(tenant, _NO_GIFTS), moved.get(tenant, _NO_GIFTS)
        if one != other:
            expected, amount = _differing(one, other)
            found.append(LedgerDifference(LedgerCheck.GIFTS, tenant, f"{begin} {end}", expected, amount))
    return found


async def compare_charges(tx: Tx, begin: JournalId, end: JournalId) -> list[LedgerDifference]:
    """Return tenants of which gifts of a span were charged something else at the operator's wallet than was moved."""
    compared = await tx.charges.compared(begin, end)
    return [
        LedgerDifference(LedgerCheck.EXTERNAL, tenant, f"{begin} {end}", one.charged, one.moved)
        for tenant, one in sorted(compared.items())
        if one.charged != one.moved
    ]


def _differing(one: SoldGifts, other: SoldGifts) -> tuple[int, int]:
    """Return the first two sums that differ: of coins, of all points, of those of an agency."""
    agencies = sorted({*one.of_agencies, *other.of_agencies})
    sums = [(one.coins, other.coins), (one.points, other.points)]
    sums += [(one.of_agencies.get(agency, 0), other.of_agencies.get(agency, 0)) for agency in agencies]
    return next((expected, found) for expected, found in sums if expected != found)


async def compare_accounts(tx: Tx, ids: Collection[AccountId], until: JournalId) -> ComparedAccounts:
    """Compare accounts with their entries, and promotional coins with their lots.

    ``until``: where checkpoints are made, a little before now.
    """
    compared = ComparedAccounts()
    for some in parts(sorted(ids), _AT_ONCE):
        accounts = await tx.ledger_accounts.of_ids(some)
        await _compare_entries(tx, accounts, until, compared)
        promo = [account for account in accounts.values() if account.name.kind is AccountKind.PROMO]
        compared.differences += await _compare_lots(tx, promo)
    return compared


async def compare_accounts_whole(tx: Tx, accounts: Mapping[AccountId, Account]) -> list[LedgerDifference]:
    """Compare accounts with all their entries, without checkpoints."""
    sums, waiting = await tx.ledger_audit.sums(accounts, FROM_THE_FIRST), await tx.ledger_audit.waiting(accounts)
    found = []
    for id, account in accounts.items():
        expected, held = sums.get(id, _NOTHING).amount, account.balance + waiting.get(id, 0)
        if held != expected:
            found.append(LedgerDifference(LedgerCheck.ACCOUNT, account.name.tenant, id, expected, held, (id,)))
    promo = [account for account in accounts.values() if account.name.kind is AccountKind.PROMO]
    return [*found, *await _compare_lots(tx, promo)]


async def compare_totals(tx: Tx, tenants: Iterable[TenantName]) -> list[LedgerDifference]:
    """Return tenants whose balances, with what waits for them, do not add up to nothing in a currency."""
    totals = Counter[tuple[TenantName, Currency]]()
    for tenant in tenants:
        for kind in AccountKind:
            totals[tenant, CURRENCIES[kind]] += await tx.ledger_audit.total(tenant, kind)
    after = 0
    while dues := await tx.ledger_audit.dues(after, _AT_ONCE):
        after = dues[-1].n
        accounts = await tx.ledger_accounts.of_ids({due.account for due in dues})
        for due in dues:
            name = accounts[due.account].name
            totals[name.tenant, name.currency] += due.amount
    return [
        LedgerDifference(LedgerCheck.TOTAL, tenant, currency, 0, total)
        for (tenant, currency), total in totals.items()
        if total
    ]


async def _compare_entries(
    tx: Tx, accounts: Mapping[AccountId, Account], until: JournalId, compared: ComparedAccounts
) -> None:
    marks = await tx.checkpoints.of(accounts)
    sums = await _sums_behind(tx, accounts, marks)
    waiting = await tx.ledger_audit.waiting(accounts)
    held = {id: account.balance + waiting.get(id, 0) for id, account in accounts.items()}
    wrong = [id for id in held if held[id] != (marks[id].amount if id in marks else 0) + sums.get(id, _NOTHING).amount]
    whole = await tx.ledger_audit.sums(wrong, FROM_THE_FIRST)
    for id in wrong:
        expected, tenant = whole.get(id, _NOTHING).amount, accounts[id].name.tenant
        if held[id] != expected:
            compared.differences.append(LedgerDifference(LedgerCheck.ACCOUNT, tenant, id, expected, held[id], (id,)))
    differ = {difference.subject for difference in compared.differences}
    grown = {id for id, some in sums.items() if some.number > _GROWN} | {id for id in wrong if id in marks}
    grown -= differ
    newer = await tx.ledger_audit.sums(grown, until)
    compared.checkpoints += [Checkpoint(id, until, held[id] - newer.get(id, _NOTHING).amount) for id in sorted(grown)]


async def _sums_behind(
    tx: Tx, ids: Collection[AccountId], marks: Mapping[AccountId, Checkpoint]
) -> Mapping[AccountId, EntrySum]:
    """Return the sums of entries behind the checkpoints of accounts; those of one time are read at once."""
    by_begin = defaultdict[JournalId, list[AccountId]](list)
    for id in ids:
        by_begin[marks[id].until if id in marks else FROM_THE_FIRST].append(id)
    sums: dict[AccountId, EntrySum] = {}
    for begin, some in by_begin.items():
        sums.update(await tx.ledger_audit.sums(some, begin))
    return sums


async def _compare_lots(tx: Tx, promo: Collection[Account]) -> list[LedgerDifference]:
    left = await tx.ledger_audit.left([account.id for account in promo])
    return [
        LedgerDifference(
            LedgerCheck.LOTS, account.name.tenant, account.id, left.get(account.id, 0), account.balance, (account.id,)
        )
        for account in promo
        if account.balance != left.get(account.id, 0)
    ]
