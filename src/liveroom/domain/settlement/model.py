"""A settlement closes a period, once: each account that has earned or spent points gets a statement of it.

A statement is sums of entries, so that it can be computed anew at any time. Its bonuses are journals of their own,
which are written when the period is closed: they are entries of the next one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountId, AccountKind
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.settlement.bonuses import BonusFor, BonusRule, GivenBonus, given
from liveroom.domain.settlement.periods import SettlementPeriod

STATED: Final = (AccountKind.EARNINGS, AccountKind.AGENCY)
"""Accounts that get statements."""
_COLUMNS: Final = {
    MoveKind.GIFTS: "gifts",
    MoveKind.REFUND: "refunds",
    MoveKind.BONUS: "bonuses",
    MoveKind.PAYOUT: "payouts",
    MoveKind.CANCELLATION: "payouts",
}


class SettlementState(StrEnum):
    """How far it has come."""

    COUNTING = "counting"
    """Statements are being computed."""
    COUNTED = "counted"
    """All are there; the bonuses wait for an approval."""
    PAYING = "paying"
    """Bonuses are given, and statements shown."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The settlement of a period."""

    tenant: TenantName
    period: str
    begins: datetime
    ends: datetime
    state: SettlementState
    rules: tuple[BonusRule, ...]
    """Those that there were when it began."""
    made_by: str
    created: datetime
    after: str = ""
    """The last account that was looked at in this state."""
    attempt: int = 1
    """It begins anew where its bonuses were refused."""
    approval: str = ""
    """The request that waits for a second person."""
    statements: int = 0
    gifts: int = 0
    """What gifts have earned hosts and agencies, without those that were taken back."""
    bonus: int = 0
    closed: datetime | None = None

    @property
    def span(self) -> SettlementPeriod:
        return SettlementPeriod(self.period, self.begins, self.ends)


class MovedPoints(NamedTuple):
    """What has moved in an account in a period, and what was there before."""

    opening: int = 0
    gifts: int = 0
    refunds: int = 0
    """Negative."""
    adjustments: int = 0
    """What the operator has put right, and all else that is in no other column."""
    payouts: int = 0
    """Negative; those that were cancelled are back in."""
    bonuses: int = 0
    """Those of earlier periods: they are given when these are closed."""

    @property
    def closing(self) -> int:
        return sum(self)


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """What an account is told of a period."""

    tenant: TenantName
    period: str
    account: AccountId
    kind: AccountKind
    begins: datetime
    ends: datetime
    moved: MovedPoints
    live: int
    """For how many seconds the host was live; 0 for an agency."""
    given: tuple[GivenBonus, ...]
    """The bonuses for this period."""
    closed: datetime | None = None
    """Since when whoever earns sees it; None: the period is being settled."""

    @property
    def bonus(self) -> int:
        return sum(one.points for one in self.given)


def moved_points(opening: int, sums: Mapping[MoveKind, int]) -> MovedPoints:
    """Return what has moved, from what each kind of journal has."""
    columns = dict.fromkeys(MovedPoints._fields[1:], 0)
    for kind, amount in sums.items():
        columns[_COLUMNS.get(kind, "adjustments")] += amount
    return MovedPoints(opening, **columns)


def stated(
    settlement: Settlement, account: AccountId, kind: AccountKind, moved: MovedPoints, live: int
) -> AccountStatement:
    """Return the statement of an account."""
    whose = BonusFor.AGENCY if kind is AccountKind.AGENCY else BonusFor.HOST
    return AccountStatement(
        tenant=settlement.tenant,
        period=settlement.period,
        account=account,
        kind=kind,
        begins=settlement.begins,
        ends=settlement.ends,
        moved=moved,
        live=live,
        given=tuple(given(settlement.rules, whose, moved.gifts + moved.refunds, live)),
    )


def bonus_key(period: str, account: AccountId, rule: str) -> str:
    """Return the key of a bonus: an account gets it once, whoever settles how often."""
    return f"{period}:{account}:{rule}"


def totals_of(statements: Sequence[AccountStatement]) -> tuple[int, int]:
    """Return what gifts have earned, and what bonuses come to."""
    gifts = sum(one.moved.gifts + one.moved.refunds for one in statements)
    return gifts, sum(one.bonus for one in statements)
