"""Events of the ledger as a whole: that something in it does not add up."""

from datetime import datetime
from typing import Annotated, ClassVar

import msgspec

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.differences import LedgerCheck, LedgerDifference
from liveroom.domain.payloads import Counter

_Check = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(LedgerCheck)})]


class LedgerEventPayload(EventPayload):
    """About the money of a tenant."""


class DifferingLedger(LedgerEventPayload):
    """The audit has found a difference: the accounts that it is about are frozen, and somebody has to look into it."""

    kind: ClassVar[str] = "ledger.differs"
    check: _Check
    """What was compared; ``dues``, ``outbox``, ``payout`` and ``charge``: something has waited for too long."""
    subject: str
    """The account, journal, seal, payout, charge, broadcast or currency."""
    expected: Counter
    found: Counter
    account_ids: list[str]
    """Those that are frozen."""


def of_ledger(tenant: TenantName) -> str:
    """Return the stream of a tenant's ledger."""
    return f"ledger:{tenant}"


def differs(difference: LedgerDifference, at: datetime) -> NewEvent:
    """Return the event of a difference."""
    payload = DifferingLedger(
        check=difference.check.value,
        subject=difference.subject,
        expected=difference.expected,
        found=difference.found,
        account_ids=list(difference.accounts) if difference.check.freezes else [],
    )
    return NewEvent(payload.kind, "", at, payload)
