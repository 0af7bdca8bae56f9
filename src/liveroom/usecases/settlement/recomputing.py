"""Computing a settled period anew: its statements from entries, its bonuses from its rules, its sums from both."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.settlement.failures import AccountStatementNotFound
from liveroom.domain.settlement.model import (
    AccountStatement,
    Settlement,
    SettlementState,
    bonus_key,
    stated,
    totals_of,
)
from liveroom.ports import Database
from liveroom.usecases.settlement.computing import compute

_AT_ONCE: Final = 200
_FIELDS: Final = ("opening", "gifts", "refunds", "adjustments", "payouts", "bonuses")


class StatementDifference(NamedTuple):
    """Something that is not as it must be."""

    subject: str
    """The account; "" for the settlement as a whole."""
    field: str
    expected: int
    found: int


@dataclass(slots=True)
class Recomputation:
    """Compares a settlement with what it was computed from; nothing is changed. Counts the statements."""

    db: Database
    statements: int = 0
    gifts: int = 0
    bonus: int = 0

    async def differences(self, tenant: TenantName, period: str) -> AsyncIterator[StatementDifference]:
        """Yield what differs. Raises ``AccountStatementNotFound`` for a period that was not settled."""
        settlement = await self.db.settlements.get(tenant, period)
        if settlement is None or settlement.state is SettlementState.COUNTING:
            raise AccountStatementNotFound(period)
        after = ""
        while True:
            part = await compute(self.db, settlement, after, _AT_ONCE)
            last = part.last if part.number == _AT_ONCE else None
            async for one in self._of_part(settlement, part.statements, after, last):
                yield one
            if last is None:
                break
            after = last
        for field in ("statements", "gifts", "bonus"):
            if (expected := getattr(self, field)) != (found := getattr(settlement, field)):
                yield StatementDifference("", field, expected, found)

    async def _of_part(
        self, settlement: Settlement, computed: Sequence[AccountStatement], after: str, last: str | None
    ) -> AsyncIterator[StatementDifference]:
        """Compare the statements of accounts behind one, up to another (None: to the end)."""
        kept = await self._kept(settlement, after, last)
        for one in computed:
            stored = kept.pop(one.account, None)
            if stored is None:
                yield StatementDifference(one.account, "statement", 1, 0)
                continue
            # For how long somebody was live is what it was when the period was settled.
            self._count(expected := _again(settlement, one, stored))
            for difference in _compare(expected, stored):
                yield difference
            if settlement.state is SettlementState.CLOSED:
                async for difference in self._of_bonuses(expected):
                    yield difference
        for account in kept:
            yield StatementDifference(account, "statement", 0, 1)

    async def _kept(self, settlement: Settlement, after: str, last: str | None) -> dict[str, AccountStatement]:
        kept: dict[str, AccountStatement] = {}
        while found := await self.db.settlements.statements(settlement.tenant, settlement.period, after, _AT_ONCE):
            kept.update({one.account: one for one in found if last is None or one.account <= last})
            after = found[-1].account
            if last is not None and after >= last:
                break
        return kept

    async def _of_bonuses(self, statement: AccountStatement) -> AsyncIterator[StatementDifference]:
        for bonus in statement.given:
            key = f"{MoveKind.BONUS}:{bonus_key(statement.period, statement.account, bonus.rule)}"
            journal = await self.db.journals.of_key(statement.tenant, key)
            moved = await self.db.journals.entries(journal.id) if journal else ()
            found = sum(amount for name, amount in moved if name.is_owned)
            if found != bonus.points:
                yield StatementDifference(statement.account, f"bonus {bonus.rule}", bonus.points, found)

    def _count(self, statement: AccountStatement) -> None:
        gifts, bonus = totals_of([statement])
        self.statements += 1
        self.gifts += gifts
        self.bonus += bonus


def _again(settlement: Settlement, computed: AccountStatement, stored: AccountStatement) -> AccountStatement:
    """Return the statement with the live time that it was made with."""
    return stated(settlement, computed.account, computed.kind, computed.moved, stored.live)


def _compare(expected: AccountStatement, stored: AccountStatement) -> list[StatementDifference]:
    found = [(name, getattr(expected.moved, name), getattr(stored.moved, name)) for name in _FIELDS]
    found.append(("bonus", expected.bonus, stored.bonus))
    return [StatementDifference(stored.account, *one) for one in found if one[1] != one[2]]
