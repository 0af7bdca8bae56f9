"""Payouts: points on their way to whoever earned them, once for each key.

Points are held first, out of what the user has, and then settled (the money has arrived) or cancelled (the points are
the user's again). A payout ends once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId

LATE: Final = timedelta(days=7)
"""After how long a payout that is held should have ended."""


class PayoutState(StrEnum):
    """How far it has come."""

    HELD = "held"
    """The points are out of the user's account, and the operator is to pay."""
    SETTLED = "settled"
    """Paid."""
    CANCELLED = "cancelled"
    """The points are the user's again."""
    REFUSED = "refused"
    """There were not enough points; with this key there never will be."""


@dataclass(frozen=True, slots=True)
class Payout:
    """A payout."""

    id: str
    """It sorts by time."""
    tenant: TenantName
    account: AccountId
    """The earnings out of which it goes, a user's (they outlast them) or an agency's."""
    key: str
    """The operator's."""
    digest: str
    """Of what the operator said."""
    points: int
    state: PayoutState
    made_by: str
    created: datetime
    ended: JournalId | None = None
    """What has settled or cancelled it."""
    cleared: int = 0
    """Of a refused one: how many points could have been paid out."""

    @property
    def is_over(self) -> bool:
        """Say whether it was settled or cancelled."""
        return self.state in {PayoutState.SETTLED, PayoutState.CANCELLED}
