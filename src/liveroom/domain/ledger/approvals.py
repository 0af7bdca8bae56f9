"""Approvals: what an operator does with money above a limit, another has to approve first.

What is done without an approval adds up: over a day, of one operator and of one user to whom it goes. So nobody gets
around the limit in small steps. An approval is good for the very same request, once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.payloads import Counter, Payload

ADDED_UP: Final = timedelta(days=1)
"""How long an amount counts towards the limit."""
LASTS: Final = timedelta(days=7)
"""How long a request can be approved, and an approval be used."""


class ApprovalLimits(NamedTuple):
    """How much may be done in a day without asking; 0: as much as you like."""

    acts: int
    """By one operator, and for one user, of all that operators do themselves; of red envelopes, in one room."""
    purchases: int
    """For one user, of what they have bought."""

    def of(self, kind: MoveKind) -> int:
        """Return the limit of what is of this kind."""
        return self.purchases if kind is MoveKind.PURCHASE else self.acts

    @staticmethod
    def added_up(kind: MoveKind) -> Sequence[MoveKind]:
        """Return the kinds that add up with this one, where one operator does them."""
        is_purchase = kind is MoveKind.PURCHASE
        return [one for one in MoveKind if (one is MoveKind.PURCHASE) is is_purchase]

    def added_up_for_one(self, kind: MoveKind) -> Sequence[MoveKind]:
        """Return those of them that have targets like this one: a room often has the id of its owner."""
        is_envelope = kind is MoveKind.ENVELOPE
        return [one for one in self.added_up(kind) if (one is MoveKind.ENVELOPE) is is_envelope]


class ApprovalState(StrEnum):
    """How far it has come."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"
    """Carried out, with an approval or below the limit."""


class AskedMove(Payload):
    """What an operator asked for, for whoever decides, and for the call that repeats it."""

    currency: str
    """``coin`` or ``point``; empty: it was asked for before this was kept."""
    amount: Counter
    """What comes in for the user; negative: goes out."""
    expires: str
    """When what is left of granted coins goes; empty: never."""
    credit_id: str
    """The credit that is to be taken back; empty: none."""
    since_utc: str = ""
    """From when on a minor's period is to be taken back; empty: it is about none."""
    until_utc: str = ""
    """Until when, without that moment."""


NOTHING_SAID: Final = AskedMove(currency="", amount=0, expires="", credit_id="")


@dataclass(frozen=True, slots=True)
class Approval:
    """What an operator does, or wants to do, with money."""

    id: str
    tenant: TenantName
    kind: MoveKind
    key: str
    """``LedgerCommand.full_key``."""
    digest: str
    amount: int
    """How much moves; never negative."""
    target: str
    """The user to whom or from whom; of a red envelope, the room."""
    words: str
    """Why, as the operator says."""
    made_by: str
    at: datetime
    """When it was asked for; when it is done, that time."""
    state: ApprovalState
    decided_by: str = ""
    decided: datetime | None = None
    said: AskedMove = NOTHING_SAID

    def is_open(self, now: datetime) -> bool:
        """Say whether it can be decided."""
        return self.state is ApprovalState.ASKED and now < self.at + LASTS

    def covers(self, now: datetime) -> bool:
        """Say whether it was approved, and can be used still."""
        return self.state is ApprovalState.APPROVED and self.decided is not None and now < self.decided + LASTS
