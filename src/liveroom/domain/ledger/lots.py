"""Lots of promotional coins: each grant is one, and what expires first is spent first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.failures import BalanceTooLow
from liveroom.domain.ledger.journals import JournalId


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of a grant."""

    journal: JournalId
    """The grant."""
    account: AccountId
    left: int
    expires: datetime | None = None
    """When what is left goes; None: never."""


class LotUse(NamedTuple):
    """What was taken out of a lot."""

    lot: Lot
    """As it was before."""
    amount: int

    @property
    def after(self) -> Lot:
        """Return the lot as it is then."""
        return replace(self.lot, left=self.lot.left - self.amount)


def spend(lots: Iterable[Lot], amount: int, now: datetime) -> Sequence[LotUse]:
    """Return which lots pay an amount: those that expire first, of what has not expired. Raises ``BalanceTooLow``."""
    usable = [lot for lot in lots if lot.left and (lot.expires is None or lot.expires > now)]
    uses: list[LotUse] = []
    for lot in sorted(usable, key=lambda lot: (lot.expires is None, lot.expires, lot.journal)):
        if amount == 0:
            break
        taken = min(lot.left, amount)
        uses.append(LotUse(lot, taken))
        amount -= taken
    if amount:
        raise BalanceTooLow
    return uses


def usable(lots: Iterable[Lot], now: datetime) -> int:
    """Return how much of the lots can be spent now."""
    return sum(lot.left for lot in lots if lot.expires is None or lot.expires > now)
