"""Differences: what the audit of the ledger has found that cannot be, or is too old. Nothing is ever repaired."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountId

SETTLED: Final = timedelta(seconds=60)
"""How old a journal is when it is looked at: no transaction takes half of that to commit."""
DUES_LAST: Final = timedelta(seconds=2)
"""For how long what waits to be added may wait."""


UNTOLD_LAST: Final = timedelta(seconds=10)
"""For how long gifts that were paid may wait until their room is told."""
SHOWN_FOR: Final = timedelta(days=7)
"""For how long it is shown that a room had counted wrongly, which nothing can put right."""


class LedgerCheck(StrEnum):
    """What was compared."""

    JOURNAL = "journal"
    """The entries of a journal add up to nothing."""
    ACCOUNT = "account"
    """A balance, with what waits for it, is the sum of its entries."""
    LOTS = "lots"
    """Promotional coins are what is left of their grants."""
    GIFTS = "gifts"
    """What gifts have cost and earned is what was moved for them."""
    EXTERNAL = "external"
    """What charges at the operator's wallet have taken is what was moved from outside."""
    TOTAL = "total"
    """All balances of a tenant, with what waits for them, add up to nothing."""
    SEAL = "seal"
    """What was written before a seal is what was sealed."""
    DUES = "dues"
    """What waits to be added does not wait long."""
    OUTBOX = "outbox"
    """Gifts that are paid do not wait long until their room is told."""
    ROOM = "room"
    """A room that closes has counted the gifts that were paid in it."""
    PAYOUT = "payout"
    """A payout that is held ends within some days."""
    CHARGE = "charge"
    """A charge of which nobody knows is reversed within an hour."""
    ENVELOPE = "envelope"
    """A red envelope ends within a minute of its time, and nothing is left in it then."""

    @property
    def freezes(self) -> bool:
        """Say whether the accounts that it is about are frozen until somebody has looked into them."""
        return self in {LedgerCheck.JOURNAL, LedgerCheck.ACCOUNT, LedgerCheck.LOTS}


@dataclass(frozen=True, slots=True)
class LedgerDifference:
    """Something that is not as it must be."""

    check: LedgerCheck
    tenant: TenantName
    subject: str
    """Which account, journal, seal, payout, charge, or currency."""
    expected: int
    found: int
    accounts: tuple[AccountId, ...] = ()
    """Those that it is about."""

    @property
    def id(self) -> str:
        """Return by what it is known again in the next round."""
        return f"{self.check}:{self.tenant}:{self.subject}"


@dataclass(frozen=True, slots=True)
class OpenDifference:
    """A difference that was told and still is."""

    id: str
    check: LedgerCheck
    tenant: TenantName
    subject: str
    expected: int
    found: int
    since: datetime
